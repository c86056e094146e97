"""Engines that do what a test tells them: small, whole implementations of the ports, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from backend.domain.errors import ProviderError
from backend.domain.ports.clip_port import Clip
from backend.domain.ports.llm_port import LlmEvent, LlmFinished, LlmRequest, TextDelta, ToolCall
from backend.domain.ports.stt_port import (
    SttCapabilities,
    SttEvent,
    SttFinal,
    SttPartial,
    SttSettled,
)
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities, Voice
from backend.domain.value_objects.audio import PTIME_MS, AudioFormat, AudioFrame
from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.readiness import READY, Readiness
from backend.domain.value_objects.word_timing import WordTiming


class EnergyVad:
    """A ``VadPort`` for which every window that is not silent is speech."""

    rates = frozenset({8_000, 16_000})

    def open(self, rate: int, on_probability: Callable[[float], None]) -> EnergyVadStream:
        return EnergyVadStream(512 * rate // 16_000, on_probability)


@dataclass
class EnergyVadStream:
    window_samples: int
    on_probability: Callable[[float], None]
    is_closed: bool = False

    def accept(self, window: bytes) -> None:
        if not self.is_closed:
            loud = np.abs(np.frombuffer(window, np.int16).astype(np.int32)).max() > 300
            self.on_probability(0.99 if loud else 0.01)

    def reset(self) -> None:
        pass

    def close(self) -> None:
        self.is_closed = True


@dataclass
class ScriptedStt:
    """Recognises the next line of ``lines`` in each utterance, ``final_ms`` after it was finalised.

    An entry that is an exception fails the stream instead. ``partials``: the words come one by one,
    each after another ``ms_per_word`` of audio.
    """

    lines: Sequence[str | ProviderError]
    final_ms: float = 100
    ms_per_word: float = 250
    partials: bool = True
    language: str = "en"
    opened: int = 0
    said: list[str | ProviderError] = field(init=False)

    def __post_init__(self) -> None:
        self.said = list(self.lines)

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(frozenset({"en", "es"}), self.partials, True, True, local=True)

    def readiness(self, language: Language) -> Readiness:
        return READY

    async def open(self, language: Language, *, hints: Sequence[str] = ()) -> ScriptedSttStream:
        self.opened += 1
        return ScriptedSttStream(self)


class ScriptedSttStream:
    def __init__(self, stt: ScriptedStt) -> None:
        self._stt = stt
        self._events: asyncio.Queue[SttEvent | ProviderError] = asyncio.Queue()
        self._timers: list[asyncio.TimerHandle] = []
        self._fed_ms = 0.0
        self._told = 0
        self._is_in_utterance = False
        self.is_closed = False

    def feed(self, frame: AudioFrame) -> None:
        self._is_in_utterance = True
        self._fed_ms += frame.duration_ns / 1_000_000
        if not self._stt.said or not self._stt.partials:
            return
        line = self._stt.said[0]
        if isinstance(line, ProviderError):
            return
        words = line.split()
        known = min(len(words), int(self._fed_ms / self._stt.ms_per_word))
        if known > self._told:
            self._told = known
            self._events.put_nowait(SttPartial(" ".join(words[:known])))

    def finalize(self, utterance: int) -> None:
        line = self._stt.said.pop(0) if self._stt.said and self._is_in_utterance else ""
        self._fed_ms, self._told, self._is_in_utterance = 0.0, 0, False
        later = asyncio.get_running_loop().call_later
        self._timers.append(later(self._stt.final_ms / 1_000, self._finish, line, utterance))

    def _finish(self, line: str | ProviderError, utterance: int) -> None:
        if isinstance(line, ProviderError):
            self._events.put_nowait(line)
            return
        if line:
            self._events.put_nowait(SttFinal(line))
        self._events.put_nowait(SttSettled(utterance))

    async def events(self) -> AsyncGenerator[SttEvent, None]:
        while True:
            event = await self._events.get()
            if isinstance(event, ProviderError):
                raise event
            yield event

    async def aclose(self) -> None:
        self.is_closed = True
        for timer in self._timers:
            timer.cancel()


@dataclass(frozen=True)
class Say:
    """An answer: ``ttft_ms`` to the first word, then ``ms_per_word``; then perhaps a tool or a failure."""

    text: str
    ttft_ms: float = 200
    ms_per_word: float = 20
    tool: str | None = None
    error: ProviderError | None = None


@dataclass
class ScriptedLlm:
    """Answers with the next of ``answers``; with the last one when they have run out."""

    answers: Sequence[Say]
    requests: list[LlmRequest] = field(default_factory=list)
    running: int = 0

    def readiness(self, language: Language) -> Readiness:
        return READY

    async def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:
        answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
        self.requests.append(request)
        self.running += 1
        try:
            await asyncio.sleep(answer.ttft_ms / 1_000)
            for word in answer.text.split(" ") if answer.text else ():
                yield TextDelta(f"{word} ")
                await asyncio.sleep(answer.ms_per_word / 1_000)
            if answer.error is not None:
                raise answer.error
            if answer.tool is not None:
                yield ToolCall("1", answer.tool, "{}")
            yield LlmFinished("stop")
        finally:
            self.running -= 1


@dataclass
class ScriptedTts:
    """Speaks a tone: ``ms_per_character`` of it, after ``ttfb_ms``, ``speed`` times faster than real time.

    A text that contains one of ``fails_on`` fails after its first chunk.
    """

    ttfb_ms: float = 60
    ms_per_character: float = 50
    speed: float = 8
    fails_on: Iterable[str] = ()
    word_timestamps: bool = True
    running: int = 0
    spoken: list[str] = field(default_factory=list)

    @property
    def capabilities(self) -> TtsCapabilities:
        return TtsCapabilities(frozenset({"en", "es"}), self.word_timestamps, local=True)

    def readiness(self, language: Language) -> Readiness:
        return READY

    def voices(self) -> tuple[Voice, ...]:
        return (Voice("tone", "Tone", ENGLISH),)

    async def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        self.spoken.append(request.text)
        self.running += 1
        try:
            await asyncio.sleep(self.ttfb_ms / 1_000)
            chunk_ms = 100
            total_ms = int(len(request.text.strip()) * self.ms_per_character)
            words = self._words(request.text)
            for at in range(0, total_ms, chunk_ms):
                length = min(chunk_ms, total_ms - at)
                if at > 0 and any(trigger in request.text for trigger in self.fails_on):
                    raise ProviderError("scripted", "the engine broke", code="tts-broke")
                yield SpeechChunk(tone(request.format, length), words if at == 0 else ())
                await asyncio.sleep(length / 1_000 / self.speed)
        finally:
            self.running -= 1

    def _words(self, text: str) -> tuple[WordTiming, ...]:
        if not self.word_timestamps:
            return ()
        timings, at = [], 0
        for word in text.split():
            start = text.index(word, at)
            at = start + len(word)
            timings.append(WordTiming(start, at, start * self.ms_per_character))
        return tuple(timings)


class ScriptedClips:
    """A tone of 400 ms for every clip."""

    def find(self, clip: Clip, language: Language, format_: AudioFormat) -> AudioFrame | None:
        return tone(format_, 400)


def tone(format_: AudioFormat, milliseconds: float) -> AudioFrame:
    """Return a square wave: every sample of it is loud."""
    samples = format_.samples_in(milliseconds)
    wave = np.where(np.arange(samples) // 20 % 2, 3_000, -3_000).astype(np.int16)
    return AudioFrame(format_, wave.tobytes())


def silence(format_: AudioFormat, milliseconds: float) -> AudioFrame:
    """Return digital silence."""
    return AudioFrame(format_, bytes(format_.bytes_in(milliseconds)))


FRAME_MS = PTIME_MS
