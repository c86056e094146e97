"""Deepgram's adapter against a scripted service on loopback: all that can go wrong."""

from __future__ import annotations

import asyncio
import logging

import pytest

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.engine_port import Checkable
from backend.domain.ports.stt_port import SttFinal, SttSettled
from backend.domain.value_objects.audio import WIDEBAND, AudioFrame
from backend.infrastructure.adapters.stt.deepgram_adapter import DeepgramStt
from tests.support.deepgram_listening import KEY, close, failure, listening, settings, stream_at
from tests.support.deepgram_server import RESET, Script, deepgram_server
from tests.support.listening import hum, next_until, say, until
from tests.support.raw_server import REFUSING_PORT, drip, raw_server
from tests.support.speech import silence


@pytest.mark.parametrize(
    ("status", "headers", "code", "retryable", "wait_ms"),
    [
        (400, {}, "request-rejected", False, None),
        (400, {"dg-error": "Bad Request: No such model/language/tier"}, "model-not-found", False, None),
        (401, {}, "auth-failed", False, None),
        (402, {}, "quota-exceeded", False, None),
        (403, {}, "auth-failed", False, None),
        (429, {"Retry-After": "7"}, "rate-limited", True, 7_000),
        (500, {}, "provider-unavailable", True, None),
        (503, {"Retry-After": "soon"}, "provider-unavailable", True, None),
    ],
)
async def test_a_refusal_says_why(
    status: int, headers: dict[str, str], code: str, retryable: bool, wait_ms: int | None
) -> None:
    async with listening(Script(refuse=status, headers=headers)) as (stream, server):
        error = await failure(stream)
        assert (error.code, error.retryable, error.retry_after_ms) == (code, retryable, wait_ms)
        with pytest.raises(ProviderError) as caught:
            await DeepgramStt(settings(server.base_url)).check()
    assert caught.value.code == code


async def test_a_key_that_is_accepted_passes_the_check_and_leaves_no_connection() -> None:
    async with deepgram_server() as server:
        stt = DeepgramStt(settings(server.base_url))
        assert isinstance(stt, Checkable)
        await stt.check()
        await until(lambda: server.connections and not server.open_connections)
        assert server.connections[0].audio == b""


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirection_is_not_followed(status: int) -> None:
    async with deepgram_server() as elsewhere:
        target = f"{elsewhere.base_url.replace('http', 'ws')}/v1/listen"
        async with listening(Script(refuse=status, headers={"Location": target})) as (stream, _):
            error = await failure(stream)
        assert (error.code, error.retryable) == ("request-rejected", False)
        assert elsewhere.requests == []


@pytest.mark.parametrize(
    "base_url",
    [f"ws://127.0.0.1:{REFUSING_PORT}", "ws://127.0.0.1:99999", "ws://"],
    ids=["nobody listens", "no port has that number", "no address"],
)
async def test_nobody_at_the_address_is_a_failed_connection(base_url: str) -> None:
    async with stream_at(base_url) as stream:
        error = await failure(stream)
    assert (error.code, error.retryable) == ("connection-failed", True)


@pytest.mark.parametrize("proxy", ["gopher://127.0.0.1:70", "socks5://127.0.0.1:9"])
async def test_an_environment_that_is_no_use(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "http_proxy", "socks_proxy"):
        monkeypatch.setenv(name, proxy)
    async with stream_at("ws://deepgram.invalid") as stream:
        error = await failure(stream)
    assert error.code == "connection-failed"


async def test_a_service_without_tls_is_a_failed_connection() -> None:
    async with deepgram_server() as server:
        async with stream_at(server.base_url.replace("http", "wss")) as stream:
            error = await failure(stream)
        assert server.requests == []
    assert (error.code, error.retryable) == ("connection-failed", True)


async def test_a_service_that_never_answers_the_upgrade_is_given_up_in_time() -> None:
    async with listening(Script(hangs=True), connect_timeout_ms=150) as (stream, _):
        error = await failure(stream)
    assert isinstance(error, ProviderTimeoutError)
    assert error.code == "connection-failed"


async def test_a_service_whose_upgrade_comes_in_drops_is_given_up_in_time() -> None:
    async with (
        raw_server(drip(b"HTTP/1.1 101 Switching Protocols\r\n" * 20)) as port,
        stream_at(f"ws://127.0.0.1:{port}", connect_timeout_ms=150) as stream,
    ):
        error = await failure(stream)
    assert isinstance(error, ProviderTimeoutError)


async def test_something_else_at_the_address_is_a_failed_connection() -> None:
    async with (
        raw_server(drip(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", pause_s=0)) as port,
        stream_at(f"ws://127.0.0.1:{port}") as stream,
    ):
        error = await failure(stream)
    assert error.code == "connection-failed"


async def test_a_service_that_accepts_and_says_nothing_fails_the_first_utterance() -> None:
    async with listening(Script(flushes=False, faulty_after=0), settle_timeout_ms=400) as (stream, _):
        say(stream, silence(500))
        stream.finalize(1)
        error = await failure(stream)
    assert isinstance(error, ProviderTimeoutError)
    assert error.code == "stt-silent"


@pytest.mark.parametrize(
    ("close_code", "code", "retryable"),
    [
        (1000, "stt-stopped", True),
        (RESET, "connection-failed", True),
        (1008, "request-rejected", False),
        (1011, "provider-unavailable", True),
        (1013, "provider-unavailable", True),
    ],
)
async def test_a_service_that_hangs_up_in_mid_utterance_has_failed(
    close_code: int, code: str, retryable: bool
) -> None:
    script = Script(("One two three.",), faulty_after=1, break_with=close_code)
    async with listening(script) as (stream, _):
        say(stream, hum(400))
        error = await failure(stream)
    assert (error.code, error.retryable) == (code, retryable)


@pytest.mark.parametrize(
    ("garbage", "code"),
    [
        ("<html>", "bad-response"),
        ("[]", "bad-response"),
        ("{}", "bad-response"),
        (b"\xff\xfe", "bad-response"),
        ('{"type":"Results","channel":{"alternatives":[]}}', "bad-response"),
        ('{"type":"Error","variant":"SchemaError","description":"secret"}', "answer-failed"),
    ],
)
async def test_nonsense_is_a_failure_of_the_service(garbage: str | bytes, code: str) -> None:
    async with listening(Script(faulty_after=0, garbage=garbage)) as (stream, _):
        say(stream, hum(400))
        error = await failure(stream)
    assert error.code == code
    assert "secret" not in error.message


async def test_messages_of_kinds_that_are_not_known_are_passed_over() -> None:
    script = Script(("Fine.",))
    async with listening(script) as (stream, server):
        await until(lambda: server.connections)
        await server.connections[0].socket.send('{"type":"LanguageChanged"}')
        say(stream, hum(400))
        stream.finalize(1)
        assert SttFinal("Fine.") in await next_until(aiter(stream.events()), SttSettled(1))


async def test_a_service_that_reads_no_more_is_noticed_instead_of_buffered_for() -> None:
    async with listening(Script(reads=False), max_ahead_ms=1_000) as (stream, server):
        await until(lambda: server.connections)
        second = AudioFrame(WIDEBAND, silence(1_000))

        async def pour() -> None:
            while True:
                stream.feed(second)
                await asyncio.sleep(0)

        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            pouring = group.create_task(pour())
            error = await failure(stream)
            pouring.cancel()
    assert error.code == "stt-overloaded"


async def test_closing_while_it_connects_leaves_no_connection() -> None:
    async with listening(Script(hangs=True), connect_timeout_ms=60_000) as (stream, server):
        await until(lambda: server.requests)
        await close(stream)


async def test_closing_does_not_wait_for_a_service_that_does_not_answer() -> None:
    async with listening(Script(reads=False)) as (stream, server):
        await until(lambda: server.connections)
        say(stream, hum(2_000))
        await asyncio.sleep(0)
        await close(stream)


async def test_events_that_nobody_reads_fail_the_stream() -> None:
    async with listening(Script(("Yes.",), final_ms=0)) as (stream, _):
        for utterance in range(300):
            stream.finalize(utterance)
        error = await failure(stream)
    assert error.code == "overflow"


async def test_the_key_is_shown_nowhere(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with listening(Script(refuse=401)) as (stream, server):
        error = await failure(stream)
    async with listening() as (stream, server):
        await until(lambda: server.connections)
    shown = [repr(stream), repr(settings("ws://x")), repr(error), str(error), *capfd.readouterr()]
    shown += [record.getMessage() for record in caplog.records if not record.name.endswith("server")]
    assert not [text for text in shown if KEY in text]
