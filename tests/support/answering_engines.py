"""Engines that hear what was really fed to them and answer what was really asked.

Scripted engines give their lines in order, whoever asks. Here a line depends on the input alone, so that two
engines that stand in for each other agree, and whatever was lost, repeated or asked twice can be told.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from backend.domain.ports.llm_port import LlmEvent, LlmFinished, LlmRequest, TextDelta
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
from tests.support.scripted import tone

# No word occurs twice, nor in an agent's own phrases: a word that is heard twice was said twice.
ANSWERS: Final[Mapping[str, str]] = {
    "Are you open today?": "Every morning at nine sharp. They close around five.",
    "Where is your office?": "Beside the old harbour bridge. Find two green doors.",
    "How much does parking cost?": "Twelve euros per adult. Children pay only half price.",
    "May I bring dogs?": "Small pets can come in. Larger animals must stay outside.",
    "Who else will know?": "Nobody hears about those from us. Privacy matters here.",
}
QUESTIONS: Final = tuple(ANSWERS)
WORD_MS: Final = 200
_WORDS: Final = tuple(word for question in QUESTIONS for word in question.split())
_FIRST_LEVEL: Final = 3_000
_STEP: Final = 10
_RECOGNISED_MS: Final = 60  # of a word suffice


def voice_of(question: int) -> list[AudioFrame]:
    """Return ``QUESTIONS[question]`` as sound, in frames of 20 ms: each word has a level of its own."""
    first = sum(len(text.split()) for text in QUESTIONS[:question])
    numbers = range(first, first + len(QUESTIONS[question].split()))
    return [
        tone(WIDEBAND, 20, level=_FIRST_LEVEL + _STEP * number)
        for number in numbers
        for _ in range(WORD_MS // 20)
    ]


class WordDecoder:
    """Understands ``voice_of``; ``words`` are those heard so far, in PCM16 of 16 kHz cut anywhere."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._level = 0
        self._samples = 0  # of that level, in a row

    def hear(self, pcm: bytes) -> None:
        """Listen on."""
        levels = np.abs(np.frombuffer(pcm, "<i2").astype(np.int32))
        edges = np.flatnonzero(np.diff(levels, prepend=-1))
        for at, end in zip(edges, [*edges[1:], len(levels)], strict=True):
            self._hear(int(levels[at]), int(end - at))

    def _hear(self, level: int, samples: int) -> None:
        if level != self._level:
            self._level, self._samples = level, 0
        needed = WIDEBAND.samples_in(_RECOGNISED_MS)
        is_new = self._samples < needed <= self._samples + samples
        self._samples += samples
        number, rest = divmod(level - _FIRST_LEVEL, _STEP)
        if is_new and rest == 0 and 0 <= number < len(_WORDS):
            self.words.append(_WORDS[number])


@dataclass
class WordStt:
    """Recognises ``voice_of`` questions word by word; each time that a word is fed it is heard."""

    final_ms: float = 100
    local: bool = False
    opened: int = 0
    running: int = 0

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(
            frozenset({"en"}), partials=True, punctuates=True, speech_only=True, local=self.local
        )

    def readiness(self, language: Language) -> Readiness:
        return READY

    async def open(self, request: SttRequest) -> WordSttStream:
        self.opened += 1
        self.running += 1
        return WordSttStream(self)


class WordSttStream:
    """One caller's."""

    def __init__(self, stt: WordStt) -> None:
        self._stt = stt
        self._events: asyncio.Queue[SttEvent] = asyncio.Queue()
        self._timers: list[asyncio.TimerHandle] = []
        self._decoder = WordDecoder()
        self._is_closed = False

    def feed(self, frame: AudioFrame) -> None:
        known = len(self._decoder.words)
        self._decoder.hear(frame.payload)
        for count in range(known + 1, len(self._decoder.words) + 1):
            self._events.put_nowait(SttPartial(" ".join(self._decoder.words[:count])))

    def finalize(self, utterance: int) -> None:
        text, self._decoder = " ".join(self._decoder.words), WordDecoder()
        later = asyncio.get_running_loop().call_later
        self._timers.append(later(self._stt.final_ms / 1_000, self._finish, text, utterance))

    def _finish(self, text: str, utterance: int) -> None:
        if text:
            self._events.put_nowait(SttFinal(text))
        self._events.put_nowait(SttSettled(utterance))

    async def events(self) -> AsyncGenerator[SttEvent, None]:
        while True:
            yield await self._events.get()

    async def aclose(self) -> None:
        self._stt.running -= 0 if self._is_closed else 1
        self._is_closed = True
        for timer in self._timers:
            timer.cancel()


@dataclass
class AnsweringLlm:
    """Answers the question that the caller's last words are, or begin."""

    ttft_ms: float = 150
    ms_per_word: float = 15
    running: int = 0
    asked: list[str] = field(default_factory=list)

    def readiness(self, language: Language) -> Readiness:
        return READY

    async def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:
        self.asked.append(request.messages[-1].content)
        self.running += 1
        try:
            await asyncio.sleep(self.ttft_ms / 1_000)
            for word in answer_to(request.messages[-1].content).split():
                yield TextDelta(f"{word} ")
                await asyncio.sleep(self.ms_per_word / 1_000)
            yield LlmFinished("stop")
        finally:
            self.running -= 1


def answer_to(said: str) -> str:
    """Return the answer to the last question in ``said``, of which perhaps only the beginning was heard."""
    beginnings = {question: " ".join(question.lower().split()[:2]) for question in QUESTIONS}
    places = {question: said.lower().rfind(beginning) for question, beginning in beginnings.items()}
    last = max(places, key=places.__getitem__)
    return ANSWERS[last] if places[last] >= 0 else "Pardon?"
