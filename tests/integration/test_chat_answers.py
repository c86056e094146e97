"""The real SDKs against a scripted server on loopback: answers, and interruptions."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from backend.domain.ports.llm_port import LlmFinished, TextDelta, ToolCall
from tests.support.chat_models import (
    REQUEST,
    ChatModel,
    Flavour,
    Patience,
    answer,
    each_flavour,
    served,
)
from tests.support.llm_server import Exchange

pytestmark = each_flavour


async def test_an_answer_comes_piece_by_piece_and_ends_with_its_token_counts(flavour: Flavour) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.delta(role="assistant", content="")
        await exchange.words("Good ", "morning.")
        await exchange.finish(usage={"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15})

    assert await answer(flavour, script) == [
        TextDelta("Good "),
        TextDelta("morning."),
        LlmFinished("stop", 12, 3),
    ]


async def test_tool_calls_are_put_together_from_their_fragments(flavour: Flavour) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.words("Goodbye!")
        for piece in (
            {"index": 0, "id": "a", "type": "function", "function": {"name": "book", "arguments": ""}},
            {"index": 0, "function": {"arguments": '{"day": '}},
            {"index": 1, "id": "b", "type": "function", "function": {"name": "end_call", "arguments": ""}},
            {"index": 0, "function": {"arguments": '"monday"}'}},
        ):
            await exchange.delta(tool_calls=[piece])
        await exchange.finish("tool_calls")

    assert await answer(flavour, script) == [
        TextDelta("Goodbye!"),
        ToolCall("a", "book", '{"day": "monday"}'),
        ToolCall("b", "end_call", "{}"),
        LlmFinished("tool_calls"),
    ]


async def test_parallel_calls_that_all_have_index_zero_are_told_apart_by_their_ids(flavour: Flavour) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.head()
        for name in ("first", "second"):
            function = {"name": name, "arguments": "{}"}
            await exchange.delta(tool_calls=[{"index": 0, "id": name, "function": function}])
        await exchange.finish("tool_calls")

    assert (await answer(flavour, script))[:2] == [
        ToolCall("first", "first", "{}"),
        ToolCall("second", "second", "{}"),
    ]


async def test_thoughts_are_not_spoken(flavour: Flavour) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.words("<th", "ink>They greet", " me.</thi", "nk>\n\n", "Hello!")
        await exchange.finish()

    assert (await answer(flavour, script))[:-1] == [TextDelta("Hello!")]


async def test_an_answer_stopped_by_the_token_limit_is_kept_but_its_half_order_is_not(
    flavour: Flavour,
) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.words("Let me ")
        function = {"name": "book", "arguments": '{"day": "mo'}
        await exchange.delta(tool_calls=[{"index": 0, "id": "a", "function": function}])
        await exchange.finish("length")

    assert await answer(flavour, script) == [TextDelta("Let me "), LlmFinished("length")]


async def test_missing_token_counts_do_not_hold_back_a_whole_answer(flavour: Flavour) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.words("Hello.")
        await exchange.delta(finish_reason="stop")
        await exchange.until_client_closes()

    async with asyncio.timeout(20):
        events = await answer(flavour, script, Patience(gap_ms=60_000))
    assert events == [TextDelta("Hello."), LlmFinished("stop")]


@pytest.mark.parametrize("pieces_heard", [0, 1])
async def test_cancelling_the_consumer_closes_the_socket(flavour: Flavour, pieces_heard: int) -> None:
    consumed = asyncio.Event()

    async def script(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.words(*["word "] * pieces_heard)
        if not pieces_heard:
            consumed.set()
        await exchange.until_client_closes()

    async def consume(adapter: ChatModel) -> None:
        async with aclosing(adapter.stream(REQUEST)) as events:
            async for _ in events:
                consumed.set()

    async with served(flavour, script) as (adapter, server), asyncio.timeout(20):
        consumer = asyncio.create_task(consume(adapter))
        await consumed.wait()
        consumer.cancel()
        with pytest.raises(asyncio.CancelledError):
            await consumer
        await server.exchanges[0].client_closed.wait()


async def test_closing_the_generator_closes_the_socket(flavour: Flavour) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.words("word ")
        await exchange.until_client_closes()

    async with served(flavour, script) as (adapter, server), asyncio.timeout(20):
        async with aclosing(adapter.stream(REQUEST)) as events:
            await anext(events)
        await server.exchanges[0].client_closed.wait()
