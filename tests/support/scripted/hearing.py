"""A voice detector that takes all sound for speech, and a recogniser with its lines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np

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
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import Readiness
from tests.support.scripted.languages import LANGUAGES, readiness_in


class EnergyVad:
    """A ``VadPort`` for which every window that is not silent is speech."""

    rates = frozenset({8_000, 16_000})

    def __init__(self) -> None:
        self.running = 0

    def open(self, rate: int, on_probability: Callable[[float], None]) -> EnergyVadStream:
        self.running += 1
        return EnergyVadStream(self, 512 * rate // 16_000, on_probability)


@dataclass
class EnergyVadStream:
    vad: EnergyVad
    window_samples: int
    on_probability: Callable[[float], None]
    is_closed: bool = False

    def accept(self, window: bytes) -> None:
        if not self.is_closed:
            loud = any(window) and np.frombuffer(window, np.int16).max() > 300
            self.on_probability(0.99 if loud else 0.01)

    def reset(self) -> None:
        pass

    def close(self) -> None:
        self.vad.running -= 0 if self.is_closed else 1
        self.is_closed = True


class SttTrouble(Enum):
    """What may become of an utterance instead of words."""

    FAILS_MIDWAY = auto()
    FAILS_AT_THE_END = auto()
    NEVER_SETTLES = auto()


@dataclass
class ScriptedStt:
    """Recognises the next line of ``lines`` in each utterance, ``final_ms`` after it was finalised.

    ``partials``: the words come one by one, each after another ``ms_per_word`` of audio.
    ``heard_in`` tells the languages of some lines.
    ``refusals``: opening fails that many times, for good if it is not ``retryable``.
    """

    lines: Sequence[str | SttTrouble]
    final_ms: float = 100
    ms_per_word: float = 250
    partials: bool = True
    speech_only: bool = True
    refusals: int = 0
    retryable: bool = True
    heard_in: Mapping[str, Language] = field(default_factory=dict)
    opened: int = 0
    running: int = 0
    left: list[str | SttTrouble] = field(init=False)

    def __post_init__(self) -> None:
        self.left = list(self.lines)

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(LANGUAGES, self.partials, True, self.speech_only, local=True)

    def readiness(self, language: Language) -> Readiness:
        return readiness_in(language)

    async def open(self, request: SttRequest) -> ScriptedSttStream:
        if not self.readiness(request.language).is_ready:
            raise ProviderError("scripted", "unknown", code="unknown-language", retryable=False)
        self.opened += 1
        if self.opened <= self.refusals:
            raise ProviderError("scripted", "no recogniser", code="stt-refused", retryable=self.retryable)
        self.running += 1
        return ScriptedSttStream(self)


class ScriptedSttStream:
    def __init__(self, stt: ScriptedStt) -> None:
        self._stt = stt
        self._events: asyncio.Queue[SttEvent | ProviderError | None] = asyncio.Queue()
        self._timers: list[asyncio.TimerHandle] = []
        self._fed_ms = 0.0
        self._told = 0
        self._is_closed = False

    def feed(self, frame: AudioFrame) -> None:
        if self._is_closed or not any(frame.payload):
            return
        self._fed_ms += frame.duration_ns / 1_000_000
        line = self._stt.left[0] if self._stt.left else ""
        if line is SttTrouble.FAILS_MIDWAY and self._fed_ms > 2 * self._stt.ms_per_word:
            self._stt.left.pop(0)
            self._events.put_nowait(ProviderError("scripted", "the socket broke", code="stt-broke"))
        if not isinstance(line, str) or not self._stt.partials:
            return
        words = line.split()
        known = min(len(words), int(self._fed_ms / self._stt.ms_per_word))
        if known > self._told:
            self._told = known
            self._events.put_nowait(SttPartial(" ".join(words[:known])))

    def finalize(self, utterance: int) -> None:
        if self._is_closed:
            return
        line = self._stt.left.pop(0) if self._stt.left and self._fed_ms else ""
        self._fed_ms, self._told = 0.0, 0
        later = asyncio.get_running_loop().call_later
        self._timers.append(later(self._stt.final_ms / 1_000, self._finish, line, utterance))

    def _finish(self, line: str | SttTrouble, utterance: int) -> None:
        if line is SttTrouble.NEVER_SETTLES:
            return
        if not isinstance(line, str):
            self._events.put_nowait(ProviderError("scripted", "the socket broke", code="stt-broke"))
            return
        if line:
            self._events.put_nowait(SttFinal(line, self._stt.heard_in.get(line)))
        self._events.put_nowait(SttSettled(utterance))

    async def events(self) -> AsyncGenerator[SttEvent, None]:
        while not self._is_closed:
            event = await self._events.get()
            if isinstance(event, ProviderError):
                raise event
            if event is not None:
                yield event

    async def aclose(self) -> None:
        self._stt.running -= 0 if self._is_closed else 1
        self._is_closed = True
        self._events.put_nowait(None)
        for timer in self._timers:
            timer.cancel()
