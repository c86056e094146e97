"""A voice whose every character can be told from the others, and clips."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.application.processors.g711 import alaw_encode, mulaw_encode
from backend.domain.errors import ProviderError
from backend.domain.ports.clip_port import Clip
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities, Voice
from backend.domain.value_objects.audio import AudioFormat, AudioFrame, Encoding
from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.readiness import Readiness
from backend.domain.value_objects.word_timing import WordTiming
from tests.support.scripted.languages import FOR_EVER_S, LANGUAGES, readiness_in
from tests.support.scripted.sound import CLIP_LEVEL, square_wave, tone

_FIRST_LEVEL: Final = 1_000


class TtsTrouble(Enum):
    """What may become of a text instead of speech."""

    FAILS_AT_ONCE = auto()
    FAILS_AT_FIRST_CHUNK = auto()
    FAILS_MIDWAY = auto()
    HANGS = auto()
    STALLS_MIDWAY = auto()


@dataclass(frozen=True)
class _Voiced:
    """The sound of a text, which is made piece by piece: whoever leaves early has not waited for the rest.

    The n-th character sounds from the sample ``edges[n]`` on, at the level ``first_level + n``.
    """

    edges: NDArray[np.int_]
    first_level: int

    @property
    def samples(self) -> int:
        return int(self.edges[-1])

    def part(self, start: int, end: int) -> NDArray[np.int16]:
        places = np.arange(start, min(end, self.samples))
        levels = np.searchsorted(self.edges, places, side="right") - 1 + self.first_level
        return (levels * square_wave(len(places), start)).astype(np.int16)


@dataclass
class ScriptedTts:
    """Speaks ``ms_per_character``, after ``ttfb_ms``, ``speed`` times faster than real time.

    The n-th character it ever speaks sounds at a level of its own (see ``characters_in``), so that a test
    can tell what a speaker has played. ``troubles`` befall texts that contain their key. It speaks with any
    voice, unless it knows only ``voice_ids``.
    """

    ttfb_ms: float = 60
    ms_per_character: float = 50
    speed: float = 8
    word_timestamps: bool = True
    troubles: Mapping[str, TtsTrouble] = field(default_factory=dict)
    voice_ids: frozenset[str] | None = None
    running: int = 0
    voiced: str = ""
    requests: list[SpeechRequest] = field(default_factory=list)

    @property
    def capabilities(self) -> TtsCapabilities:
        return TtsCapabilities(LANGUAGES, self.word_timestamps, local=True)

    def readiness(self, language: Language) -> Readiness:
        return readiness_in(language)

    def voices(self) -> tuple[Voice, ...]:
        return (Voice("tone", "Tone", ENGLISH),)

    async def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        self.requests.append(request)
        trouble = next((kind for key, kind in self.troubles.items() if key in request.text), None)
        if trouble is TtsTrouble.FAILS_AT_ONCE:
            raise ProviderError("scripted", "the engine broke", code="tts-broke")
        if self.voice_ids is not None and request.voice.voice not in self.voice_ids:
            detail = f"has no voice {request.voice.voice!r}"
            raise ProviderError("scripted", detail, code="unknown-voice", retryable=False)
        audio = self._speak(_speakable(request.text), request.format)
        self.running += 1
        try:
            await asyncio.sleep(FOR_EVER_S if trouble is TtsTrouble.HANGS else self.ttfb_ms / 1_000)
            if trouble is TtsTrouble.FAILS_AT_FIRST_CHUNK:
                raise ProviderError("scripted", "the engine broke", code="tts-broke")
            words = self._words(request.text)
            size = request.format.samples_in(100)
            for at in range(0, audio.samples, size):
                if at > 0 and trouble is TtsTrouble.FAILS_MIDWAY:
                    raise ProviderError("scripted", "the engine broke", code="tts-broke")
                if at > 0 and trouble is TtsTrouble.STALLS_MIDWAY:
                    await asyncio.sleep(FOR_EVER_S)
                frame = AudioFrame(request.format, _encoded(audio.part(at, at + size), request.format))
                yield SpeechChunk(frame, words if at == 0 else ())
                await asyncio.sleep(frame.duration_ns / 1e9 / self.speed)
        finally:
            self.running -= 1

    def characters_in(self, samples: NDArray[np.int16]) -> list[int]:
        """Return which of the characters in ``voiced`` these samples speak, in order, each once."""
        levels = np.abs(samples.astype(np.int32)) - _FIRST_LEVEL
        levels = levels[levels >= 0]
        return levels[np.flatnonzero(np.diff(levels, prepend=-1))].tolist()  # type: ignore[no-any-return]

    def _speak(self, text: str, format_: AudioFormat) -> _Voiced:
        first = len(self.voiced)
        self.voiced += f"{text} "  # the space after a text has no sound
        edges = (np.arange(len(text) + 1) * self.ms_per_character * format_.rate / 1_000).astype(int)
        return _Voiced(edges, first + _FIRST_LEVEL)

    def _words(self, text: str) -> tuple[WordTiming, ...]:
        if not self.word_timestamps:
            return ()
        timings, at, silent = [], 0, len(text) - len(text.lstrip())
        for word in text.split():
            start = text.index(word, at)
            at = start + len(word)
            timings.append(WordTiming(start, at, (start - silent) * self.ms_per_character))
        return tuple(timings)


class ScriptedClips:
    """A soft tone of 400 ms for every clip, softer than any speech."""

    def find(self, clip: Clip, language: Language, format_: AudioFormat) -> AudioFrame | None:
        return tone(format_, 400, level=CLIP_LEVEL)


def _speakable(text: str) -> str:
    """Return ``text`` without what is around it; nothing if it has no letter or digit."""
    return text.strip() if any(map(str.isalnum, text)) else ""


def _encoded(samples: NDArray[np.int16], format_: AudioFormat) -> bytes:
    encode = {Encoding.MULAW: mulaw_encode, Encoding.ALAW: alaw_encode}.get(format_.encoding)
    return samples.tobytes() if encode is None else encode(samples)
