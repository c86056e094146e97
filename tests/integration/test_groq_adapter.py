"""The real ``groq`` SDK against a scripted server on loopback: what it has for itself."""

from __future__ import annotations

from backend.domain.ports.llm_port import LlmFinished, LlmRequest, TextDelta, Tool
from backend.domain.value_objects.language import ENGLISH, SPANISH
from backend.infrastructure.adapters.llm.groq_adapter import GroqAdapter, GroqSettings
from tests.support.chat_models import KEY, REQUEST, ask, failure, groq, served
from tests.support.llm_server import Exchange


async def test_the_request_is_what_groq_expects_and_its_token_counts_are_read() -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.words("Good ", "morning.")
        await exchange.event(
            {
                "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}],
                "x_groq": {"id": "req_1", "usage": {"prompt_tokens": 12, "completion_tokens": 3}},
            }
        )
        await exchange.event("[DONE]")
        await exchange.end()

    async with served(groq, script) as (adapter, server):
        request = LlmRequest(REQUEST.messages, ENGLISH, tools=(Tool("end_call", "Hang up."),))
        assert await ask(adapter, request) == [
            TextDelta("Good "),
            TextDelta("morning."),
            LlmFinished("stop", 12, 3),
        ]
        (exchange,) = server.exchanges
    assert exchange.path == "/openai/v1/chat/completions"
    assert exchange.headers["authorization"] == f"Bearer {KEY}"
    assert (exchange.body["model"], exchange.body["stream"]) == ("scripted", True)
    assert [message["role"] for message in exchange.body["messages"]] == ["system", "user"]
    assert [tool["function"]["name"] for tool in exchange.body["tools"]] == ["end_call"]


async def test_an_answer_that_groq_stops_early_is_a_failure() -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.words("Our hours ")
        await exchange.event({"choices": [], "x_groq": {"error": "the model ran into a wall"}})
        await exchange.end()

    text, error = await failure(groq, script)
    assert (text, error.code, error.retryable) == ("Our hours ", "answer-failed", True)


def test_it_is_ready_when_configured() -> None:
    assert GroqAdapter(GroqSettings(model="llama", api_key=KEY)).readiness(SPANISH).is_ready
    assert not GroqAdapter(GroqSettings(model="llama", api_key="")).readiness(SPANISH).is_ready
    assert not GroqAdapter(GroqSettings(model="", api_key=KEY)).readiness(SPANISH).is_ready


def test_the_key_is_not_shown() -> None:
    settings = GroqSettings(model="llama", api_key=KEY)
    assert KEY not in repr(settings)
    assert KEY not in repr(GroqAdapter(settings))
