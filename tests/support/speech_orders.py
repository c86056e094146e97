"""Ordering speech from an engine, and collecting what it says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsPort
from backend.domain.value_objects.audio import WIDEBAND, AudioFormat
from backend.domain.value_objects.language import SPANISH, Language
from backend.domain.value_objects.voice_config import VoiceConfig


def order(
    text: str,
    *,
    language: Language = SPANISH,
    voice: VoiceConfig | None = None,
    audio_format: AudioFormat = WIDEBAND,
) -> SpeechRequest:
    return SpeechRequest(text, language, voice or VoiceConfig(), audio_format)


def speech(tts: TtsPort, request: SpeechRequest) -> aclosing[AsyncGenerator[SpeechChunk, None]]:
    return aclosing(tts.synthesize(request))


async def speak(tts: TtsPort, request: SpeechRequest) -> list[SpeechChunk]:
    async with asyncio.timeout(60), speech(tts, request) as chunks:
        return [chunk async for chunk in chunks]


def duration_ms(chunks: list[SpeechChunk]) -> float:
    return sum(chunk.frame.duration_ns for chunk in chunks) / 1e6
