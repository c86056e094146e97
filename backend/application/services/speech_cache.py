"""The agent's own phrases, spoken once and kept.

Every call begins with the same first message, and asks "Are you still there?" in the same words. Their speech
is kept from call to call, for each engine, voice, language and format, so that it needs nobody and no time.
What a model has written is not kept: nobody says it again, and it is the caller's business.

What is kept is whole: speech that failed or was interrupted is not. Nobody waits for anybody: two calls that
want the same for the first time both have it spoken.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator, Hashable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from backend.domain.ports.engine_port import Warmable
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities, TtsPort, Voice
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import Readiness

MAX_BYTES: Final = 32_000_000  # a thousand seconds at 16 kHz
_LARGEST_PART: Final = 8  # of the whole: one speech does not drive out all others
# About what the objects take besides the samples (CPython 3.11, 64 bit).
_CHUNK_BYTES: Final = 300
_WORD_BYTES: Final = 150

Speech = tuple[SpeechChunk, ...]


class SpeechCache:
    """Speech by what it is of, up to ``max_bytes``; what was not wanted for longest makes room."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self.largest = max_bytes // _LARGEST_PART
        self._max_bytes = max_bytes
        self._kept: OrderedDict[Hashable, Speech] = OrderedDict()
        self.size = 0

    def find(self, key: Hashable) -> Speech | None:
        """Return what is kept under ``key``."""
        speech = self._kept.get(key)
        if speech is not None:
            self._kept.move_to_end(key)
        return speech

    def keep(self, key: Hashable, speech: Speech) -> None:
        """Keep ``speech``, unless it is too large (``largest``)."""
        size = size_of(speech)
        if size > self.largest:
            return
        self.size += size - size_of(self._kept.pop(key, ()))
        self._kept[key] = speech
        while self.size > self._max_bytes:
            _, oldest = self._kept.popitem(last=False)
            self.size -= size_of(oldest)


def size_of(speech: Speech) -> int:
    """Return about how many bytes ``speech`` takes."""
    return sum(_CHUNK_BYTES + len(c.frame.payload) + _WORD_BYTES * len(c.words) for c in speech)


async def replay(speech: Speech) -> AsyncGenerator[SpeechChunk, None]:
    """Yield kept speech as an engine would, without any wait."""
    for chunk in speech:
        yield chunk


@dataclass(frozen=True, slots=True)
class CachedTts:
    """A ``TtsPort`` before another one. ``owner`` tells its speech from other engines' in the same cache."""

    tts: TtsPort
    cache: SpeechCache
    owner: Hashable

    @property
    def capabilities(self) -> TtsCapabilities:
        """The engine's own."""
        return self.tts.capabilities

    def readiness(self, language: Language) -> Readiness:
        """See ``TtsPort``. What is kept does not make an engine ready: the rest could not be said."""
        return self.tts.readiness(language)

    def voices(self) -> tuple[Voice, ...]:
        """See ``TtsPort``."""
        return self.tts.voices()

    async def warm_up(self, language: Language) -> None:
        """See ``Warmable``; nothing happens for an engine that is none."""
        if isinstance(self.tts, Warmable):
            await self.tts.warm_up(language)

    def find(self, request: SpeechRequest) -> Speech | None:
        """Return the speech that is kept of ``request``."""
        return self.cache.find(self._key(request)) if request.is_fixed else None

    def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        """See ``TtsPort``. What is kept comes at once."""
        kept = self.find(request)
        return self._speak(request) if kept is None else replay(kept)

    async def _speak(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        collected: list[SpeechChunk] = []
        size = 0
        async with aclosing(self.tts.synthesize(request)) as chunks:
            async for chunk in chunks:
                if request.is_fixed and size <= self.cache.largest:
                    collected.append(chunk)
                    size += size_of((chunk,))
                yield chunk
        if collected and size <= self.cache.largest:
            self.cache.keep(self._key(request), tuple(collected))

    def _key(self, request: SpeechRequest) -> Hashable:
        return self.owner, request.text, request.language, request.voice, request.format
