"""A recogniser that hears real (if simple) audio, in virtual time: what was fed twice is heard twice."""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from math import inf

from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import (
    SttCapabilities,
    SttEvent,
    SttFinal,
    SttPartial,
    SttRequest,
    SttSettled,
)
from backend.domain.value_objects.audio import WIDEBAND, AudioFrame
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY, Readiness

FRAME_MS = 20
FRAMES_PER_WORD = 5


def spoken(word: int) -> list[AudioFrame]:
    """A word is a sound whose level is its number."""
    payload = struct.pack("<h", word) * WIDEBAND.samples_in(FRAME_MS)
    return [AudioFrame(WIDEBAND, payload)] * FRAMES_PER_WORD


@dataclass
class LevelStt:
    """Hears the words of ``spoken``; gives each partial at once, finals after every ``segment`` words and
    at the end, ``final_ms`` late.

    ``refuses``: it cannot be opened, for good. Each stream (of the first ``deaths``) fails, or falls silent
    for ever (``hangs``), ``dies_after_ms`` after it was opened.
    """

    segment: int = 3
    final_ms: float = 100
    dies_after_ms: float | None = None
    deaths: float = inf
    hangs: bool = False
    refuses: bool = False
    opens_after_ms: float = 0
    speech_only: bool = True
    local: bool = True
    opened: int = 0
    running: int = 0
    fed_ms: list[float] = field(default_factory=list)

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(frozenset({"en"}), True, True, self.speech_only, self.local)

    def readiness(self, language: Language) -> Readiness:
        return READY

    async def open(self, request: SttRequest) -> LevelStream:
        self.opened += 1
        await asyncio.sleep(self.opens_after_ms / 1_000)
        if self.refuses:
            raise ProviderError("level", "no", code="stt-refused", retryable=False)
        self.running += 1
        self.fed_ms.append(0.0)
        return LevelStream(self)


class LevelStream:
    def __init__(self, stt: LevelStt) -> None:
        self._stt = stt
        self._loop = asyncio.get_running_loop()
        self._events: asyncio.Queue[SttEvent | ProviderError | None] = asyncio.Queue()
        self._timers: list[asyncio.TimerHandle] = []
        self._words: list[int] = []  # of the final that is to come next
        self._coming: list[int] = []  # … and of those on their way
        self._late: deque[SttFinal | SttSettled] = deque()
        self._frames = 0
        self._is_dead = self._is_closed = False
        if stt.dies_after_ms is not None and stt.opened <= stt.deaths:
            self._timers.append(self._loop.call_later(stt.dies_after_ms / 1_000, self._die))

    def feed(self, frame: AudioFrame) -> None:
        if self._is_closed or not frame.payload:
            return
        self._stt.fed_ms[-1] += frame.duration_ns / 1e6
        (level,) = struct.unpack_from("<h", frame.payload)
        if level == 0:
            return
        self._frames += 1
        if self._frames % FRAMES_PER_WORD:
            return
        self._words.append(level)
        self._give(SttPartial(_text([*self._coming, *self._words])))
        if len(self._words) == self._stt.segment:
            self._finish()

    def finalize(self, utterance: int) -> None:
        if self._words:
            self._finish()
        self._give_later(SttSettled(utterance))

    async def events(self) -> AsyncGenerator[SttEvent, None]:
        while (event := await self._events.get()) is not None:
            if isinstance(event, ProviderError):
                raise event
            yield event

    async def aclose(self) -> None:
        self._stt.running -= 0 if self._is_closed else 1
        self._is_closed = True
        for timer in self._timers:
            timer.cancel()
        self._events.put_nowait(None)

    def _finish(self) -> None:
        self._give_later(SttFinal(_text(self._words)))
        self._coming += self._words
        self._words = []

    def _give_later(self, event: SttFinal | SttSettled) -> None:
        self._late.append(event)
        self._timers.append(self._loop.call_later(self._stt.final_ms / 1_000, self._give_oldest))

    def _give_oldest(self) -> None:
        """In order: timers of the same instant have none."""
        event = self._late.popleft()
        if isinstance(event, SttFinal):
            self._coming = self._coming[len(event.text.split()) :]
        self._give(event)

    def _give(self, event: SttEvent) -> None:
        if not self._is_dead:
            self._events.put_nowait(event)

    def _die(self) -> None:
        self._is_dead = True
        if not self._stt.hangs:
            self._events.put_nowait(ProviderError("level", "the socket broke", code="stt-broke"))


def _text(words: Sequence[int]) -> str:
    return " ".join(map(str, words))
