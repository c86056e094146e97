"""The real ``groq`` SDK against a scripted server on loopback: its own ways, and what can go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from backend.domain.entities.conversation import Message, MessageRole
from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.llm_port import LlmEvent, LlmFinished, LlmRequest, TextDelta, Tool, ToolCall
from backend.domain.value_objects.language import ENGLISH, SPANISH
from backend.infrastructure.adapters.llm.groq_adapter import GroqAdapter, GroqSettings
from tests.support.llm_server import Exchange, LlmServer, Script, llm_server

KEY = "gsk-secret"
REQUEST = LlmRequest(
    messages=(Message(MessageRole.SYSTEM, "You answer."), Message(MessageRole.USER, "Hello?")),
    language=ENGLISH,
    tools=(Tool("end_call", "Hang up."),),
)


@asynccontextmanager
async def adapter_for(
    script: Script, *, first_ms: int = 2_000, gap_ms: int = 2_000
) -> AsyncIterator[tuple[GroqAdapter, LlmServer]]:
    async with llm_server(script) as server:
        adapter = GroqAdapter(
            GroqSettings(
                model="scripted",
                api_key=KEY,
                base_url=server.base_url.removesuffix("/v1"),
                first_token_timeout_ms=first_ms,
                gap_timeout_ms=gap_ms,
            )
        )
        try:
            yield adapter, server
        finally:
            await adapter.aclose()


async def answer(script: Script) -> list[LlmEvent]:
    async with adapter_for(script) as (adapter, _), aclosing(adapter.stream(REQUEST)) as events:
        return [event async for event in events]


async def failure(script: Script, *, first_ms: int = 2_000, gap_ms: int = 2_000) -> tuple[str, ProviderError]:
    """Return the text that came before the failure, and the failure."""
    heard: list[LlmEvent] = []

    async def listen(adapter: GroqAdapter) -> None:
        async with aclosing(adapter.stream(REQUEST)) as events:
            async for event in events:
                heard.append(event)  # noqa: PERF401 (must survive the failure that follows)

    async with asyncio.timeout(5), adapter_for(script, first_ms=first_ms, gap_ms=gap_ms) as (adapter, _):
        with pytest.raises(ProviderError) as caught:
            await listen(adapter)
    assert KEY not in str(caught.value)
    return "".join(event.text for event in heard if isinstance(event, TextDelta)), caught.value


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

    async with adapter_for(script) as (adapter, server), aclosing(adapter.stream(REQUEST)) as events:
        assert [event async for event in events] == [
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


async def test_tool_calls_are_put_together_from_their_fragments() -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.head()
        for piece in (
            {"index": 0, "id": "a", "type": "function", "function": {"name": "book", "arguments": ""}},
            {"index": 1, "id": "b", "type": "function", "function": {"name": "end_call", "arguments": ""}},
            {"index": 0, "function": {"arguments": '{"day": "monday"}'}},
        ):
            await exchange.delta(tool_calls=[piece])
        await exchange.finish("tool_calls")

    assert await answer(script) == [
        ToolCall("a", "book", '{"day": "monday"}'),
        ToolCall("b", "end_call", "{}"),
        LlmFinished("tool_calls"),
    ]


@pytest.mark.parametrize("pieces_heard", [0, 1])
async def test_cancelling_the_consumer_closes_the_socket(pieces_heard: int) -> None:
    consumed = asyncio.Event()

    async def script(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.words(*["word "] * pieces_heard)
        if not pieces_heard:
            consumed.set()
        await exchange.until_client_closes()

    async def consume(adapter: GroqAdapter) -> None:
        async with aclosing(adapter.stream(REQUEST)) as events:
            async for _ in events:
                consumed.set()

    async with adapter_for(script) as (adapter, server), asyncio.timeout(2):
        consumer = asyncio.create_task(consume(adapter))
        await consumed.wait()
        consumer.cancel()
        with pytest.raises(asyncio.CancelledError):
            await consumer
        await server.exchanges[0].client_closed.wait()


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (400, "request-rejected", False),
        (401, "auth-failed", False),
        (404, "model-not-found", False),
        (429, "rate-limited", True),
        (498, "provider-unavailable", True),
        (503, "provider-unavailable", True),
    ],
)
async def test_a_refused_request_says_why_and_is_not_repeated(
    status: int, code: str, retryable: bool
) -> None:
    requests = 0

    async def script(exchange: Exchange) -> None:
        nonlocal requests
        requests += 1
        await exchange.refuse(status, {"message": f"Bad key {KEY}"}, retry_after="1")

    text, error = await failure(script)
    assert (text, error.code, error.retryable, requests) == ("", code, retryable, 1)


async def test_a_server_that_is_not_there() -> None:
    async with llm_server(lambda _: asyncio.sleep(0)) as server:
        address = server.base_url.removesuffix("/v1")
    adapter = GroqAdapter(GroqSettings(model="m", api_key=KEY, base_url=address))
    with pytest.raises(ProviderError) as caught:
        await anext(adapter.stream(REQUEST))
    assert (caught.value.code, caught.value.retryable) == ("connection-failed", True)
    await adapter.aclose()


async def test_an_answer_that_does_not_begin() -> None:
    text, error = await failure(Exchange.until_client_closes, first_ms=150)
    assert isinstance(error, ProviderTimeoutError)
    assert (text, error.code) == ("", "first-token-timeout")


async def stalls(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.words("Our hours ")
    await exchange.until_client_closes()


async def dies(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.words("Our hours ")
    exchange.abort()


async def closes_in_mid_body(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.words("Our hours ")


async def reports_an_error(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.words("Our hours ")
    await exchange.event({"error": {"message": "overloaded", "type": "server_error"}})
    await exchange.end()


async def stops_early(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.words("Our hours ")
    await exchange.event({"choices": [], "x_groq": {"error": "the model ran into a wall"}})
    await exchange.end()


async def sends_broken_json(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.words("Our hours ")
    await exchange.event('{"choices": [{"del')
    await exchange.end()


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (stalls, "answer-stalled"),
        (dies, "connection-failed"),
        (closes_in_mid_body, "connection-failed"),
        (reports_an_error, "answer-failed"),
        (stops_early, "answer-failed"),
        (sends_broken_json, "bad-response"),
    ],
)
async def test_an_answer_that_breaks_off_has_said_what_it_said(script: Script, code: str) -> None:
    text, error = await failure(script, gap_ms=200)
    assert (text, error.code, error.retryable) == ("Our hours ", code, True)


def test_it_is_ready_when_configured() -> None:
    assert GroqAdapter(GroqSettings(model="llama", api_key=KEY)).readiness(SPANISH).is_ready
    assert not GroqAdapter(GroqSettings(model="llama", api_key="")).readiness(SPANISH).is_ready
    assert not GroqAdapter(GroqSettings(model="", api_key=KEY)).readiness(SPANISH).is_ready


def test_the_key_is_not_shown() -> None:
    settings = GroqSettings(model="llama", api_key=KEY)
    assert KEY not in repr(settings)
    assert KEY not in repr(GroqAdapter(settings))
