"""The real ``openai`` SDK against a scripted server on loopback: what it has for itself, also at Azure."""

from __future__ import annotations

import pytest

from backend.domain.ports.llm_port import LlmRequest, TextDelta, Tool
from backend.domain.value_objects.language import ENGLISH, SPANISH
from backend.domain.value_objects.readiness import ReadinessState
from backend.infrastructure.adapters.llm.openai_adapter import OpenAiAdapter, OpenAiSettings
from tests.support.chat_models import KEY, REQUEST, answer, ask, azure, failure, openai, served
from tests.support.llm_server import Exchange

END_CALL = Tool("end_call", "Hang up.")
AZURE_URL = "https://name.openai.azure.com"


async def says_yes(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.words("Yes.")
    await exchange.finish()


async def test_the_request_is_what_the_server_expects() -> None:
    async with served(openai, says_yes) as (adapter, server):
        await ask(adapter, LlmRequest(REQUEST.messages, ENGLISH, tools=(END_CALL,)))
        (exchange,) = server.exchanges
    assert exchange.path == "/v1/chat/completions"
    assert exchange.headers["authorization"] == f"Bearer {KEY}"
    assert exchange.body == {
        "model": "scripted",
        "stream": True,
        "stream_options": {"include_usage": True},
        "messages": [
            {"role": "system", "content": "You answer."},
            {"role": "user", "content": "Hello?"},
        ],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "end_call",
                    "description": "Hang up.",
                    "parameters": {"type": "object", "properties": {}},
                },
            }
        ],
    }


async def test_a_deployment_at_azure_is_asked_by_its_path() -> None:
    async with served(azure, says_yes) as (adapter, server):
        await ask(adapter)
        await ask(adapter, LlmRequest(REQUEST.messages, ENGLISH, model="other"))
        paths = [exchange.path for exchange in server.exchanges]
    assert paths == [
        f"/openai/deployments/{name}/chat/completions?api-version=2024-10-21"
        for name in ("scripted", "other")
    ]
    headers = server.exchanges[0].headers
    assert (headers["api-key"], headers.get("authorization")) == (KEY, None)


async def test_a_refusal_is_an_answer() -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.delta(refusal="I cannot help with that.")
        await exchange.finish()

    assert (await answer(openai, script))[0] == TextDelta("I cannot help with that.")


@pytest.mark.parametrize(
    ("status", "openai_code", "code"),
    [(429, "insufficient_quota", "quota-exceeded"), (403, "model_not_found", "model-not-found")],
)
async def test_what_openai_calls_an_error_says_more_than_the_status(
    status: int, openai_code: str, code: str
) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.refuse(status, {"code": openai_code}, retry_after="1")

    _, error = await failure(openai, script)
    assert (error.code, error.retryable, error.retry_after_ms) == (code, False, None)


@pytest.mark.parametrize(
    ("settings", "state"),
    [
        (OpenAiSettings(model="gpt", api_key=KEY), ReadinessState.READY),
        (OpenAiSettings(model="llama", base_url="http://127.0.0.1:11434/v1"), ReadinessState.READY),
        (OpenAiSettings("gpt", KEY, AZURE_URL, azure_api_version="2024-10-21"), ReadinessState.READY),
        (OpenAiSettings("gpt", "", AZURE_URL, azure_api_version="2024-10-21"), ReadinessState.UNAVAILABLE),
        (OpenAiSettings(model="gpt"), ReadinessState.UNAVAILABLE),
        (OpenAiSettings(model="", api_key=KEY), ReadinessState.UNAVAILABLE),
    ],
)
def test_it_is_ready_when_configured(settings: OpenAiSettings, state: ReadinessState) -> None:
    assert OpenAiAdapter(settings).readiness(SPANISH).state is state


def test_the_key_is_not_shown() -> None:
    settings = OpenAiSettings(model="gpt", api_key=KEY)
    assert KEY not in repr(settings)
    assert KEY not in repr(OpenAiAdapter(settings))
