"""A voice that is a tone: as long as the text would take to say, delivered with a set delay and pace.

For load tests, benchmarks and the test suite. The tone makes playout audible and measurable; its pieces are
cut from one buffer a rate, so that speaking costs next to no CPU time.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.application.processors.g711 import alaw_encode, mulaw_encode
from backend.domain.errors import ProviderError
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities, Voice
from backend.domain.value_objects.audio import AudioFormat, AudioFrame, Encoding
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.domain.value_objects.word_timing import WordTiming

_WORD: Final = re.compile(r"\S*\w\S*")
_CHUNK_MS: Final = 100
_TONE_HZ: Final = 440  # a whole number of periods in a chunk, so chunks join without a click
_PEAK: Final = 8_000
_VOICES: Final = (Voice("tone-en", "Tone", ENGLISH), Voice("tone-es", "Tono", SPANISH))


@dataclass(frozen=True, slots=True)
class SimulatedTtsSettings:
    """``ttfb_ms`` until the first chunk; ``real_time_factor`` is the time it takes to make audio over its
    duration (0.1: ten times as fast as it plays); a character lasts ``ms_per_character``."""

    ttfb_ms: int = 100
    real_time_factor: float = 0.1
    ms_per_character: int = 60

    def __post_init__(self) -> None:
        if self.ttfb_ms < 0 or self.real_time_factor < 0 or self.ms_per_character <= 0:
            raise ValueError("a simulated voice cannot speak before it is asked")


class SimulatedTts:
    """A ``TtsPort`` that hums, at any rate that is a multiple of 100 Hz."""

    def __init__(self, settings: SimulatedTtsSettings) -> None:
        self._settings = settings

    @property
    def capabilities(self) -> TtsCapabilities:
        """It times its words."""
        languages = frozenset({ENGLISH.base, SPANISH.base})
        return TtsCapabilities(languages=languages, word_timestamps=True, local=True)

    def readiness(self, language: Language) -> Readiness:
        """Ready for the languages that it has a voice for."""
        if language.base in self.capabilities.languages:
            return READY
        return Readiness(ReadinessState.UNAVAILABLE, f"The simulated voice has none for '{language}'.")

    def voices(self) -> tuple[Voice, ...]:
        """One for each language."""
        return _VOICES

    async def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        """Hum ``request``; see ``SimulatedTtsSettings``. Raises ``ProviderError`` (``unknown-voice``)."""
        asked = request.voice.voice
        if asked and all(voice.id != asked for voice in _VOICES):
            raise ProviderError("simulated", f"has no voice {asked!r}", code="unknown-voice", retryable=False)
        ms_per_character = self._settings.ms_per_character / request.voice.speed
        words = [
            WordTiming(match.start(), match.end(), match.start() * ms_per_character)
            for match in _WORD.finditer(request.text)
        ]
        if not words:
            return
        loop = asyncio.get_running_loop()
        due = loop.time() + self._settings.ttfb_ms / 1_000
        total_ms = len(request.text) * ms_per_character
        tone = _tone(request.format)
        at_ms = 0.0
        while at_ms < total_ms:
            await asyncio.sleep(due - loop.time())
            chunk_ms = min(_CHUNK_MS, total_ms - at_ms)
            frame = AudioFrame(request.format, tone[: request.format.bytes_in(chunk_ms)])
            in_chunk = tuple(word for word in words if at_ms <= word.at_ms < at_ms + chunk_ms)
            yield SpeechChunk(frame, in_chunk)
            at_ms += chunk_ms
            due += chunk_ms * self._settings.real_time_factor / 1_000


@lru_cache(maxsize=4)
def _tone(format_: AudioFormat) -> bytes:
    """Return one chunk of tone."""
    step = 2 * math.pi * _TONE_HZ / format_.rate
    wave = _PEAK * np.sin(step * np.arange(format_.samples_in(_CHUNK_MS)))
    samples: NDArray[np.int16] = wave.round().astype(np.int16)
    match format_.encoding:
        case Encoding.PCM16:
            return samples.tobytes()
        case Encoding.MULAW:
            return mulaw_encode(samples)
        case Encoding.ALAW:
            return alaw_encode(samples)
