"""Deepgram's adapter against a scripted service on loopback: what works, and all that can go wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import perf_counter

import numpy as np
import pytest

from backend.application.processors.g711 import mulaw_encode
from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.engine_port import Checkable
from backend.domain.ports.stt_port import SttEvent, SttFinal, SttPartial, SttRequest, SttSettled
from backend.domain.value_objects.audio import MULAW_8K, NARROWBAND, WIDEBAND, AudioFormat, AudioFrame
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.infrastructure.adapters.stt.deepgram_adapter import DeepgramStt
from backend.infrastructure.adapters.stt.deepgram_stream import DeepgramSettings, DeepgramStream
from tests.support.deepgram_server import RESET, DeepgramServer, Script, deepgram_server
from tests.support.raw_server import drip, raw_server, refusing_port
from tests.support.speech import frames, silence

KEY = "0123456789abcdef0123456789abcdef01234567"
REQUEST = SttRequest(ENGLISH)


def settings(base_url: str, **changes: int) -> DeepgramSettings:
    quick = {"connect_timeout_ms": 400, "settle_timeout_ms": 400, **changes}
    return DeepgramSettings(KEY, base_url, **quick)  # type: ignore[arg-type]


@asynccontextmanager
async def listening(
    script: Script | None = None, request: SttRequest = REQUEST, **changes: int
) -> AsyncIterator[tuple[DeepgramStream, DeepgramServer]]:
    """Open a stream, and close it; afterwards the service must have seen it go."""
    async with deepgram_server(script) as server, stream_at(server.base_url, request, **changes) as stream:
        yield stream, server
        await close(stream)
        server.stopped.set()  # who does not read does not see anybody go
        await until(lambda: not server.open_connections)


@asynccontextmanager
async def stream_at(
    base_url: str, request: SttRequest = REQUEST, **changes: int
) -> AsyncIterator[DeepgramStream]:
    stt = DeepgramStt(settings(base_url, **changes))
    stream = await stt.open(request)
    try:
        yield stream
    finally:
        await close(stream)
        await stt.aclose()


async def close(stream: DeepgramStream) -> None:
    closed_at = perf_counter()
    await stream.aclose()
    assert perf_counter() - closed_at < 2


def hum(milliseconds: int, audio_format: AudioFormat = WIDEBAND) -> bytes:
    """Return what the scripted service takes for speech."""
    samples = np.arange(audio_format.samples_in(milliseconds))
    tone = (6_000 * np.sin(2 * np.pi * 200 / audio_format.rate * samples)).astype("<i2")
    return mulaw_encode(tone) if audio_format == MULAW_8K else tone.tobytes()


def say(stream: DeepgramStream, *pcm: bytes) -> None:
    for frame in frames(b"".join(pcm)):
        stream.feed(frame)


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that happens in the service."""
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


async def failure(stream: DeepgramStream) -> ProviderError:
    async with asyncio.timeout(5):
        with pytest.raises(ProviderError) as caught:
            async for _ in stream.events():
                pass
    assert KEY not in str(caught.value)
    return caught.value


# --- what works -----------------------------------------------------------------------------------


async def test_the_service_gets_the_key_the_format_the_language_and_the_hints() -> None:
    async with listening(request=SttRequest(Language("es-MX"), ("Ibáñez", "pago fácil"))) as (stream, server):
        say(stream, hum(200))
        await until(lambda: server.connections and len(server.connections[0].audio) == len(hum(200)))
        (connection,) = server.connections
    assert connection.authorization == f"Token {KEY}"
    assert KEY not in str(connection.query)
    assert connection.path == "/v1/listen"
    assert connection.audio == hum(200)
    assert connection.query == {
        "model": ["nova-3"],
        "encoding": ["linear16"],
        "sample_rate": ["16000"],
        "channels": ["1"],
        "interim_results": ["true"],
        "punctuate": ["true"],
        "endpointing": ["false"],
        "language": ["es-419"],
        "keyterm": ["Ibáñez", "pago fácil"],
    }


async def test_words_come_up_and_become_final_when_they_are_asked_for() -> None:
    async with listening(Script(("I need help.",))) as (stream, server):
        events = aiter(stream.events())
        say(stream, silence(300), hum(600), silence(200))
        assert await next_until(events, SttPartial("i need help")) == [
            SttPartial("i"),
            SttPartial("i need"),
            SttPartial("i need help"),
        ]
        asked_at = perf_counter()
        stream.finalize(1)
        assert await next_until(events, SttSettled(1)) == [SttFinal("I need help."), SttSettled(1)]
        assert perf_counter() - asked_at < 0.2
        assert server.connections[0].count("Finalize") == 1


async def test_what_is_said_before_the_connection_is_there_is_heard() -> None:
    async with listening(Script(("First.", "Second."))) as (stream, _):
        for utterance in (1, 2):
            say(stream, hum(400), silence(200))
            stream.finalize(utterance)
        events = await next_until(aiter(stream.events()), SttSettled(2))
    assert [event for event in events if not isinstance(event, SttPartial)] == [
        SttFinal("First."),
        SttSettled(1),
        SttFinal("Second."),
        SttSettled(2),
    ]


async def test_telephone_audio_passes_as_it_is() -> None:
    request = SttRequest(ENGLISH, format=MULAW_8K)
    async with listening(Script(("Hello there.",)), request) as (stream, server):
        stream.feed(AudioFrame(MULAW_8K, hum(400, MULAW_8K)))
        stream.finalize(1)
        events = await next_until(aiter(stream.events()), SttSettled(1))
        assert events[-2:] == [SttFinal("Hello there."), SttSettled(1)]
        assert server.connections[0].audio == hum(400, MULAW_8K)
        assert server.connections[0].query["encoding"] == ["mulaw"]
        assert server.connections[0].query["sample_rate"] == ["8000"]


async def test_a_caller_who_changes_the_language_is_followed() -> None:
    script = Script(("Good morning.", "Buenos días.", "Bom dia."), languages=("en", "es", "pt"))
    request = SttRequest(Language("es-419"), alternatives=(Language("en-GB"),))
    async with listening(script, request) as (stream, server):
        finals: list[SttFinal] = []
        events = aiter(stream.events())
        for utterance in (1, 2, 3):
            say(stream, hum(400), silence(200))
            stream.finalize(utterance)
            heard = await next_until(events, SttSettled(utterance))
            finals += [event for event in heard if isinstance(event, SttFinal)]
        assert server.connections[0].query["language"] == ["multi"]
        assert server.connections[0].query["language_hint"] == ["es", "en"]
    assert finals == [
        SttFinal("Good morning.", Language("en-GB")),
        SttFinal("Buenos días.", Language("es-419")),
        SttFinal("Bom dia.", Language("pt")),
    ]


async def test_the_service_is_kept_awake_while_nothing_is_fed() -> None:
    async with listening(keep_alive_ms=20) as (_, server):
        await until(lambda: server.connections and server.connections[0].count("KeepAlive") >= 3)


async def test_the_end_of_the_stream_is_said_and_the_socket_closed() -> None:
    async with listening() as (stream, server):
        say(stream, hum(200))
        await until(lambda: server.connections and server.connections[0].audio)
        await stream.aclose()
        await until(lambda: not server.open_connections)
        assert server.connections[0].count("CloseStream") == 1


@pytest.mark.parametrize("wrong", [NARROWBAND, AudioFormat(WIDEBAND.encoding, 48_000)])
async def test_a_format_it_does_not_take_is_refused_at_once(wrong: AudioFormat) -> None:
    stt = DeepgramStt(settings("ws://127.0.0.1:9"))
    with pytest.raises(ValueError, match="not fed"):
        await stt.open(SttRequest(ENGLISH, format=wrong))


async def test_what_it_can_be_used_for_is_known_without_asking() -> None:
    assert DeepgramStt(DeepgramSettings(KEY)).readiness(SPANISH).is_ready
    assert "key is not set" in DeepgramStt(DeepgramSettings()).readiness(SPANISH).detail
    assert "characters" in DeepgramStt(DeepgramSettings("a\r\nX: b")).readiness(SPANISH).detail
    assert DeepgramStt(DeepgramSettings(base_url="ws://my.own")).readiness(ENGLISH).is_ready


# --- failures -------------------------------------------------------------------------------------


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
    [f"ws://127.0.0.1:{refusing_port()}", "ws://127.0.0.1:99999", "ws://"],
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
        began_at = perf_counter()
        error = await failure(stream)
        assert perf_counter() - began_at < 1
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
    async with listening(Script(flushes=False, faulty_after=0)) as (stream, _):
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

        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            pouring = group.create_task(pour())
            error = await failure(stream)
            pouring.cancel()
    assert error.code == "stt-overloaded"


async def test_closing_while_it_connects_leaves_no_connection() -> None:
    async with listening(Script(hangs=True), connect_timeout_ms=5_000) as (stream, server):
        await until(lambda: server.requests)
        closed_at = perf_counter()
        await stream.aclose()
        assert perf_counter() - closed_at < 0.2


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
