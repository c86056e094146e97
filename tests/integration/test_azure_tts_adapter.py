"""The real Speech SDK against a scripted service on loopback: what works, and all that can go wrong."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from time import perf_counter
from xml.etree import ElementTree

import pytest

from backend.application.processors.g711 import mulaw_encode
from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest
from backend.domain.value_objects.audio import MULAW_8K, WIDEBAND, AudioFormat, Encoding
from backend.domain.value_objects.language import SPANISH, Language
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.adapters.azure.account import AzureAccount, load_sdk
from backend.infrastructure.adapters.azure.rest import fetch_voices
from backend.infrastructure.adapters.tts.azure_tts_adapter import AzureTts, AzureTtsSettings
from tests.support.azure_sdk import SDK_TROUBLE, break_sdk
from tests.support.azure_server import (
    RESET,
    AzureServer,
    Connection,
    Script,
    azure_server,
    logged_by_the_client,
)
from tests.support.azure_voice import WORD_MS, tone

KEY = "0123456789abcdef0123456789abcdef"
LONG = "Una frase bastante larga que nadie va a oír. " * 20


@asynccontextmanager
async def voice(
    script: Script | None = None, *, first_ms: int = 2_000, gap_ms: int = 2_000
) -> AsyncIterator[tuple[AzureTts, AzureServer]]:
    settings = AzureTtsSettings(first_audio_timeout_ms=first_ms, gap_timeout_ms=gap_ms)
    async with azure_server(script) as server:
        tts = AzureTts(AzureAccount(KEY, endpoint=server.endpoint), settings)
        try:
            yield tts, server
        finally:
            async with asyncio.timeout(2):
                await tts.aclose()


def order(text: str = "Hola, mundo.", audio_format: AudioFormat = WIDEBAND) -> SpeechRequest:
    return SpeechRequest(text, SPANISH, VoiceConfig(), audio_format)


async def speak(tts: AzureTts, request: SpeechRequest) -> list[SpeechChunk]:
    async with asyncio.timeout(5), aclosing(tts.synthesize(request)) as chunks:
        return [chunk async for chunk in chunks]


async def failure(
    script: Script, *, first_ms: int = 2_000, gap_ms: int = 2_000
) -> tuple[float, ProviderError]:
    """Return how many milliseconds of speech came before the failure, and the failure."""
    heard_ms = 0.0

    async def listen(tts: AzureTts) -> None:
        nonlocal heard_ms
        async with aclosing(tts.synthesize(order(LONG))) as chunks:
            async for chunk in chunks:
                heard_ms += chunk.frame.duration_ns / 1e6

    async with asyncio.timeout(5), voice(script, first_ms=first_ms, gap_ms=gap_ms) as (tts, _):
        with pytest.raises(ProviderError) as caught:
            await listen(tts)
    assert KEY not in str(caught.value)
    assert "frase" not in str(caught.value)
    return heard_ms, caught.value


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that happens on other threads or in the service."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  (nobody tells when)
            await asyncio.sleep(0.005)


async def warm(tts: AzureTts) -> None:
    """Have connections wait for the first word."""
    tts.start()
    await until(lambda: tts.open_connections == 2)


def speaking(server: AzureServer) -> list[Connection]:
    """The connections over which something was to be said."""
    return [connection for connection in server.connections if connection.bodies("ssml")]


def document_of(connection: Connection) -> ElementTree.Element:
    (order,) = connection.bodies("ssml")
    return ElementTree.fromstring(order.body)


# --- what works -----------------------------------------------------------------------------------


async def test_the_service_gets_the_key_the_voice_and_the_very_text() -> None:
    text = 'Tom & "Jerry" </voice><break time="9s"/> cuestan <5 €.'
    request = SpeechRequest(text, Language("es-MX"), VoiceConfig(speed=1.25, pitch=-2), WIDEBAND)
    async with voice() as (tts, server):
        assert await speak(tts, request) != []
        (connection,) = speaking(server)
    assert connection.key == KEY
    document = document_of(connection)
    assert "".join(document.itertext()) == text
    prefix = "{http://www.w3.org/2001/10/synthesis}"
    (spoken,) = document.findall(f"{prefix}voice")
    assert spoken.get("name") == "es-MX-DaliaNeural"
    (prosody,) = spoken.findall(f"{prefix}prosody")
    assert prosody.attrib == {"rate": "1.25", "pitch": "-2.0st"}
    assert list(prosody) == []


async def test_an_odd_rate_is_resampled() -> None:
    odd = AudioFormat(Encoding.PCM16, 11_025)
    async with voice() as (tts, _):
        chunks = await speak(tts, order("Hola, mundo.", odd))
    assert {chunk.frame.format for chunk in chunks} == {odd}
    samples = sum(chunk.frame.samples for chunk in chunks)
    assert samples == pytest.approx(2 * WORD_MS * 11.025, abs=1)


async def test_a_telephones_audio_is_the_services_own() -> None:
    async with voice() as (tts, _):
        chunks = await speak(tts, order("Hola, mundo.", MULAW_8K))
    assert {chunk.frame.format for chunk in chunks} == {MULAW_8K}
    spoken = mulaw_encode(tone(8_000, 0, 2 * WORD_MS))
    assert b"".join(chunk.frame.payload for chunk in chunks) == spoken


async def test_a_style_reaches_the_service() -> None:
    cheerful = VoiceConfig(style="cheerful")
    async with voice() as (tts, server):
        await speak(tts, SpeechRequest("Hola.", SPANISH, cheerful, WIDEBAND))
        (connection,) = speaking(server)
    styled = document_of(connection).findall(".//{https://www.w3.org/2001/mstts}express-as")
    assert [(element.get("style"), element.text) for element in styled] == [("cheerful", "Hola.")]


async def test_words_that_come_a_moment_after_their_audio_are_waited_for() -> None:
    async with voice(Script(words_ahead_ms=-100, pace=0.03)) as (tts, _):
        chunks = await speak(tts, order("Hola, mundo."))
    assert [word.at_ms for chunk in chunks for word in chunk.words] == [0, WORD_MS]


async def test_connections_wait_for_the_first_word() -> None:
    async with voice() as (tts, server):
        await warm(tts)
        waiting = server.open_connections
        await speak(tts, order())
        (used,) = speaking(server)
        assert used in waiting


async def test_a_connection_serves_one_sentence_after_the_other() -> None:
    async with voice() as (tts, server):
        for _ in range(5):
            await speak(tts, order())
        assert len(server.connections) <= 3  # the one in use and two that wait


async def test_each_audio_format_has_connections_of_its_own() -> None:
    async with voice() as (tts, server):
        for audio_format in (WIDEBAND, AudioFormat(Encoding.MULAW, 8_000)):
            await speak(tts, order(audio_format=audio_format))
        asked = {
            message.json["synthesis"]["audio"]["outputFormat"]
            for connection in server.connections
            for message in connection.bodies("synthesis.context")
        }
    assert asked == {"raw-16khz-16bit-mono-pcm", "raw-8khz-8bit-mono-mulaw"}


async def test_a_slow_listener_makes_the_service_wait() -> None:
    async with voice(gap_ms=100) as (tts, server), aclosing(tts.synthesize(order(LONG * 20))) as chunks:
        await anext(chunks)
        await asyncio.sleep(0.3)
        (connection,) = speaking(server)
        assert not connection.closed.is_set()
        assert (await anext(chunks)).frame.payload


# --- the catalogue, and trying the key ------------------------------------------------------------

ELVIRA = {
    "ShortName": "es-ES-ElviraNeural",
    "LocalName": "Elvira",
    "Locale": "es-ES",
    "Gender": "Female",
    "StyleList": ["cheerful", "sad"],
}


async def test_the_service_tells_its_voices_and_their_styles() -> None:
    async with voice(Script(voices=json.dumps([ELVIRA]))) as (tts, server):
        assert len(tts.voices()) > 1
        await warm(tts)
        await until(lambda: len(tts.voices()) == 1)
        assert server.list_keys == [KEY]
    (elvira,) = tts.voices()
    assert (elvira.id, elvira.name) == ("es-ES-ElviraNeural", "Elvira (es-ES)")
    assert (elvira.gender, elvira.styles) == ("female", ("cheerful", "sad"))


async def test_a_list_that_does_not_come_leaves_the_usual_voices() -> None:
    async with voice(Script(voices="<html>")) as (tts, server):
        usual = tts.voices()
        tts.start()
        await until(lambda: server.list_keys)
        with pytest.raises(ProviderError) as caught:
            await tts.check()
        assert (caught.value.code, tts.voices()) == ("bad-response", usual)


async def test_a_service_that_does_not_answer_does_not_pass() -> None:
    is_over = asyncio.Event()

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await is_over.wait()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ProviderTimeoutError):
            await fetch_voices(AzureAccount(KEY, endpoint=f"http://127.0.0.1:{port}"), timeout_s=0.2)
        is_over.set()


async def test_an_address_where_nothing_is_does_not_pass() -> None:
    async with azure_server() as server:
        endpoint = server.endpoint
    with pytest.raises(ProviderError) as caught:
        await AzureTts(AzureAccount(KEY, endpoint=endpoint)).check()
    assert (caught.value.code, caught.value.retryable) == ("connection-failed", True)


async def test_a_key_that_is_accepted_passes() -> None:
    async with voice(Script(voices=json.dumps([ELVIRA]))) as (tts, server):
        await tts.check()
        assert (server.list_keys, server.connections) == ([KEY], [])


@pytest.mark.parametrize(
    ("status", "code", "retryable", "wait_ms"),
    [
        (401, "auth-failed", False, None),
        (403, "auth-failed", False, None),
        (404, "request-rejected", False, None),
        (429, "rate-limited", True, 7_000),
        (503, "provider-unavailable", True, 7_000),
    ],
)
async def test_a_key_that_is_refused_does_not_pass(
    status: int, code: str, retryable: bool, wait_ms: int | None
) -> None:
    async with voice(Script(refuse=status, headers=(("Retry-After", "7"),))) as (tts, _):
        with pytest.raises(ProviderError) as caught:
            await tts.check()
    error = caught.value
    assert (error.code, error.retryable, error.retry_after_ms) == (code, retryable, wait_ms)
    assert KEY not in str(error)


async def test_the_key_is_not_taken_elsewhere() -> None:
    async with azure_server() as elsewhere:
        address = elsewhere.endpoint.replace("ws", "http") + "/tts/cognitiveservices/voices/list"
        async with voice(Script(refuse=307, headers=(("Location", address),))) as (tts, _):
            with pytest.raises(ProviderError) as caught:
                await tts.check()
        assert elsewhere.list_keys == []
    assert (caught.value.code, caught.value.retryable) == ("request-rejected", False)


async def test_a_call_that_begins_has_connections_of_the_formats_in_use() -> None:
    async with voice() as (tts, server):
        await speak(tts, order(audio_format=MULAW_8K))
        await until(lambda: tts.open_connections == 3)
        await tts.warm_up(SPANISH)
        assert tts.open_connections == 3  # enough of them wait already
        for connection in server.open_connections:
            await connection.close()
        await until(lambda: tts.open_connections == 0)
        await tts.warm_up(SPANISH)
        await until(lambda: tts.open_connections == 2)


async def test_an_adapter_that_is_closed_connects_no_more() -> None:
    async with voice() as (tts, server):
        await warm(tts)
        await tts.aclose()
        await tts.warm_up(SPANISH)
        await tts.aclose()
        assert len(server.connections) == 2


# --- interruptions --------------------------------------------------------------------------------


@pytest.mark.parametrize("first_audio_ms", [0, 60_000])
async def test_a_listener_that_leaves_waits_for_nobody(first_audio_ms: int) -> None:
    """Cancelled in mid-speech as well as before the first word, the socket is closed behind its back."""
    began = asyncio.Event()

    async def listen(tts: AzureTts) -> None:
        async with aclosing(tts.synthesize(order(LONG))) as chunks:
            async for _ in chunks:
                began.set()
                await asyncio.Event().wait()

    async with voice(Script(first_audio_ms=first_audio_ms, pace=1.0), first_ms=60_000) as (tts, server):
        await warm(tts)
        listening = asyncio.create_task(listen(tts))
        await until(lambda: speaking(server))
        if not first_audio_ms:
            await began.wait()
        (used,) = speaking(server)
        left_at = perf_counter()
        listening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listening
        assert perf_counter() - left_at < 0.05
        async with asyncio.timeout(1):
            await used.closed.wait()
        await until(lambda: tts.open_connections == 2)  # others wait for the next word


async def test_stopping_at_a_silent_service_holds_up_nobody() -> None:
    async with voice(Script(faulty_connections=9), first_ms=60_000) as (tts, server):
        await warm(tts)
        waiting = asyncio.create_task(anext(tts.synthesize(order())))
        await until(lambda: speaking(server))
        left_at = perf_counter()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert perf_counter() - left_at < 0.05


# --- failures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (401, "auth-failed", False),
        (429, "rate-limited", True),
        (503, "provider-unavailable", True),
    ],
)
async def test_a_refused_connection_says_why(status: int, code: str, retryable: bool) -> None:
    heard_ms, error = await failure(Script(refuse=status))
    assert (heard_ms, error.code, error.retryable) == (0, code, retryable)


async def test_a_service_that_is_not_there() -> None:
    async with azure_server() as server:
        endpoint = server.endpoint
    tts = AzureTts(AzureAccount(KEY, endpoint=endpoint))
    with pytest.raises(ProviderError) as caught:
        await speak(tts, order())
    assert (caught.value.code, caught.value.retryable) == ("connection-failed", True)
    await tts.aclose()


@pytest.mark.parametrize(
    ("break_with", "code"),
    [(RESET, "connection-failed"), (1011, "provider-unavailable"), (1007, "request-rejected")],
)
async def test_a_connection_that_breaks_has_said_what_it_said(break_with: int, code: str) -> None:
    heard_ms, error = await failure(Script(faulty_connections=9, faulty_after=3, break_with=break_with))
    assert (heard_ms, error.code) == (300, code)


@pytest.mark.parametrize(("pieces", "heard_ms"), [(0, 0), (3, 300)])
async def test_silence_is_noticed(pieces: int, heard_ms: int) -> None:
    script = Script(faulty_connections=9, faulty_after=pieces)
    async with asyncio.timeout(3):
        heard, error = await failure(script, first_ms=1_000, gap_ms=200)
    assert isinstance(error, ProviderTimeoutError)
    assert heard == heard_ms


async def test_a_service_that_comes_back_is_used_again() -> None:
    async with voice(Script(refuse=503)) as (tts, server):
        tts.start()
        with pytest.raises(ProviderError):
            await speak(tts, order())
        server.script.refuse = None
        assert await speak(tts, order()) != []


async def test_connections_that_the_service_closed_are_not_used() -> None:
    async with voice(Script()) as (tts, server):
        await warm(tts)
        for connection in server.open_connections:
            await connection.close()
        await until(lambda: tts.open_connections == 0)
        assert await speak(tts, order()) != []


@pytest.mark.parametrize("error", SDK_TROUBLE)
async def test_an_sdk_that_cannot_be_loaded_is_the_engines_failure(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    break_sdk(monkeypatch, error)
    tts = AzureTts(AzureAccount(KEY, region="westeurope"))
    tts.start()
    with pytest.raises(ProviderError) as caught:
        await speak(tts, order())
    assert (caught.value.code, caught.value.retryable) == ("sdk-not-loaded", False)
    await tts.aclose()


@pytest.mark.parametrize("method", ["__init__", "start_speaking_ssml_async"])
async def test_an_sdk_that_refuses_to_speak_is_the_engines_failure(
    monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("Exception with error code: 0x1 [CALL STACK BEGIN] ...")

    monkeypatch.setattr(load_sdk().SpeechSynthesizer, method, refuse)
    async with voice() as (tts, _):
        with pytest.raises(ProviderError) as caught:
            await speak(tts, order())
    assert (caught.value.code, caught.value.retryable) == ("provider-unavailable", True)
    assert "STACK" not in caught.value.message


async def test_the_key_is_shown_nowhere(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with voice(Script(refuse=401)) as (tts, _):
        with pytest.raises(ProviderError) as caught:
            await speak(tts, order())
        with pytest.raises(ProviderError) as checked:
            await tts.check()
    errors = [str(caught.value), repr(caught.value), str(checked.value), repr(checked.value)]
    shown = [repr(tts), repr(AzureAccount(KEY)), *errors, *logged_by_the_client(caplog)]
    assert not [text for text in [*shown, *capfd.readouterr()] if KEY in text]
