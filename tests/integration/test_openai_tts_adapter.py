"""The adapter for OpenAI's speech against a local server that speaks its wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from backend.domain.errors import ProviderError
from backend.domain.ports.engine_port import Checkable, Warmable
from backend.domain.ports.tts_port import SpeechChunk
from backend.domain.value_objects.audio import AudioFormat, Encoding
from backend.domain.value_objects.language import SPANISH, Language
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.adapters.tts.openai_tts_adapter import OpenAiTts, OpenAiTtsSettings
from tests.support.elevenlabs_server import tone
from tests.support.openai_tts_server import KEY, RATE, speaks, wav_header
from tests.support.speech_rigs import OPENAI, failure, failure_of, order, served, speak
from tests.support.speech_server import Script, SpeechExchange, SpeechServer, speech_server

HIGH = AudioFormat(Encoding.PCM16, RATE)
TONE = tone(600, RATE)


@asynccontextmanager
async def adapter(script: Script, **settings: Any) -> AsyncIterator[tuple[OpenAiTts, SpeechServer]]:
    async with speech_server(script) as server:
        common = {"model": "tts-1", "api_key": KEY, "base_url": f"{server.url}/v1"}
        tts = OpenAiTts(OpenAiTtsSettings(**(common | settings)))
        try:
            yield tts, server
        finally:
            await tts.aclose()


def answers(*pieces: bytes, content_type: str = "audio/pcm") -> Script:
    async def script(exchange: SpeechExchange) -> None:
        await exchange.head(content_type=content_type)
        for piece in pieces:
            await exchange.raw(piece)
        await exchange.end()

    return script


def payload(chunks: list[SpeechChunk]) -> bytes:
    return b"".join(chunk.frame.payload for chunk in chunks)


async def test_the_request_is_what_the_server_expects() -> None:
    async with adapter(speaks) as (tts, server):
        await speak(tts, order("Hola.", voice=VoiceConfig(voice="ef_dora", speed=1.25, style="calm")))
        (exchange,) = server.exchanges
    assert (exchange.method, exchange.target) == ("POST", "/v1/audio/speech")
    assert exchange.headers["authorization"] == f"Bearer {KEY}"
    assert exchange.body == {
        "model": "tts-1",
        "input": "Hola.",
        "voice": "ef_dora",
        "response_format": "pcm",
        "speed": 1.25,
    }


async def test_a_model_that_takes_instructions_is_told_the_style() -> None:
    async with adapter(speaks, model="gpt-4o-mini-tts") as (tts, server):
        await speak(tts, order(voice=VoiceConfig(style="calm")))
        assert server.exchanges[0].body["instructions"] == "Speak in a calm tone."


async def test_a_local_server_needs_no_key() -> None:
    async with adapter(answers(TONE), api_key="") as (tts, server):
        await speak(tts)
        assert "authorization" not in server.exchanges[0].headers


async def test_samples_that_are_split_between_pieces_are_whole() -> None:
    pieces = [TONE[start:end] for start, end in pairwise([0, 1, 2_001, 7_778, len(TONE)])]
    async with adapter(answers(*pieces)) as (tts, _):
        assert payload(await speak(tts, order(audio_format=HIGH))) == TONE


@pytest.mark.parametrize("content_type", ["audio/wav", "audio/pcm", "application/octet-stream", ""])
async def test_a_wav_file_is_played_without_its_header(content_type: str) -> None:
    body = wav_header() + TONE
    pieces = [body[start : start + 1_001] for start in range(0, len(body), 1_001)]
    async with adapter(answers(*pieces, content_type=content_type)) as (tts, _):
        assert payload(await speak(tts, order(audio_format=HIGH))) == TONE


async def test_a_wav_file_tells_its_own_rate() -> None:
    async with adapter(answers(wav_header(22_050) + tone(1_000, 22_050)), audio_format="wav") as (
        tts,
        server,
    ):
        heard = np.frombuffer(payload(await speak(tts)), "<i2")
        assert server.exchanges[0].body["response_format"] == "wav"
    assert len(heard) == pytest.approx(16_000, abs=2)
    spectrum = np.abs(np.fft.rfft(heard))
    assert np.argmax(spectrum) * 16_000 / len(heard) == pytest.approx(440, abs=1.5)


async def test_raw_samples_may_have_another_rate() -> None:
    async with adapter(answers(tone(500, 16_000)), pcm_rate=16_000) as (tts, _):
        assert payload(await speak(tts)) == tone(500, 16_000)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (TONE + b"\0", "incomplete-answer"),
        (wav_header(size=len(TONE) + 2) + TONE, "incomplete-answer"),
    ],
)
async def test_speech_that_breaks_off_has_been_heard_so_far(body: bytes, code: str) -> None:
    heard_ms, error = await failure(OPENAI, answers(body))
    assert (round(heard_ms, -1), error.code, error.retryable) == (600, code, True)


@pytest.mark.parametrize(("milliseconds", "heard"), [(0.7, 0), (19, 0), (20, 20), (99, 99)])
async def test_audio_that_is_too_short_for_its_text_has_broken_off(milliseconds: float, heard: int) -> None:
    """Ten letters take 100 ms. Of less than 20 ms nothing is heard, so that others can still speak."""
    async with adapter(answers(tone(milliseconds, RATE))) as (tts, _):
        heard_ms, error = await failure_of(tts, order("Diez, quince.", audio_format=HIGH))
    assert (error.code, error.retryable) == ("incomplete-answer", True)
    assert heard_ms == heard


async def test_audio_that_may_be_all_of_its_text_is_played() -> None:
    async with adapter(answers(tone(100, RATE))) as (tts, _):
        assert payload(await speak(tts, order("Diez, quince.", audio_format=HIGH))) == tone(100, RATE)


@pytest.mark.parametrize(
    "body", [b"ID3\x04" + bytes(5_000), wav_header(channels=2) + TONE, b"RIFF" + bytes(70_000)]
)
async def test_what_cannot_be_played_is_not(body: bytes) -> None:
    heard_ms, error = await failure(OPENAI, answers(body))
    assert (heard_ms, error.code) == (0, "bad-response")


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (
            404,
            {"error": {"code": "model_not_found", "message": "The voice model does not exist"}},
            "model-not-found",
        ),
        (404, {"detail": "Not Found"}, "model-not-found"),
        (400, {"error": {"param": "voice", "message": "Input should be 'alloy' or 'ash'"}}, "unknown-voice"),
        (400, {"detail": {"message": "Voice 'ef_dora' not found."}}, "unknown-voice"),
        (404, {"error": "voice EF_DORA does not exist"}, "unknown-voice"),
        (400, {"error": {"message": "Text too long"}}, "request-rejected"),
        (429, {"error": {"code": "insufficient_quota"}}, "quota-exceeded"),
        (429, {"error": {"code": "rate_limit_exceeded"}}, "rate-limited"),
    ],
)
async def test_refusals_are_told_apart(status: int, answer: object, code: str) -> None:
    async def refuses(exchange: SpeechExchange) -> None:
        await exchange.answer(status, answer)

    async with adapter(refuses, voice="ef_dora") as (tts, _):
        with pytest.raises(ProviderError) as caught:
            await speak(tts)
    assert (caught.value.code, caught.value.retryable) == (code, code == "rate-limited")


async def test_the_servers_voices_come_in_the_background_and_the_best_one_speaks() -> None:
    async with adapter(speaks) as (tts, server), asyncio.timeout(20):
        assert tts.voices() == ()
        tts.start()
        while not tts.voices():  # noqa: ASYNC110  (nobody tells when)
            await asyncio.sleep(0.001)
        await speak(tts)
        assert [exchange.path for exchange in server.exchanges] == ["/v1/audio/voices", "/v1/audio/speech"]
        assert server.exchanges[1].body["voice"] == "ef_dora"
    assert "jf_alpha" not in {voice.id for voice in tts.voices()}, "nobody here speaks Japanese"


async def test_a_server_without_a_list_offers_the_voice_that_is_set() -> None:
    async with served(OPENAI, answers()) as (nameless, _):
        assert nameless.voices() == ()
    async with adapter(answers(), voice="speaker_0") as (tts, _):
        assert {voice.id for voice in tts.voices()} == {"speaker_0"}


def test_openai_itself_has_its_known_voices() -> None:
    voices = OpenAiTts(OpenAiTtsSettings("gpt-4o-mini-tts", "k")).voices()
    assert {"marin", "alloy"} <= {voice.id for voice in voices}


def test_readiness_needs_a_model_a_key_at_openai_and_a_language() -> None:
    def detail(language: Language = SPANISH, **settings: Any) -> str:
        return OpenAiTts(OpenAiTtsSettings(**settings)).readiness(language).detail

    assert detail(model="tts-1", api_key="k") == ""
    assert detail(model="kokoro", base_url="http://127.0.0.1:8880/v1") == ""
    assert "key" in detail(model="tts-1")
    assert "model" in detail(model="")
    assert "xx" in detail(Language("xx"), model="tts-1", api_key="k")


def test_it_can_be_warmed_and_checked_and_shows_no_key() -> None:
    settings = OpenAiTtsSettings("tts-1", "very-secret")
    tts = OpenAiTts(settings)
    assert isinstance(tts, Warmable)
    assert isinstance(tts, Checkable)
    assert "very-secret" not in repr(settings) + repr(tts)
