"""ElevenLabs' adapter against a local service that speaks its wire."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise

import pytest

from backend.domain.ports.engine_port import Checkable, Warmable
from backend.domain.ports.tts_port import Voice
from backend.domain.value_objects.audio import MULAW_8K
from backend.domain.value_objects.language import SPANISH, Language
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.adapters.tts.elevenlabs_adapter import ElevenLabsSettings, ElevenLabsTts
from tests.support.elevenlabs_server import KEY, VOICES, speech_line, tone
from tests.support.speech_rigs import ELEVENLABS, failure, order, served, speak
from tests.support.speech_server import SpeechExchange, speech_server


async def test_the_request_is_what_the_service_expects() -> None:
    async with served(ELEVENLABS, ELEVENLABS.speaks) as (tts, server):
        voice = VoiceConfig(voice=VOICES[1], speed=1.1)
        await speak(tts, order("Hola.", voice=voice, audio_format=MULAW_8K))
        (exchange,) = server.exchanges
    assert exchange.method == "POST"
    assert exchange.path == f"/v1/text-to-speech/{VOICES[1]}/stream/with-timestamps"
    assert exchange.query == {"output_format": "ulaw_8000"}
    assert exchange.headers["xi-api-key"] == KEY
    assert exchange.body == {
        "text": "Hola.",
        "model_id": "eleven_flash_v2_5",
        "language_code": "es",
        "voice_settings": {"speed": 1.1},
    }


async def test_samples_that_are_split_between_lines_are_whole() -> None:
    audio = tone(600, 16_000)

    async def splits(exchange: SpeechExchange) -> None:
        await exchange.head()
        for start, end in pairwise([0, 1, 2_001, 7_777, len(audio)]):
            await exchange.line(speech_line(exchange.body["text"], start=0, audio=audio[start:end]))
        await exchange.end()

    async with served(ELEVENLABS, splits) as (tts, _):
        chunks = await speak(tts)
    assert b"".join(chunk.frame.payload for chunk in chunks) == audio


async def test_lines_need_not_come_whole() -> None:
    async def dribbles(exchange: SpeechExchange) -> None:
        lines = [
            speech_line(exchange.body["text"], start=0, audio=tone(300, 16_000)),
            {"audio_base64": None, "alignment": None},
            {"isFinal": True},
        ]
        body = "\r\n\n".join(map(json.dumps, lines)).encode()  # the last line does not end
        await exchange.head()
        for start in range(0, len(body), 97):
            await exchange.raw(body[start : start + 97])
        await exchange.end()

    async with served(ELEVENLABS, dribbles) as (tts, _):
        chunks = await speak(tts)
    assert b"".join(chunk.frame.payload for chunk in chunks) == tone(300, 16_000)
    assert sum(len(chunk.words) for chunk in chunks) == 3


async def begins_and_ends(exchange: SpeechExchange) -> None:
    await ELEVENLABS.begin(exchange)  # half of the text
    await exchange.end()


async def tears_a_sample(exchange: SpeechExchange) -> None:
    await exchange.head()
    audio = tone(600, 16_000) + b"\0"
    await exchange.line(speech_line(exchange.body["text"], start=0, audio=audio))
    await exchange.end()


async def tears_a_line(exchange: SpeechExchange) -> None:
    await ELEVENLABS.begin(exchange)
    await exchange.raw(b'{"audio_base64": "AAAA')
    await exchange.end()


async def says_nonsense(exchange: SpeechExchange) -> None:
    await ELEVENLABS.begin(exchange)
    await exchange.raw(b"<html>\n")
    await exchange.end()


async def reports_an_error(exchange: SpeechExchange) -> None:
    await ELEVENLABS.begin(exchange)
    await exchange.line({"detail": {"status": "system_busy"}})
    await exchange.end()


async def never_ends_its_line(exchange: SpeechExchange) -> None:
    await ELEVENLABS.begin(exchange)
    while not exchange.client_closed.is_set():
        await exchange.raw(b" " * 1_000_000)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (begins_and_ends, "incomplete-answer"),
        (tears_a_sample, "incomplete-answer"),
        (tears_a_line, "incomplete-answer"),
        (says_nonsense, "bad-response"),
        (reports_an_error, "answer-failed"),
        (never_ends_its_line, "bad-response"),
    ],
)
async def test_speech_that_breaks_off_has_been_heard_so_far(script: object, code: str) -> None:
    assert callable(script)
    heard_ms, error = await failure(ELEVENLABS, script)
    assert (round(heard_ms, -1), error.code, error.retryable) == (600, code, True)


async def test_the_accounts_voices_come_in_the_background() -> None:
    let_go = asyncio.Event()

    async def lists(exchange: SpeechExchange) -> None:
        await let_go.wait()
        await exchange.answer(
            200, {"voices": [{"voice_id": "mine", "name": "Mía", "labels": {"language": "es"}}]}
        )

    async with served(ELEVENLABS, lists) as (tts, server), asyncio.timeout(20):
        tts.start()
        tts.start()
        assert {voice.id for voice in tts.voices()} == set(VOICES)
        let_go.set()
        while len(tts.voices()) > 1:  # noqa: ASYNC110  (nobody tells when)
            await asyncio.sleep(0.001)
        assert tts.voices() == (Voice("mine", "Mía", SPANISH),)
        assert [exchange.path for exchange in server.exchanges] == ["/v1/voices"]


@pytest.mark.parametrize(("status", "answer"), [(500, {}), (200, "no"), (200, {"voices": []})])
async def test_a_catalogue_that_does_not_come_costs_nothing(status: int, answer: object) -> None:
    asked = asyncio.Event()

    async def refuses(exchange: SpeechExchange) -> None:
        await exchange.answer(status, answer)
        asked.set()

    async with served(ELEVENLABS, refuses) as (tts, server), asyncio.timeout(20):
        before = tts.voices()
        tts.start()
        await asked.wait()
        await tts.warm_up(SPANISH)  # a request later
        assert tts.voices() == before
        assert len(server.exchanges) == 2


async def test_a_catalogue_without_end_is_left() -> None:
    async def lists(exchange: SpeechExchange) -> None:
        await exchange.head()
        while not exchange.client_closed.is_set():
            await exchange.raw(b" " * 1_000_000)

    async with served(ELEVENLABS, lists) as (tts, server), asyncio.timeout(20):
        before = tts.voices()
        tts.start()
        while not server.exchanges:  # noqa: ASYNC110  (nobody tells when)
            await asyncio.sleep(0.001)
        await server.exchanges[0].client_closed.wait()
        assert tts.voices() == before


async def test_closing_while_the_voices_are_fetched() -> None:
    asked = asyncio.Event()

    async def hangs(exchange: SpeechExchange) -> None:
        asked.set()
        await exchange.until_client_closes()

    async with speech_server(hangs) as server, asyncio.timeout(20):
        tts = ElevenLabsTts(ElevenLabsSettings(KEY, server.url))
        tts.start()
        await asked.wait()
        await tts.aclose()
        await server.exchanges[0].client_closed.wait()
        assert "_keep_up" not in str(asyncio.all_tasks())


async def test_readiness_needs_a_key_and_a_language() -> None:
    assert ElevenLabsTts(ElevenLabsSettings("k")).readiness(SPANISH).is_ready
    assert "key" in ElevenLabsTts(ElevenLabsSettings("")).readiness(SPANISH).detail
    assert "xx" in ElevenLabsTts(ElevenLabsSettings("k")).readiness(Language("xx")).detail


def test_it_can_be_warmed_and_checked_and_shows_no_key() -> None:
    settings = ElevenLabsSettings("very-secret")
    tts = ElevenLabsTts(settings)
    assert isinstance(tts, Warmable)
    assert isinstance(tts, Checkable)
    assert "very-secret" not in repr(settings) + repr(tts)
