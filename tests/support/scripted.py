"""Engines that do what a test tells them: small, whole implementations of the ports, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from backend.application.processors.g711 import alaw_encode, mulaw_encode
from backend.domain.errors import ProviderError
from backend.domain.ports.clip_port import Clip
from backend.domain.ports.llm_port import LlmEvent, LlmFinished, LlmRequest, TextDelta, ToolCall
from backend.domain.ports.stt_port import (
    SttCapabilities,
    SttEvent,
    SttFinal,
    SttPartial,
    SttRequest,
    SttSettled,
)
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities, Voice
from backend.domain.value_objects.audio import AudioFormat, AudioFrame, Encoding
from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.domain.value_objects.word_timing import WordTiming

FOR_EVER_S = 3_600
LANGUAGES = frozenset({"en", "es"})

# --- hearing --------------------------------------------------------------------------------------


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
        return _readiness(language)

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


# --- thinking -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Say:
    """An answer: ``ttft_ms`` to the first word, then ``ms_per_word``; then perhaps a tool, a failure, or
    nothing for ever (``stalls``)."""

    text: str
    ttft_ms: float = 200
    ms_per_word: float = 20
    tool: str | None = None
    arguments: str = "{}"
    error: Exception | None = None
    stalls: bool = False


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
            if answer.stalls:
                await asyncio.sleep(FOR_EVER_S)
            if answer.error is not None:
                raise answer.error
            if answer.tool is not None:
                yield ToolCall("1", answer.tool, answer.arguments)
            yield LlmFinished("stop")
        finally:
            self.running -= 1


# --- speaking -------------------------------------------------------------------------------------


class TtsTrouble(Enum):
    """What may become of a text instead of speech."""

    FAILS_AT_ONCE = auto()
    FAILS_AT_FIRST_CHUNK = auto()
    FAILS_MIDWAY = auto()
    HANGS = auto()
    STALLS_MIDWAY = auto()


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
        return _readiness(language)

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
            for at in range(0, len(audio), size):
                if at > 0 and trouble is TtsTrouble.FAILS_MIDWAY:
                    raise ProviderError("scripted", "the engine broke", code="tts-broke")
                if at > 0 and trouble is TtsTrouble.STALLS_MIDWAY:
                    await asyncio.sleep(FOR_EVER_S)
                frame = AudioFrame(request.format, _encoded(audio[at : at + size], request.format))
                yield SpeechChunk(frame, words if at == 0 else ())
                await asyncio.sleep(frame.duration_ns / 1e9 / self.speed)
        finally:
            self.running -= 1

    def characters_in(self, samples: NDArray[np.int16]) -> list[int]:
        """Return which of the characters in ``voiced`` these samples speak, in order, each once."""
        levels = np.abs(samples.astype(np.int32)) - _FIRST_LEVEL
        levels = levels[levels >= 0]
        return levels[np.flatnonzero(np.diff(levels, prepend=-1))].tolist()  # type: ignore[no-any-return]

    def _speak(self, text: str, format_: AudioFormat) -> NDArray[np.int16]:
        first = len(self.voiced)
        self.voiced += f"{text} "  # the space after a text has no sound
        edges = (np.arange(len(text) + 1) * self.ms_per_character * format_.rate / 1_000).astype(int)
        levels = np.repeat(np.arange(first, first + len(text)) + _FIRST_LEVEL, np.diff(edges))
        return (levels * _wave(len(levels))).astype(np.int16)

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


# --- sound ----------------------------------------------------------------------------------------

CLIP_LEVEL = 600
_FIRST_LEVEL = 1_000


def _wave(samples: int) -> NDArray[np.int16]:
    return np.where(np.arange(samples) // 20 % 2, 1, -1).astype(np.int16)


def _speakable(text: str) -> str:
    """Return ``text`` without what is around it; nothing if it has no letter or digit."""
    return text.strip() if any(map(str.isalnum, text)) else ""


def _encoded(samples: NDArray[np.int16], format_: AudioFormat) -> bytes:
    encode = {Encoding.MULAW: mulaw_encode, Encoding.ALAW: alaw_encode}.get(format_.encoding)
    return samples.tobytes() if encode is None else encode(samples)


def _readiness(language: Language) -> Readiness:
    is_known = language.base in LANGUAGES
    return READY if is_known else Readiness(ReadinessState.UNAVAILABLE, f"There is no '{language}'.")


def tone(format_: AudioFormat, milliseconds: float, level: int = 3_000) -> AudioFrame:
    """Return a square wave: every sample of it is loud."""
    return AudioFrame(format_, (level * _wave(format_.samples_in(milliseconds))).tobytes())


def silence(format_: AudioFormat, milliseconds: float) -> AudioFrame:
    """Return digital silence."""
    return AudioFrame(format_, bytes(format_.bytes_in(milliseconds)))
