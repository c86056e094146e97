"""A whole call one of whose engines fails: in virtual time or, with real sockets, in real time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from backend.application.factories.provider_registry import ProviderRegistry
from backend.application.services.call_orchestrator import CallOrchestrator
from backend.application.services.call_services import Keeping
from backend.domain.conversation.effects import CancelReply, ReplyKind, StartReply
from backend.domain.conversation.events import PlayoutStarted, ReplyEnded
from backend.domain.entities.call import Call, Direction
from backend.domain.ports.llm_port import LlmPort
from backend.domain.ports.stt_port import SttPort
from backend.domain.ports.tts_port import TtsPort
from backend.domain.value_objects.audio import AudioFrame
from tests.support.answering_engines import AnsweringLlm, WordStt, voice_of
from tests.support.calls import A_MOMENT_S, FRAME_S, Caller, Stage
from tests.support.faulty_watch import Watch, WatchedLlm, WatchedStt, WatchedTts
from tests.support.faulty_ways import Port
from tests.support.line import MemoryLine, Sound
from tests.support.scripted import CLIP_LEVEL
from tests.support.virtual_time import LoopClock, run_virtual

FAULTY: Final = "faulty"
STAND_IN: Final = "stand-in"
_TICK_S: Final = 0.05
_PATIENCE_S: Final = 12.0
_LULL_S: Final = 0.6
CRACKLE_S: Final = 0.03
_LEVELS: Final = 4  # in a frame of a scripted voice: a level for each letter


@dataclass(frozen=True)
class Question:
    """When the caller asked something, in seconds of the loop."""

    began_at: float
    ended_at: float


@dataclass(frozen=True)
class Turn:
    """What was asked from ``began_at`` to ``asked_at`` is answered until the next question begins."""

    began_at: float
    asked_at: float
    until: float


@dataclass
class Trial(Stage):
    """A call whose ``port`` is served by ``engine``, with or without one that stands in for it.

    All engines that work understand the caller's questions and answer them, see ``answering_engines``.
    Several trials are calls at one server if they share their ``registry``.
    """

    port: Port = "llm"
    engine: Any = None
    has_stand_in: bool = True
    registry: ProviderRegistry | None = None
    ears: WordStt = field(default_factory=WordStt)
    model: AnsweringLlm = field(default_factory=AnsweringLlm)
    questions: list[Question] = field(default_factory=list)
    absences: list[tuple[float, float]] = field(default_factory=list)
    will_ask: Callable[[int], None] = lambda _: None  # is told the number of each question
    unhandled: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watched = _watched(self.port, self.engine)

    @property
    def watch(self) -> Watch:
        """What the failing engine was asked to do."""
        return self.watched.watch

    def next_call(self) -> Trial:
        """Return another call at the same server: engines, and what is known about them, are the same."""
        return Trial(
            self.agent,
            vad=self.vad,
            tts=self.tts,
            port=self.port,
            engine=self.watched,
            has_stand_in=self.has_stand_in,
            registry=self.registry,
            ears=self.ears,
            model=self.model,
        )

    def play(self, caller: Caller) -> Call:
        """See ``Stage``; what nobody handles becomes ``unhandled``."""
        return run_virtual(self._run_alone(caller))

    async def _run_alone(self, caller: Caller) -> Call:
        asyncio.get_running_loop().set_exception_handler(self._on_unhandled)
        return await self.run(caller)

    def set_up(self) -> None:
        """See ``Stage``; the engines come from a registry, as in the server."""
        self.line = MemoryLine(reports=self.reports)
        self.started_at, self._free_at, self._lost_until = asyncio.get_running_loop().time(), 0.0, 0.0
        self._voice: dict[int, AudioFrame] = {}
        self.registry = self.registry or self._registry()
        self.orchestrator = CallOrchestrator(
            Call(self.call_id, self.agent, Direction.BROWSER, started_at=1_700_000_000_000),
            self.line,
            engines=self.registry.engines_for(self.agent),
            clips=self.clips,
            keeping=Keeping(self.log, self.recordings),
            clock=LoopClock(),
        )

    def _registry(self) -> ProviderRegistry:
        stt: Mapping[str, SttPort] = {STAND_IN: self.ears}
        llm: Mapping[str, LlmPort] = {STAND_IN: self.model}
        tts: Mapping[str, TtsPort] = {STAND_IN: self.tts}
        match self.watched:
            case WatchedStt():
                stt = {FAULTY: self.watched, **(stt if self.has_stand_in else {})}
            case WatchedLlm():
                llm = {FAULTY: self.watched, **(llm if self.has_stand_in else {})}
            case WatchedTts():
                tts = {FAULTY: self.watched, **(tts if self.has_stand_in else {})}
        return ProviderRegistry({"energy": self.vad}, stt, llm, tts)

    def _on_unhandled(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.unhandled.append(f"{context.get('message')}: {context.get('exception')!r}")

    # what a caller can do

    async def ask(self, number: int) -> None:
        """Ask ``QUESTIONS[number]``."""
        self.will_ask(number)
        loop = asyncio.get_running_loop()
        first = round((loop.time() - self.started_at) / FRAME_S)
        frames = voice_of(number)
        self._voice.update(zip(range(first, first + len(frames)), frames, strict=True))
        began_at = self.started_at + first * FRAME_S
        question = Question(began_at, began_at + len(frames) * FRAME_S)
        self.spoken.append((question.began_at, question.ended_at))
        self.questions.append(question)
        await asyncio.sleep(question.ended_at - loop.time())

    async def until_attended(self) -> None:
        """Wait until the agent has said something and has nothing more to say, but not for ever."""
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        while loop.time() - began_at < _PATIENCE_S:
            await asyncio.sleep(_TICK_S)
            heard_at = self.line.sounds[-1].end if self.line.sounds else 0.0
            if began_at < heard_at < loop.time() - _LULL_S and not self._is_replying:
                return

    async def be_away(self, seconds: float) -> None:
        """Say nothing for so long, as agreed: this silence is nobody's fault."""
        now = asyncio.get_running_loop().time()
        self.absences.append((now, now + seconds))
        await asyncio.sleep(seconds)

    @property
    def _is_replying(self) -> bool:
        """Whether the last reply that was begun is neither over nor withdrawn."""
        last = 0
        over: set[int] = set()
        for entry in self.timeline:
            if isinstance(entry.event, ReplyEnded):
                over.add(entry.event.reply_id)
            for effect in entry.effects:
                if isinstance(effect, StartReply):
                    last = max(last, effect.reply_id)
                elif isinstance(effect, CancelReply):
                    over.add(effect.reply_id)
        return last not in over

    # what came of it

    @property
    def still_running(self) -> int:
        return super().still_running + self.ears.running + self.model.running + self.watch.running

    @property
    def over_at(self) -> float:
        """When it was decided that the call is over (seconds of the loop)."""
        return self._loop_time(self.timeline[-1].event.at)

    @property
    def turns_asked(self) -> list[Turn]:
        """The greeting and each question, with the time that was the agent's."""
        began = [self.started_at, *(question.began_at for question in self.questions)]
        asked = [self.started_at, *(question.ended_at for question in self.questions)]
        until = [*began[1:], self.ended_at]
        return [Turn(*times) for times in zip(began, asked, until, strict=True)]

    def decided_at(self, turn: Turn) -> float:
        """When the agent decided to say something, or else when it was asked (seconds of the loop)."""
        for entry in self.timeline:
            at = self._loop_time(entry.event.at)
            if turn.asked_at <= at < turn.until and any(_decides(effect) for effect in entry.effects):
                return at
        return turn.asked_at

    def speech_at(self, turn: Turn) -> float | None:
        """When the caller first heard speech in the turn: a recording or a crackle is none."""
        for began, ended in self.stretches(lambda sound: bool(np.abs(sound.samples).max() != CLIP_LEVEL)):
            if max(began, turn.asked_at) < min(ended, turn.until):
                return max(began, turn.asked_at)
        return None

    @property
    def apologies(self) -> set[int]:
        """The replies that are recorded apologies or farewells."""
        return {
            effect.reply_id
            for entry in self.timeline
            for effect in entry.effects
            if isinstance(effect, StartReply) and effect.kind in {ReplyKind.APOLOGY, ReplyKind.FAREWELL}
        }

    def apology_at(self, turn: Turn) -> float | None:
        """When the caller first heard an apology (or a farewell) in the turn."""
        for entry in self.timeline:
            event = entry.event
            if isinstance(event, PlayoutStarted) and event.reply_id in self.apologies:
                at = self._loop_time(event.audible_at)
                if turn.asked_at <= at < turn.until:
                    return at
        return None

    def stretches(self, is_wanted: Callable[[Sound], bool] = lambda _: True) -> list[tuple[float, float]]:
        """When such sounds began and ended, without what is too short to be heard as more than a crackle."""
        found: list[tuple[float, float]] = []
        for sound in filter(is_wanted, self.line.sounds):
            if found and sound.at - found[-1][1] < A_MOMENT_S:
                found[-1] = (found[-1][0], sound.end)
            else:
                found.append((sound.at, sound.end))
        return [(began, ended) for began, ended in found if ended - began >= CRACKLE_S]

    @property
    def heard_by_caller(self) -> str:
        """See ``Stage``; what real engines say cannot be read from the samples and is left out."""
        everything = self.line.sounds
        self.line.sounds = [sound for sound in everything if len(np.unique(np.abs(sound.samples))) <= _LEVELS]
        try:
            return super().heard_by_caller
        finally:
            self.line.sounds = everything

    @property
    def longest_silence_s(self) -> float:
        """The longest time in which neither side made a sound, though it was not agreed upon."""
        sounds = sorted([*self.spoken, *self.absences, *self.stretches(), (self.ended_at, self.ended_at)])
        longest, quiet_since = 0.0, self.started_at
        for began, ended in sounds:
            longest = max(longest, min(began, self.ended_at) - quiet_since)
            quiet_since = max(quiet_since, ended)
        return longest

    def _loop_time(self, at: int) -> float:
        return self.started_at + at / 1e9


def _decides(effect: object) -> bool:
    """Whether the agent takes its turn with this; a draft is no decision until it is released."""
    if isinstance(effect, StartReply):
        return not getattr(effect, "speculative", False)
    return getattr(effect, "type", "") == "release_reply"


def _watched(port: Port, engine: Any) -> WatchedStt | WatchedLlm | WatchedTts:
    if isinstance(engine, WatchedStt | WatchedLlm | WatchedTts):
        return engine
    kinds = {"stt": WatchedStt, "llm": WatchedLlm, "tts": WatchedTts}
    watched = kinds[port](engine)
    assert isinstance(watched, WatchedStt | WatchedLlm | WatchedTts)
    return watched
