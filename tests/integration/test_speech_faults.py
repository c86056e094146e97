"""All that can go wrong between us and a speech server over HTTP, whoever's wire it speaks."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from backend.domain.errors import ProviderTimeoutError
from tests.support.speech_rigs import (
    ELEVENLABS,
    FIRST_MS,
    OPENAI,
    SpeechRig,
    failure,
    failure_of,
    order,
    served,
)
from tests.support.speech_server import Script, SpeechExchange, speech_server


@pytest.fixture(params=[ELEVENLABS, OPENAI], ids=lambda rig: rig.name)
def rig(request: pytest.FixtureRequest) -> SpeechRig:
    assert isinstance(request.param, SpeechRig)
    return request.param


async def silent(exchange: SpeechExchange) -> None:
    await exchange.until_client_closes()


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (400, "request-rejected", False),
        (401, "auth-failed", False),
        (402, "quota-exceeded", False),
        (403, "auth-failed", False),
        (422, "request-rejected", False),
        (429, "rate-limited", True),
        (500, "provider-unavailable", True),
        (503, "provider-unavailable", True),
    ],
)
async def test_a_refused_request_says_why_and_is_not_repeated(
    rig: SpeechRig, status: int, code: str, retryable: bool
) -> None:
    async def refuses(exchange: SpeechExchange) -> None:
        await exchange.answer(status, {"oops": rig.key}, Retry_After="3")

    async with served(rig, refuses) as (tts, server):
        heard_ms, error = await failure_of(tts)
        assert len(server.exchanges) == 1
    assert (heard_ms, error.code, error.retryable) == (0, code, retryable)
    assert error.retry_after_ms == (3_000 if retryable else None)


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"[" * 100_000, b"null", b'"detail"', b'{"detail": 1, "error": []}']
)
async def test_a_refusal_need_not_make_sense(rig: SpeechRig, body: bytes) -> None:
    async def refuses(exchange: SpeechExchange) -> None:
        await exchange.head(500)
        await exchange.raw(body)
        await exchange.end()

    assert (await failure(rig, refuses))[1].code == "provider-unavailable"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(rig: SpeechRig, status: int) -> None:
    async with speech_server(rig.speaks) as elsewhere:

        async def redirects(exchange: SpeechExchange) -> None:
            await exchange.answer(status, {}, Location=elsewhere.url + exchange.target)

        _, error = await failure(rig, redirects)
        assert elsewhere.exchanges == []
    assert (error.code, error.retryable) == ("request-rejected", False)


async def test_a_server_that_is_not_there(rig: SpeechRig) -> None:
    async with speech_server(silent) as server:
        url = server.url
    tts = rig.make(url, rig.key, 2_000, 2_000)
    _, error = await failure_of(tts)
    await tts.aclose()
    assert (error.code, error.retryable) == ("connection-failed", True)


# --- silence --------------------------------------------------------------------------------------


@contextlib.contextmanager
def port_that_hangs_at_connect() -> Iterator[str]:
    """Give the URL of a port whose queue of connections is full, so that it does not even shake hands."""
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        yield f"http://127.0.0.1:{full.getsockname()[1]}"


async def test_a_server_that_does_not_shake_hands(rig: SpeechRig) -> None:
    with port_that_hangs_at_connect() as url:
        tts = rig.make(url, rig.key, 150, 150)
        async with asyncio.timeout(20):
            heard_ms, error = await failure_of(tts)
        await tts.aclose()
    assert isinstance(error, ProviderTimeoutError)
    assert (heard_ms, error.retryable) == (0, True)


async def only_a_head(exchange: SpeechExchange) -> None:
    await exchange.head(content_type="audio/pcm" if "/audio/" in exchange.path else "application/json")
    await exchange.until_client_closes()


async def half_a_refusal(exchange: SpeechExchange) -> None:
    await exchange.head(500)
    await exchange.raw(b"{")
    await exchange.until_client_closes()


async def empty_lines(exchange: SpeechExchange) -> None:
    """Keep the connection busy with what is no sound: line ends, which are too few samples to be any."""
    await exchange.head(content_type="audio/pcm" if "/audio/" in exchange.path else "application/json")
    with contextlib.suppress(ConnectionError):
        while not exchange.client_closed.is_set():
            await exchange.raw(b"\n")
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("script", [silent, only_a_head, half_a_refusal, empty_lines])
async def test_speech_that_does_not_begin(rig: SpeechRig, script: Script) -> None:
    async with asyncio.timeout(20), served(rig, script, first_ms=500) as (tts, server):
        heard_ms, error = await failure_of(tts)
        await server.exchanges[0].client_closed.wait()
    assert isinstance(error, ProviderTimeoutError)
    assert (heard_ms, error.retryable) == (0, True)


@pytest.mark.parametrize("drip", [b"", b"\n"])
async def test_speech_that_stops_coming(rig: SpeechRig, drip: bytes) -> None:
    async def script(exchange: SpeechExchange) -> None:
        await rig.begin(exchange)
        with contextlib.suppress(ConnectionError):
            while not exchange.client_closed.is_set():
                await exchange.raw(drip)
                await asyncio.sleep(0.01)

    async with asyncio.timeout(20):
        heard_ms, error = await failure(rig, script, gap_ms=150)
    assert isinstance(error, ProviderTimeoutError)
    assert "stopped" in str(error)
    assert heard_ms == pytest.approx(FIRST_MS, abs=25)


async def test_a_slow_listener_is_not_a_slow_server(rig: SpeechRig) -> None:
    heard = 0
    async with served(rig, rig.speaks, gap_ms=100) as (tts, _), aclosing(tts.synthesize(order())) as chunks:
        async for _chunk in chunks:
            heard += 1
            if heard <= 3:
                await asyncio.sleep(0.15)
    assert heard > 3


# --- broken answers -------------------------------------------------------------------------------


async def test_a_connection_that_is_reset_in_mid_speech(rig: SpeechRig) -> None:
    async def resets(exchange: SpeechExchange) -> None:
        await rig.begin(exchange)
        exchange.abort()

    async with asyncio.timeout(20):
        _, error = await failure(rig, resets)
    assert (error.code, error.retryable) == ("connection-failed", True)


async def test_a_connection_that_is_closed_before_the_body_ends(rig: SpeechRig) -> None:
    heard_ms, error = await failure(rig, rig.begin)
    assert (error.code, error.retryable) == ("connection-failed", True)
    assert heard_ms == pytest.approx(FIRST_MS, abs=25)


async def test_a_body_shorter_than_was_declared(rig: SpeechRig) -> None:
    async def short(exchange: SpeechExchange) -> None:
        exchange.writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + bytes(100))
        await exchange.writer.drain()

    assert (await failure(rig, short))[1].code == "connection-failed"


async def test_an_answer_that_is_no_http(rig: SpeechRig) -> None:
    async def talks_nonsense(exchange: SpeechExchange) -> None:
        exchange.writer.write(b"220 smtp.example ESMTP\r\n\r\n")
        await exchange.writer.drain()

    assert (await failure(rig, talks_nonsense))[1].code == "connection-failed"


async def test_a_web_page_is_not_spoken(rig: SpeechRig) -> None:
    async def greets(exchange: SpeechExchange) -> None:
        await exchange.head(content_type="text/html; charset=utf-8")
        await exchange.raw(b"<html><body>It works!</body></html>" * 100)
        await exchange.end()

    heard_ms, error = await failure(rig, greets)
    assert (heard_ms, error.code) == (0, "bad-response")


async def test_compressed_audio_is_not_spoken(rig: SpeechRig) -> None:
    async def sends_mp3(exchange: SpeechExchange) -> None:
        await exchange.head(content_type="audio/mpeg")
        await exchange.raw(b"\xff\xfb\x90\x00" * 5_000)
        await exchange.end()

    heard_ms, error = await failure(rig, sends_mp3)
    assert (heard_ms, error.code) == (0, "bad-response")


async def test_an_answer_without_any_audio(rig: SpeechRig) -> None:
    async def says_nothing(exchange: SpeechExchange) -> None:
        await exchange.head(content_type="")
        await exchange.end()

    heard_ms, error = await failure(rig, says_nothing)
    assert (heard_ms, error.code, error.retryable) == (0, "empty-answer", True)


async def test_an_answer_of_the_wrong_kind_is_left_at_once(rig: SpeechRig) -> None:
    async def greets(exchange: SpeechExchange) -> None:
        await exchange.head(content_type="text/html")
        await exchange.until_client_closes()

    async with served(rig, greets) as (tts, server), asyncio.timeout(20):
        assert (await failure_of(tts))[1].code == "bad-response"
        await server.exchanges[0].client_closed.wait()


async def test_an_environment_that_is_no_use(rig: SpeechRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1:70")
    async with served(rig, rig.speaks) as (tts, server):
        _, error = await failure_of(tts)
        assert server.exchanges == []
    assert (error.code, error.retryable) == ("sdk-not-loaded", False)
