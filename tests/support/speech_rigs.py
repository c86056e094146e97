"""The speech adapters over HTTP, each with the answers of its own wire, for the faults they share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

import pytest

from backend.domain.errors import ProviderError
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest
from backend.domain.value_objects.audio import WIDEBAND, AudioFormat
from backend.domain.value_objects.language import SPANISH
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.adapters.tts.elevenlabs_adapter import ElevenLabsSettings, ElevenLabsTts
from backend.infrastructure.adapters.tts.openai_tts_adapter import OpenAiTts, OpenAiTtsSettings
from tests.support import elevenlabs_server, openai_tts_server
from tests.support.speech_server import Script, SpeechExchange, SpeechServer, speech_server

TEXT = "Buenos días, dígame."
FIRST_MS = 600  # of speech; ten characters
SpeechTts = ElevenLabsTts | OpenAiTts
Make = Callable[[str, str, int, int], SpeechTts]


@dataclass(frozen=True)
class SpeechRig:
    """``make(url, key, first_ms, gap_ms)`` makes the adapter, ``begin`` sends a head and ``FIRST_MS`` of an
    answer, ``speaks`` is the whole service."""

    name: str
    key: str
    make: Make
    begin: Callable[[SpeechExchange], Awaitable[None]]
    speaks: Script


def _elevenlabs(url: str, key: str, first_ms: int, gap_ms: int) -> SpeechTts:
    settings = ElevenLabsSettings(key, url, first_audio_timeout_ms=first_ms, gap_timeout_ms=gap_ms)
    return ElevenLabsTts(settings)


def _openai(url: str, key: str, first_ms: int, gap_ms: int) -> SpeechTts:
    settings = OpenAiTtsSettings(
        "tts-1", key, f"{url}/v1", first_audio_timeout_ms=first_ms, gap_timeout_ms=gap_ms
    )
    return OpenAiTts(settings)


async def _begin_elevenlabs(exchange: SpeechExchange) -> None:
    await exchange.head()
    text, audio = exchange.body["text"][:10], elevenlabs_server.tone(FIRST_MS, 16_000)
    await exchange.line(elevenlabs_server.speech_line(text, start=0, audio=audio))


async def _begin_openai(exchange: SpeechExchange) -> None:
    await exchange.head(content_type="audio/pcm")
    await exchange.raw(elevenlabs_server.tone(FIRST_MS, openai_tts_server.RATE))


ELEVENLABS = SpeechRig(
    "elevenlabs", elevenlabs_server.KEY, _elevenlabs, _begin_elevenlabs, elevenlabs_server.speaks
)
OPENAI = SpeechRig("openai", openai_tts_server.KEY, _openai, _begin_openai, openai_tts_server.speaks)


@asynccontextmanager
async def served(
    rig: SpeechRig, script: Script, *, first_ms: int = 10_000, gap_ms: int = 10_000
) -> AsyncIterator[tuple[SpeechTts, SpeechServer]]:
    """Run ``rig``'s adapter against a server that follows ``script``."""
    async with speech_server(script) as server:
        tts = rig.make(server.url, rig.key, first_ms, gap_ms)
        try:
            yield tts, server
        finally:
            await tts.aclose()


def order(
    text: str = TEXT, *, voice: VoiceConfig | None = None, audio_format: AudioFormat = WIDEBAND
) -> SpeechRequest:
    """Return a request to speak Spanish."""
    return SpeechRequest(text, SPANISH, voice or VoiceConfig(), audio_format)


async def speak(tts: SpeechTts, request: SpeechRequest | None = None) -> list[SpeechChunk]:
    """Return all that is said."""
    async with aclosing(tts.synthesize(request or order())) as chunks:
        return [chunk async for chunk in chunks]


async def failure_of(tts: SpeechTts, request: SpeechRequest | None = None) -> tuple[float, ProviderError]:
    """Return how many milliseconds were heard before the failure, and the failure."""
    heard_ms = 0.0

    async def listen() -> None:
        nonlocal heard_ms
        async with aclosing(tts.synthesize(request or order())) as chunks:
            async for chunk in chunks:
                heard_ms += chunk.frame.duration_ns / 1e6

    with pytest.raises(ProviderError) as caught:
        await listen()
    return heard_ms, caught.value


async def failure(
    rig: SpeechRig, script: Script, *, first_ms: int = 10_000, gap_ms: int = 10_000
) -> tuple[float, ProviderError]:
    """Return what ``failure_of`` returns for a server that follows ``script``."""
    async with served(rig, script, first_ms=first_ms, gap_ms=gap_ms) as (tts, _):
        return await failure_of(tts)
