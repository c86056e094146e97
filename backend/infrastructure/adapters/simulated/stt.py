"""A recogniser that hears its script, with a set delay.

For load tests, benchmarks and the test suite. Which audio it gets does not matter, how much does: words
appear in partials as the audio goes by, and each utterance ends up as the next line of the script.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import (
    SttCapabilities,
    SttEvent,
    SttFinal,
    SttPartial,
    SttRequest,
    SttSettled,
)
from backend.domain.value_objects.audio import AudioFrame
from backend.domain.value_objects.instant import NS_PER_MS
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState

_MAX_WAITING: Final = 256  # events that nobody reads


@dataclass(frozen=True, slots=True)
class SimulatedSttSettings:
    """The final words come ``final_delay_ms`` after they were asked for; one word is spoken in
    ``ms_per_word`` of audio. Each stream hears the lines of ``script`` from the first, over and over."""

    final_delay_ms: int = 200
    ms_per_word: int = 300
    script: tuple[str, ...] = ("Hello, can you help me?",)

    def __post_init__(self) -> None:
        if self.final_delay_ms < 0 or self.ms_per_word <= 0 or not self.script:
            raise ValueError("a simulated recogniser needs a script, and cannot hear before it is spoken")


class SimulatedStt:
    """An ``SttPort`` that need not listen."""

    def __init__(self, settings: SimulatedSttSettings) -> None:
        self._settings = settings

    @property
    def capabilities(self) -> SttCapabilities:
        """It wants speech only, so that an utterance is as long as the caller's."""
        return SttCapabilities(
            languages=frozenset({ENGLISH.base, SPANISH.base}),
            partials=True,
            punctuates=True,
            speech_only=True,
            local=True,
        )

    def readiness(self, language: Language) -> Readiness:
        """Ready for the languages that scripts are written in."""
        if language.base in self.capabilities.languages:
            return READY
        detail = f"The simulated recogniser does not know '{language}'."
        return Readiness(ReadinessState.UNAVAILABLE, detail)

    async def open(self, request: SttRequest) -> SimulatedSttStream:
        """Begin to hear the script. Raises ``ProviderError`` (``unknown-language``)."""
        readiness = self.readiness(request.language)
        if not readiness.is_ready:
            raise ProviderError("simulated", readiness.detail, code="unknown-language", retryable=False)
        return SimulatedSttStream(self._settings)


class SimulatedSttStream:
    """One caller's way through the script. Events wait, each with the loop time at which it is due."""

    def __init__(self, settings: SimulatedSttSettings) -> None:
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[float, SttEvent]] = deque()
        self._wake = asyncio.Event()
        self._closed = False
        self._overflowed = False
        self._line = 0
        self._heard_ns = 0
        self._words_shown = 0

    def feed(self, frame: AudioFrame) -> None:
        """Let the audio go by; a new word may become audible."""
        self._heard_ns += frame.duration_ns
        words = self._settings.script[self._line % len(self._settings.script)].split()
        audible = min(len(words), self._heard_ns // (self._settings.ms_per_word * NS_PER_MS))
        if audible > self._words_shown:
            self._words_shown = audible
            self._put(SttPartial(" ".join(words[:audible])), delay_ms=0)

    def finalize(self, utterance: int) -> None:
        """The utterance is the next line of the script, unless no audio was fed."""
        if self._heard_ns:
            script = self._settings.script
            self._put(SttFinal(script[self._line % len(script)]), delay_ms=self._settings.final_delay_ms)
            self._line += 1
            self._heard_ns = self._words_shown = 0
        self._put(SttSettled(utterance), delay_ms=self._settings.final_delay_ms)

    async def events(self) -> AsyncGenerator[SttEvent, None]:
        """Yield events when they are due, in order. Raises ``ProviderError`` if they were not read."""
        while not self._closed:
            if self._overflowed:
                raise ProviderError("simulated", "events are not being read", code="overflow")
            if not self._waiting:
                self._wake.clear()
                await self._wake.wait()
                continue
            due, event = self._waiting.popleft()
            if due > self._loop.time():
                await asyncio.sleep(due - self._loop.time())
            if not self._closed:
                yield event

    async def aclose(self) -> None:
        """End ``events``; what is due later is dropped."""
        self._closed = True
        self._waiting.clear()
        self._wake.set()

    def _put(self, event: SttEvent, *, delay_ms: int) -> None:
        if self._closed:
            return
        if len(self._waiting) == _MAX_WAITING:
            self._overflowed = True
            self._waiting.clear()
        self._waiting.append((self._loop.time() + delay_ms / 1_000, event))
        self._wake.set()
