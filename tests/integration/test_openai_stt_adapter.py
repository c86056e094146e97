"""Recognition by requests to a scripted server on loopback: what works, and all that can go wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import perf_counter

import numpy as np
import pytest

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.engine_port import Checkable, Warmable
from backend.domain.ports.stt_port import SttEvent, SttFinal, SttRequest, SttSettled
from backend.domain.value_objects.audio import MULAW_8K, WIDEBAND
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.infrastructure.adapters.stt.openai_stt_adapter import OpenAiStt
from backend.infrastructure.adapters.stt.openai_stt_stream import OpenAiSttStream
from backend.infrastructure.adapters.stt.openai_transcriber import OpenAiSttSettings
from tests.support.openai_stt_server import (
    Exchange,
    Script,
    TranscriptionServer,
    saying,
    transcription_server,
)
from tests.support.raw_server import drip, raw_server, refusing_port
from tests.support.speech import frames, silence

KEY = "sk-0123456789abcdef0123456789abcdef"
REQUEST = SttRequest(ENGLISH)


def settings(base_url: str, **changes: int) -> OpenAiSttSettings:
    quick = {"connect_timeout_ms": 400, "answer_timeout_ms": 400, **changes}
    return OpenAiSttSettings("whisper-1", KEY, base_url, **quick)  # type: ignore[arg-type]


@asynccontextmanager
async def stream_at(
    base_url: str, request: SttRequest = REQUEST, **changes: int
) -> AsyncIterator[OpenAiSttStream]:
    stt = OpenAiStt(settings(base_url, **changes))
    await stt.start()
    stream = await stt.open(request)
    try:
        yield stream
    finally:
        closed_at = perf_counter()
        await stream.aclose()
        await stt.aclose()
        assert perf_counter() - closed_at < 2


@asynccontextmanager
async def listening(
    script: Script, request: SttRequest = REQUEST, **changes: int
) -> AsyncIterator[tuple[OpenAiSttStream, TranscriptionServer]]:
    """Open a stream, and close it; afterwards the server must have seen it go."""
    async with transcription_server(script) as server:
        async with stream_at(server.base_url, request, **changes) as stream:
            yield stream, server
        await until(lambda: not server.open_connections)


def hum(milliseconds: int) -> bytes:
    samples = np.arange(WIDEBAND.samples_in(milliseconds))
    tone = 6_000 * np.sin(2 * np.pi * 200 / WIDEBAND.rate * samples)
    return bytes(tone.astype("<i2").data)


def say(stream: OpenAiSttStream, *pcm: bytes) -> None:
    for frame in frames(b"".join(pcm)):
        stream.feed(frame)


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that happens in the server."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  (nobody tells when)
            await asyncio.sleep(0.005)


async def next_until(events: AsyncIterator[SttEvent], last: SttEvent) -> list[SttEvent]:
    collected: list[SttEvent] = []
    async with asyncio.timeout(5):
        async for event in events:
            collected.append(event)
            if event == last:
                return collected
    raise AssertionError(f"the events ended before {last}: {collected}")


async def failure(stream: OpenAiSttStream) -> ProviderError:
    """Say something, and return what comes of it."""
    say(stream, hum(400))
    stream.finalize(1)
    async with asyncio.timeout(5):
        with pytest.raises(ProviderError) as caught:
            async for _ in stream.events():
                pass
    assert KEY not in str(caught.value)
    return caught.value


# --- what works -----------------------------------------------------------------------------------


async def test_an_utterance_is_one_request_with_the_recording_the_language_and_the_hints() -> None:
    request = SttRequest(Language("es-MX"), ("Ibáñez", "pago fácil"))
    async with listening(saying("  Hola,\n Ibáñez. "), request) as (stream, server):
        say(stream, silence(200), hum(400), silence(200))
        stream.finalize(1)
        events = await next_until(aiter(stream.events()), SttSettled(1))
    assert events == [SttFinal("Hola, Ibáñez."), SttSettled(1)]
    (exchange,) = server.exchanges
    assert (exchange.method, exchange.path) == ("POST", "/v1/audio/transcriptions")
    assert exchange.headers["authorization"] == f"Bearer {KEY}"
    assert exchange.form == {
        "model": "whisper-1",
        "language": "es",
        "response_format": "json",
        "prompt": "Ibáñez, pago fácil.",
    }
    assert exchange.pcm == silence(200) + hum(400) + silence(200)


async def test_utterances_come_in_the_order_they_were_said_over_one_connection() -> None:
    async with listening(saying("First.", "Second.", "Third.")) as (stream, server):
        for utterance in (1, 2, 3):
            say(stream, hum(300 * utterance))
            stream.finalize(utterance)
        events = await next_until(aiter(stream.events()), SttSettled(3))
        assert len(server.connections) == 1
    assert events == [
        SttFinal("First."),
        SttSettled(1),
        SttFinal("Second."),
        SttSettled(2),
        SttFinal("Third."),
        SttSettled(3),
    ]
    assert [len(exchange.pcm) for exchange in server.exchanges] == [len(hum(300 * n)) for n in (1, 2, 3)]


@pytest.mark.parametrize("pcm", [b"", silence(2_000), silence(500) + hum(40) + silence(500)])
async def test_what_has_hardly_any_voice_settles_without_a_request(pcm: bytes) -> None:
    async with listening(saying("Thank you.")) as (stream, server):
        say(stream, pcm)
        stream.finalize(1)
        assert await next_until(aiter(stream.events()), SttSettled(1)) == [SttSettled(1)]
    assert server.exchanges == []


async def test_invented_words_are_not_passed_on() -> None:
    lines = ("[BLANK_AUDIO]", "Subtítulos realizados por la comunidad de Amara.org", "Yes.")
    async with listening(saying(*lines)) as (stream, _):
        for utterance in (1, 2, 3):
            say(stream, hum(300))
            stream.finalize(utterance)
        events = await next_until(aiter(stream.events()), SttSettled(3))
    assert events == [SttSettled(1), SttSettled(2), SttFinal("Yes."), SttSettled(3)]


async def test_long_speech_is_sent_in_pieces_that_are_cut_in_its_pauses() -> None:
    async with listening(saying("One", "two", "three."), window_ms=2_000) as (stream, server):
        spoken = hum(1_500) + silence(200) + hum(1_500) + silence(200) + hum(600)
        say(stream, spoken)
        stream.finalize(1)
        events = await next_until(aiter(stream.events()), SttSettled(1))
    assert events == [SttFinal("One"), SttFinal("two"), SttFinal("three."), SttSettled(1)]
    pieces = [exchange.pcm for exchange in server.exchanges]
    assert b"".join(pieces) == spoken
    for piece in pieces[:2]:
        assert np.abs(np.frombuffer(piece[-320:], "<i2")).max() == 0


async def test_a_call_is_warmed_up_with_the_connection_that_its_first_words_use() -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.answer({"text": "Yes."} if exchange.method == "POST" else {"data": []})

    async with transcription_server(answer) as server:
        stt = OpenAiStt(settings(server.base_url))
        assert isinstance(stt, Warmable)
        await stt.warm_up(ENGLISH)
        assert [(exchange.method, exchange.path) for exchange in server.exchanges] == [("GET", "/v1/models")]
        stream = await stt.open(REQUEST)
        say(stream, hum(300))
        stream.finalize(1)
        await next_until(aiter(stream.events()), SttSettled(1))
        assert len(server.connections) == 1
        await stream.aclose()
        await stt.aclose()


async def test_warming_up_keeps_its_troubles_to_itself() -> None:
    stt = OpenAiStt(settings(f"http://127.0.0.1:{refusing_port()}/v1"))
    async with asyncio.timeout(1):
        await stt.warm_up(ENGLISH)
    await stt.aclose()


async def test_a_format_it_does_not_take_is_refused_at_once() -> None:
    stt = OpenAiStt(settings("http://127.0.0.1:9/v1"))
    with pytest.raises(ValueError, match="16 kHz"):
        await stt.open(SttRequest(ENGLISH, format=MULAW_8K))


async def test_what_it_can_be_used_for_is_known_without_asking() -> None:
    assert OpenAiStt(OpenAiSttSettings("whisper-1", KEY)).readiness(SPANISH).is_ready
    assert "model" in OpenAiStt(OpenAiSttSettings("", KEY)).readiness(SPANISH).detail
    assert "key" in OpenAiStt(OpenAiSttSettings("whisper-1")).readiness(SPANISH).detail
    assert "characters" in OpenAiStt(OpenAiSttSettings("whisper-1", "a\nb")).readiness(SPANISH).detail
    assert OpenAiStt(OpenAiSttSettings("tiny", base_url="http://my.own/v1")).readiness(ENGLISH).is_ready


async def test_an_accepted_key_passes_the_check() -> None:
    async with transcription_server(saying("")) as server:
        stt = OpenAiStt(settings(server.base_url))
        assert isinstance(stt, Checkable)
        await stt.check()
        await stt.aclose()
    assert server.exchanges[0].pcm == silence(500)


# --- failures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "provider_code", "code", "retryable"),
    [
        (400, None, "request-rejected", False),
        (401, "invalid_api_key", "auth-failed", False),
        (403, "model_not_found", "model-not-found", False),
        (404, None, "model-not-found", False),
        (413, None, "request-rejected", False),
        (429, None, "rate-limited", True),
        (429, "insufficient_quota", "quota-exceeded", False),
        (500, None, "provider-unavailable", True),
        (503, None, "provider-unavailable", True),
    ],
)
async def test_a_refusal_says_why(status: int, provider_code: str | None, code: str, retryable: bool) -> None:
    async def refuse(exchange: Exchange) -> None:
        error = {"message": f"wrong key {KEY}", "code": provider_code}
        await exchange.answer({"error": error}, status, Retry_After="3")

    async with listening(refuse) as (stream, server):
        error = await failure(stream)
        stt = OpenAiStt(settings(server.base_url))
        with pytest.raises(ProviderError) as caught:
            await stt.check()
        await stt.aclose()
    assert (error.code, error.retryable) == (code, retryable)
    assert error.retry_after_ms == (3_000 if retryable else None)
    assert caught.value.code == code


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirection_is_not_followed(status: int) -> None:
    async with transcription_server(saying("Stolen.")) as elsewhere:

        async def redirect(exchange: Exchange) -> None:
            await exchange.answer({}, status, Location=f"{elsewhere.base_url}/audio/transcriptions")

        async with listening(redirect) as (stream, _):
            error = await failure(stream)
        assert (error.code, error.retryable) == ("request-rejected", False)
        assert elsewhere.connections == []


@pytest.mark.parametrize(
    "base_url",
    [f"http://127.0.0.1:{refusing_port()}/v1", "http://"],
    ids=["nobody listens", "no address"],
)
async def test_nobody_at_the_address_is_a_failed_connection(base_url: str) -> None:
    async with stream_at(base_url) as stream:
        error = await failure(stream)
    assert (error.code, error.retryable) == ("connection-failed", True)


async def test_an_environment_that_is_no_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1:70")
    async with listening(saying("Yes.")) as (stream, server):
        error = await failure(stream)
        assert server.connections == []
    assert (error.code, error.retryable) == ("sdk-not-loaded", False)


async def test_a_server_without_tls_is_a_failed_connection() -> None:
    async with transcription_server(saying("Yes.")) as server:
        async with stream_at(server.base_url.replace("http", "https"), answer_timeout_ms=2_000) as stream:
            error = await failure(stream)
        assert server.exchanges == []
    assert (error.code, error.retryable) == ("connection-failed", True)


async def hang(exchange: Exchange) -> None:
    await exchange.until_client_closes()


async def hang_after_the_head(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n")
    await exchange.until_client_closes()


async def hang_within_the_body(exchange: Exchange) -> None:
    await exchange.raw(b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"text"')
    await exchange.until_client_closes()


@pytest.mark.parametrize("misbehave", [hang, hang_after_the_head, hang_within_the_body])
async def test_a_server_that_hangs_is_given_up_in_time(misbehave: Script) -> None:
    async with listening(misbehave, answer_timeout_ms=150) as (stream, _):
        began_at = perf_counter()
        error = await failure(stream)
        assert perf_counter() - began_at < 1
    assert isinstance(error, ProviderTimeoutError)
    assert error.code == "provider-timeout"


async def test_a_server_whose_answer_comes_in_drops_is_given_up_in_time() -> None:
    answer = b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"text": "Yes."}'
    async with (
        raw_server(drip(answer)) as port,
        stream_at(f"http://127.0.0.1:{port}/v1", answer_timeout_ms=150) as stream,
    ):
        error = await failure(stream)
    assert isinstance(error, ProviderTimeoutError)


async def reset(exchange: Exchange) -> None:
    exchange.abort()


async def break_off(exchange: Exchange) -> None:
    await exchange.raw(b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"text": ')
    exchange.close()


async def speak_something_else(exchange: Exchange) -> None:
    await exchange.raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    exchange.close()


@pytest.mark.parametrize("misbehave", [reset, break_off, speak_something_else])
async def test_a_connection_that_breaks_is_a_failed_connection(misbehave: Script) -> None:
    async with listening(misbehave) as (stream, _):
        error = await failure(stream)
    assert (error.code, error.retryable) == ("connection-failed", True)


def answering(body: bytes, **headers: str) -> Script:
    async def answer(exchange: Exchange) -> None:
        await exchange.answer(body, 200, **headers)

    return answer


@pytest.mark.parametrize(
    "script",
    [
        answering(b"<html>"),
        answering(b""),
        answering(b"[]"),
        answering(b"{}"),
        answering(b'{"text": 7}'),
        answering(b"\xff\xfe"),
        answering(b"no gzip", Content_Encoding="gzip"),
        answering(b'{"text": "%s"}' % (b"x" * 300_000)),
    ],
)
async def test_nonsense_is_a_failure_of_the_server(script: Script) -> None:
    async with listening(script) as (stream, _):
        error = await failure(stream)
    assert error.code == "bad-response"


async def test_closing_closes_the_socket_of_a_request_under_way() -> None:
    async with listening(hang, answer_timeout_ms=5_000) as (stream, server):
        say(stream, hum(400))
        stream.finalize(1)
        await until(lambda: server.exchanges)
        await stream.aclose()
        async with asyncio.timeout(1):
            await server.connections[0].closed.wait()


async def test_more_audio_than_the_server_gets_done_is_too_much() -> None:
    async with listening(hang, answer_timeout_ms=5_000, window_ms=1_000, max_backlog_ms=3_000) as (stream, _):
        say(stream, hum(3_100))
        async with asyncio.timeout(1):
            with pytest.raises(ProviderError) as caught:
                await anext(stream.events())
    assert caught.value.code == "stt-overloaded"


async def test_audio_that_has_its_words_no_longer_counts() -> None:
    async with listening(saying("Yes."), window_ms=1_000, max_backlog_ms=1_500) as (stream, _):
        events = aiter(stream.events())
        for utterance in range(5):
            say(stream, hum(900))
            stream.finalize(utterance)
            await next_until(events, SttSettled(utterance))


async def test_the_key_is_shown_nowhere(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)

    async def refuse(exchange: Exchange) -> None:
        await exchange.answer({"error": {"message": f"wrong key {KEY}"}}, 401)

    async with listening(refuse) as (stream, _):
        error = await failure(stream)
    stt = OpenAiStt(settings("http://x/v1"))
    shown = [repr(stream), repr(stt), repr(settings("http://x/v1")), repr(error), caplog.text]
    assert not [text for text in [*shown, *capfd.readouterr()] if KEY in text]
