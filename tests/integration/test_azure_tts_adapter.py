"""Azure's voice, the real Speech SDK, against a scripted service on loopback: speech, and interruptions."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from time import perf_counter

import pytest

from backend.application.processors.g711 import mulaw_encode
from backend.domain.ports.tts_port import SpeechRequest
from backend.domain.value_objects.audio import MULAW_8K, WIDEBAND, AudioFormat, Encoding
from backend.domain.value_objects.language import SPANISH, Language
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.adapters.tts.azure_tts_adapter import AzureTts
from tests.support.azure_server import (
    Script,
)
from tests.support.azure_speaking import KEY, LONG, document_of, order, speak, speaking, voice, warm
from tests.support.azure_voice import WORD_MS, tone
from tests.support.listening import until


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
        assert perf_counter() - left_at < 0.5
        async with asyncio.timeout(20):
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
        assert perf_counter() - left_at < 0.5
