"""The real SDKs against a scripted server on loopback: all that can go wrong."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import aclosing

import pytest

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.llm_port import LlmFinished, TextDelta
from tests.support.chat_models import (
    KEY,
    PATIENT,
    REQUEST,
    Flavour,
    Patience,
    each_flavour,
    failure,
    served,
)
from tests.support.llm_server import Exchange, Script, llm_server

pytestmark = each_flavour


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (400, "request-rejected", False),
        (401, "auth-failed", False),
        (402, "quota-exceeded", False),
        (403, "auth-failed", False),
        (404, "model-not-found", False),
        (429, "rate-limited", True),
        (498, "provider-unavailable", True),
        (500, "provider-unavailable", True),
        (503, "provider-unavailable", True),
        (529, "provider-unavailable", True),
    ],
)
async def test_a_refused_request_says_why_and_is_not_repeated(
    flavour: Flavour, status: int, code: str, retryable: bool
) -> None:
    requests = 0

    async def script(exchange: Exchange) -> None:
        nonlocal requests
        requests += 1
        await exchange.refuse(status, {"message": f"Bad key {KEY}"}, retry_after="1")

    text, error = await failure(flavour, script)
    assert (text, error.code, error.retryable, requests) == ("", code, retryable, 1)
    assert error.retry_after_ms == (1_000 if retryable else None)


async def test_a_server_that_is_not_there(flavour: Flavour) -> None:
    async with llm_server(lambda _: asyncio.sleep(0)) as server:
        base_url = server.base_url
    adapter = flavour(base_url, PATIENT)
    with pytest.raises(ProviderError) as caught:
        await anext(adapter.stream(REQUEST))
    assert (caught.value.code, caught.value.retryable) == ("connection-failed", True)
    await adapter.aclose()


async def silent(exchange: Exchange) -> None:
    await exchange.until_client_closes()


async def silent_after_the_head(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.delta(role="assistant", content="")
    await exchange.until_client_closes()


async def only_keeps_alive(exchange: Exchange) -> None:
    await exchange.head()
    with contextlib.suppress(ConnectionError):
        while not exchange.client_closed.is_set():
            await exchange.raw(b": keep-alive\n\n")
            await exchange.delta(content="")
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("script", [silent, silent_after_the_head, only_keeps_alive])
async def test_an_answer_that_does_not_begin(flavour: Flavour, script: Script) -> None:
    async with asyncio.timeout(20):
        text, error = await failure(flavour, script, Patience(first_ms=150))
    assert isinstance(error, ProviderTimeoutError)
    assert (text, error.code, error.retryable) == ("", "first-token-timeout", True)


async def test_an_answer_that_stops_coming(flavour: Flavour) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.words("Our hours ")
        await only_keeps_alive_from_here(exchange)

    async def only_keeps_alive_from_here(exchange: Exchange) -> None:
        with contextlib.suppress(ConnectionError):
            while not exchange.client_closed.is_set():
                await exchange.raw(b": keep-alive\n\n")
                await asyncio.sleep(0.02)

    async with asyncio.timeout(20):
        text, error = await failure(flavour, script, Patience(gap_ms=150))
    assert isinstance(error, ProviderTimeoutError)
    assert (text, error.code) == ("Our hours ", "answer-stalled")


async def test_a_slow_consumer_is_not_a_slow_provider(flavour: Flavour) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.head()
        await exchange.words("one ", "two ")
        await exchange.finish()

    async with (
        served(flavour, script, Patience(gap_ms=100)) as (adapter, _),
        aclosing(adapter.stream(REQUEST)) as events,
    ):
        heard = []
        async for event in events:
            heard.append(event)
            await asyncio.sleep(0.15)
    assert heard == [TextDelta("one "), TextDelta("two "), LlmFinished("stop")]


async def dies(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.words("Our hours ")
    exchange.abort()


async def closes_in_mid_body(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.words("Our hours ")


async def ends_without_a_reason(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.words("Our hours ")
    await exchange.end()


async def reports_an_error(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.words("Our hours ")
    await exchange.event({"error": {"message": "overloaded", "type": "server_error"}})
    await exchange.end()


async def sends_broken_json(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.words("Our hours ")
    await exchange.event('{"choices": [{"del')
    await exchange.end()


async def sends_a_foreign_shape(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.words("Our hours ")
    await exchange.event({"choices": [{"delta": "are nine to five"}]})
    await exchange.end()


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (dies, "connection-failed"),
        (closes_in_mid_body, "connection-failed"),
        (ends_without_a_reason, "incomplete-answer"),
        (reports_an_error, "answer-failed"),
        (sends_broken_json, "bad-response"),
        (sends_a_foreign_shape, "bad-response"),
    ],
)
async def test_an_answer_that_breaks_off_has_said_what_it_said(
    flavour: Flavour, script: Script, code: str
) -> None:
    async with asyncio.timeout(20):
        text, error = await failure(flavour, script)
    assert (text, error.code, error.retryable) == ("Our hours ", code, True)


async def sends_html(exchange: Exchange) -> None:
    await exchange.head(content_type="text/html")
    await exchange.raw(b"<html><body>It works!</body></html>")
    await exchange.end()


async def says_nothing(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.finish()


async def says_only_white_space(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.words(" ", "\n")
    await exchange.finish()


async def only_thinks(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.words("<think>What shall ", "I say?</think>")
    await exchange.finish()


async def is_filtered(exchange: Exchange) -> None:
    await exchange.head()
    await exchange.finish("content_filter")


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (sends_html, "incomplete-answer"),
        (says_nothing, "empty-answer"),
        (says_only_white_space, "empty-answer"),
        (only_thinks, "empty-answer"),
        (is_filtered, "answer-stopped"),
    ],
)
async def test_an_answer_without_anything_to_say_is_a_failure(
    flavour: Flavour, script: Script, code: str
) -> None:
    text, error = await failure(flavour, script)
    assert (text.strip(), error.code) == ("", code)
