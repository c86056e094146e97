"""Azure's recogniser, the real Speech SDK, against a scripted service on loopback: what works."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.application.processors.g711 import alaw_encode, mulaw_encode
from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import (
    SttEvent,
    SttFinal,
    SttPartial,
    SttRequest,
    SttSettled,
)
from backend.domain.value_objects.audio import (
    MULAW_8K,
    NARROWBAND,
    WIDEBAND,
    AudioFormat,
    AudioFrame,
    Encoding,
)
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.infrastructure.adapters.azure.account import AzureAccount
from backend.infrastructure.adapters.azure.listener import (
    GaveUp,
    Heard,
    LinkChanged,
    Listener,
    ListeningOrder,
)
from backend.infrastructure.adapters.stt.azure_stt_adapter import AzureStt
from tests.support.azure_listening import KEY, PAUSE_MS, listening, next_until
from tests.support.azure_server import Script, azure_server
from tests.support.azure_wire import ALAW, MULAW, PCM, WAV_HEADER_BYTES, WavHeader, wav_header
from tests.support.listening import hum, say, until
from tests.support.speech import silence


def without_partials(events: list[SttEvent]) -> list[SttEvent]:
    return [event for event in events if not isinstance(event, SttPartial)]


async def test_the_service_gets_the_key_the_language_and_the_hints() -> None:
    request = SttRequest(Language("es-419"), ("Ibáñez",))
    async with listening(request=request) as (stream, server):
        say(stream, hum(200))
        await until(lambda: server.connections and server.connections[0].bodies("speech.context"))
        (connection,) = server.connections
        (context,) = connection.bodies("speech.context")
    assert connection.key == KEY
    detection = context.json["phraseDetection"]
    assert detection["language"] == "es-MX"
    assert detection["CONVERSATION"]["segmentation"]["segmentationSilenceTimeoutMs"] == 300
    assert [item["Text"] for item in context.json["dgi"]["Groups"][0]["Items"]] == ["Ibáñez"]


async def test_the_service_tells_which_of_the_callers_languages_it_hears() -> None:
    mexican = Language("es-419")
    request = SttRequest(mexican, alternatives=(SPANISH, ENGLISH, Language("fr")))
    script = Script(("Buenos días.", "Good morning."), languages=("es-MX", "en-US"))
    async with listening(script, request=request) as (stream, server):
        for utterance in (1, 2):
            say(stream, hum(600), silence(PAUSE_MS))
            stream.finalize(utterance)
        events = await next_until(aiter(stream.events()), SttSettled(2))
        (context,) = server.connections[0].bodies("speech.context")
    assert context.json["languageId"]["languages"] == ["es-MX", "en-US"]
    assert context.json["languageId"]["mode"] == "DetectContinuous"
    assert without_partials(events) == [
        SttFinal("Buenos días.", mexican),
        SttSettled(1),
        SttFinal("Good morning.", ENGLISH),
        SttSettled(2),
    ]


@pytest.mark.parametrize(
    ("audio_format", "encode", "header"),
    [
        (MULAW_8K, mulaw_encode, WavHeader(MULAW, 8_000, 8)),
        (AudioFormat(Encoding.ALAW, 8_000), alaw_encode, WavHeader(ALAW, 8_000, 8)),
        (NARROWBAND, np.ndarray.tobytes, WavHeader(PCM, 8_000, 16)),
    ],
)
async def test_telephone_audio_goes_to_the_service_as_it_is(
    audio_format: AudioFormat, encode: Callable[[NDArray[np.int16]], bytes], header: WavHeader
) -> None:
    tone = np.frombuffer(hum(600), "<i2")[::2].copy()
    spoken = encode(tone)
    size = audio_format.bytes_in(20)
    async with listening(request=SttRequest(ENGLISH, format=audio_format)) as (stream, server):
        for at in range(0, len(spoken), size):
            stream.feed(AudioFrame(audio_format, spoken[at : at + size]))
        stream.finalize(1)
        events = await next_until(aiter(stream.events()), SttSettled(1))
        heard = bytes(server.connections[0].audio)
    assert without_partials(events) == [SttFinal("Hello."), SttSettled(1)]
    assert wav_header(heard) == header
    padding = encode(np.zeros(8 * 300, np.int16))
    assert heard[WAV_HEADER_BYTES:] == spoken + padding


async def test_other_audio_is_not_taken() -> None:
    async with listening(request=SttRequest(ENGLISH, format=MULAW_8K)) as (stream, _):
        with pytest.raises(ValueError, match="mulaw"):
            stream.feed(AudioFrame(WIDEBAND, silence(20)))
    odd = SttRequest(ENGLISH, format=AudioFormat(Encoding.PCM16, 44_100))
    with pytest.raises(ProviderError) as caught:
        await AzureStt(AzureAccount(KEY, region="westeurope")).open(odd)
    assert (caught.value.code, caught.value.retryable) == ("unknown-format", False)


async def test_words_come_up_and_settle_as_soon_as_the_service_has_its_phrase() -> None:
    async with listening(Script(("I need help.",), final_ms=100)) as (stream, _):
        events = aiter(stream.events())
        say(stream, silence(500), hum(800), silence(PAUSE_MS))
        assert await next_until(events, SttPartial("i need help")) == [
            SttPartial("i"),
            SttPartial("i need"),
            SttPartial("i need help"),
        ]
        stream.finalize(1)
        assert await next_until(events, SttSettled(1)) == [SttFinal("I need help."), SttSettled(1)]


async def test_utterances_are_kept_apart_by_their_place_in_the_audio() -> None:
    async with listening(Script(("First.", "Second."), final_ms=100)) as (stream, _):
        for utterance in (1, 2):
            say(stream, hum(600), silence(PAUSE_MS))
            stream.finalize(utterance)
        stream.finalize(3)
        events = await next_until(aiter(stream.events()), SttSettled(3))
    assert without_partials(events) == [
        SttFinal("First."),
        SttSettled(1),
        SttFinal("Second."),
        SttSettled(2),
        SttSettled(3),
    ]


async def test_a_phrase_that_ended_before_the_pause_was_noticed_settles_at_once() -> None:
    async with listening(Script(("Yes.",))) as (stream, _):
        events = aiter(stream.events())
        say(stream, hum(600), silence(400))
        await next_until(events, SttFinal("Yes."))
        stream.finalize(1)
        async with asyncio.timeout(0.1):
            assert await anext(events) == SttSettled(1)


async def test_a_cough_settles_without_words() -> None:
    async with listening() as (stream, _):
        say(stream, silence(600))
        stream.finalize(1)
        assert await next_until(aiter(stream.events()), SttSettled(1)) == [SttSettled(1)]


async def test_closing_closes_the_socket() -> None:
    async with listening() as (stream, server):
        say(stream, hum(200))
        await until(lambda: server.open_connections)
        await stream.aclose()
        async with asyncio.timeout(20):
            await server.connections[0].closed.wait()


async def test_the_end_of_the_audio_is_no_failure() -> None:
    """The SDK cancels for that reason as well, which has nothing to do with errors."""
    heard: list[Heard] = []
    has_begun = threading.Event()

    def take(event: Heard) -> None:
        heard.append(event)
        has_begun.set()

    async with azure_server() as server:
        account = AzureAccount(KEY, endpoint=server.endpoint)

        def listen() -> None:
            listener = Listener(account, ListeningOrder(("en-US",)), take)
            listener.start()
            listener.write(hum(200))
            has_begun.wait(15)
            listener._audio.close()
            listener.stop()
            listener.stop()

        async with asyncio.timeout(20):
            await asyncio.to_thread(listen)
    assert LinkChanged(is_connected=True) in heard
    assert not [event for event in heard if isinstance(event, GaveUp)]


async def test_closing_while_it_opens_leaves_no_connection() -> None:
    async with azure_server() as server:
        stt = AzureStt(AzureAccount(KEY, endpoint=server.endpoint))
        opening = asyncio.create_task(stt.open(SttRequest(ENGLISH)))
        await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        await stt.aclose()
        await until(lambda: not server.open_connections)


# --- trying the key -------------------------------------------------------------------------------


async def test_a_key_that_is_accepted_passes_and_leaves_no_connection() -> None:
    async with azure_server() as server:
        stt = AzureStt(AzureAccount(KEY, endpoint=server.endpoint))
        await stt.check()
        await until(lambda: server.connections and not server.open_connections)
        assert [connection.key for connection in server.connections] == [KEY]
        await stt.aclose()


@pytest.mark.parametrize(
    ("status", "code"), [(401, "auth-failed"), (403, "auth-failed"), (503, "provider-unavailable")]
)
async def test_a_key_that_is_refused_does_not_pass(status: int, code: str) -> None:
    async with azure_server(Script(refuse=status)) as server:
        stt = AzureStt(AzureAccount(KEY, endpoint=server.endpoint))
        with pytest.raises(ProviderError) as caught:
            await stt.check()
        assert caught.value.code == code
        assert KEY not in str(caught.value)
        await stt.aclose()


async def test_an_address_where_nothing_is_does_not_pass() -> None:
    async with azure_server() as server:
        endpoint = server.endpoint
    stt = AzureStt(AzureAccount(KEY, endpoint=endpoint))
    with pytest.raises(ProviderError) as caught:
        await stt.check()
    assert (caught.value.code, caught.value.retryable) == ("connection-failed", True)
    await stt.aclose()
