"""Whole calls in virtual time: a scripted caller on a line, scripted engines, a log in memory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from backend.application.services.call_orchestrator import CallOrchestrator
from backend.application.services.call_services import Earlier, Engines, Keeping
from backend.application.services.engine_failures import EngineFailures
from backend.application.services.late_ends import LateEnds
from backend.domain.conversation.effects import PublishLatency
from backend.domain.conversation.manners import manners_of
from backend.domain.entities.agent import Agent, TurnTaking
from backend.domain.entities.call import Call, Direction, EndCause
from backend.domain.entities.timeline import TimelineEntry, committed_turns
from backend.domain.ports.channel_port import TimelineAppended, TimelineCommitted, TroubleReported
from backend.domain.ports.clip_port import ClipPort
from backend.domain.value_objects.audio import WIDEBAND, AudioFrame
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.latency import TurnLatency
from tests.support.keeping import MemoryLog, MemoryRecordings
from tests.support.line import MemoryLine
from tests.support.scripted import (
    EnergyVad,
    Say,
    ScriptedClips,
    ScriptedLlm,
    ScriptedStt,
    ScriptedTts,
    silence,
    tone,
)
from tests.support.virtual_time import LoopClock, run_virtual

FRAME_S = 0.02
A_MOMENT_S = 1e-6  # a timer may come that much early
QUIET = silence(WIDEBAND, 20)
VOICE = tone(WIDEBAND, 20)

AGENT = Agent(
    id="a" * 32, tenant="default", name="Ana", prompt="You answer.", first_message="Hello, this is Ana."
)

Caller = Callable[["Stage"], Coroutine[Any, Any, None]]


@dataclass
class Stage:
    """One call and everything around it."""

    agent: Agent = AGENT
    vad: EnergyVad = field(default_factory=EnergyVad)
    stt: ScriptedStt = field(default_factory=lambda: ScriptedStt([]))
    llm: ScriptedLlm = field(default_factory=lambda: ScriptedLlm([Say("All right.")]))
    tts: ScriptedTts = field(default_factory=ScriptedTts)
    clips: ClipPort = field(default_factory=ScriptedClips)
    log: MemoryLog = field(default_factory=MemoryLog)
    recordings: MemoryRecordings = field(default_factory=MemoryRecordings)
    reports: bool = True
    direction: Direction = Direction.BROWSER
    can_transfer: bool = False
    failures: EngineFailures = field(default_factory=EngineFailures)
    earlier: Earlier | None = None
    call_id: CallId = field(default_factory=lambda: CallId("c" * 32))
    spoken: list[tuple[float, float]] = field(default_factory=list)
    left_at: float = 0.0
    ends: LateEnds = field(default_factory=LateEnds)
    shim: Callable[[str, Any], Any] = lambda _, real: real  # what stands between the call and its ports

    def play(self, caller: Caller) -> Call:
        """Conduct the call in virtual time, alone, with ``caller`` on the line; return it, ended."""
        return run_virtual(self.run(caller))

    async def run(self, caller: Caller) -> Call:
        """Conduct the call; the line breathes (sends silence) by itself."""
        self.set_up()
        async with asyncio.TaskGroup() as group:
            acting = group.create_task(caller(self))
            self._breathe(0)
            try:
                return await self.orchestrator.run()
            finally:
                self.ended_at = _now()
                self._breath.cancel()
                acting.cancel()
                await self.ends.aclose()

    def set_up(self) -> None:
        """Make the line and the orchestrator."""
        self.line = MemoryLine(reports=self.reports, can_transfer=self.can_transfer)
        self.started_at, self._free_at, self._lost_until = _now(), 0.0, 0.0
        self._voice: dict[int, AudioFrame] = {}
        call = Call(self.call_id, self.agent, self.direction, started_at=1_700_000_000_000)
        self.orchestrator = CallOrchestrator(
            call,
            self.shim("line", self.line),
            engines=Engines(
                self.vad,
                self.shim("stt", self.stt),
                self.shim("llm", self.llm),
                self.shim("tts", self.tts),
                self.failures,
            ),
            clips=self.clips,
            keeping=Keeping(
                self.shim("log", self.log), self.shim("recordings", self.recordings), ends=self.ends
            ),
            clock=LoopClock(),
            earlier=self.earlier,
        )

    def _breathe(self, slot: int) -> None:
        """Send a frame every 20 ms, later where the network stalls, never where it loses."""
        due = self.started_at + (slot + 1) * FRAME_S
        loop = asyncio.get_running_loop()
        if (at := max(due, self._free_at)) > loop.time() + A_MOMENT_S:
            self._breath = loop.call_at(at, self._breathe, slot)
            return
        if self._lost_until <= due:
            self.line.speak(self._voice.pop(slot, QUIET))
        self._breath = loop.call_at(max(due + FRAME_S, self._free_at), self._breathe, slot + 1)

    # what a caller can do

    async def say(self, milliseconds: float) -> float:
        """Make a sound for so long; return the instant (seconds) at which it ended."""
        first = round((_now() - self.started_at) / FRAME_S)
        frames = int(milliseconds / 20)
        self._voice.update((first + at, VOICE) for at in range(frames))
        began = self.started_at + first * FRAME_S
        self.spoken.append((began, began + frames * FRAME_S))
        await asyncio.sleep(self.spoken[-1][1] - _now())
        return self.spoken[-1][1]

    async def until(self, *types: str, count: int = 1) -> TimelineEntry:
        """Wait for the ``count``-th entry whose event is of one of these types."""
        while True:
            found = [entry for entry in self.timeline if entry.event.type in types]
            if len(found) >= count:
                return found[count - 1]
            await asyncio.sleep(0.01)

    async def until_heard(self, text: str) -> None:
        """Wait until the caller has heard ``text``."""
        while True:
            if text in self.heard_by_caller:
                return
            await asyncio.sleep(0.05)

    async def until_answered(self, *, quiet_s: float = 0.8, within_s: float = 15) -> None:
        """Wait until the agent has said something and has then been quiet for ``quiet_s``, or for
        ``within_s``."""
        began = _now()
        while _now() - began < within_s:
            await asyncio.sleep(0.1)
            last = self.line.sounds[-1].end if self.line.sounds else 0.0
            if began < last < _now() - quiet_s:
                return

    def stall(self, seconds: float) -> None:
        """The network delivers nothing for so long, then everything at once."""
        self._free_at = _now() + seconds

    def lose(self, seconds: float) -> None:
        """The network loses everything for so long."""
        self._lost_until = _now() + seconds

    def hang_up(self, cause: EndCause = EndCause.CALLER_HUNG_UP) -> None:
        """Leave."""
        self.left_at = _now()
        self.line.leave(cause)

    # what came of it

    @property
    def timeline(self) -> list[TimelineEntry]:
        return [notice.entry for notice in self.line.notices if isinstance(notice, TimelineAppended)]

    @property
    def troubles(self) -> list[str]:
        return [notice.code for notice in self.line.notices if isinstance(notice, TroubleReported)]

    @property
    def committed(self) -> list[int]:
        """Up to which entry the caller's side was told that all is kept, each time it was."""
        return [notice.seq for notice in self.line.notices if isinstance(notice, TimelineCommitted)]

    @property
    def entries(self) -> list[TimelineEntry]:
        """What was kept."""
        return list(self.log.entries.get(self.call_id, {}).values())

    @property
    def turns(self) -> list[ConversationTurn]:
        return list(committed_turns(self.entries))

    @property
    def dialogue(self) -> list[tuple[Role, str]]:
        """Who was heard to say what."""
        return [(turn.role, turn.heard.strip()) for turn in self.turns]

    @property
    def latencies(self) -> list[TurnLatency]:
        return [
            effect.latency
            for entry in self.entries
            for effect in entry.effects
            if isinstance(effect, PublishLatency)
        ]

    @property
    def longest_silence_s(self) -> float:
        """The longest time in which neither side made a sound."""
        sounds = sorted([*self.spoken, *self.line.played, (self.ended_at, self.ended_at)])
        longest, quiet_since = 0.0, self.started_at
        for began, ended in sounds:
            longest = max(longest, min(began, self.ended_at) - quiet_since)
            quiet_since = max(quiet_since, ended)
        return longest

    @property
    def heard_by_caller(self) -> str:
        """The speech that the caller's speaker has played: each character that was begun, in order."""
        heard: list[int] = []
        for sound in self.line.sounds:
            for at in self.tts.characters_in(sound.samples):
                if not heard or heard[-1] != at:
                    heard.append(at)
        return "".join(
            self.tts.voiced[at] + (" " if after != at + 1 else "")
            for at, after in pairwise([*heard, heard[-1] + 1 if heard else 0])
        )

    @property
    def words_played(self) -> list[str]:
        """The words of which the caller's speaker has played all characters, in the order of synthesis."""
        played = {at for sound in self.line.sounds for at in self.tts.characters_in(sound.samples)}
        return [
            word.group()
            for word in re.finditer(r"\S+", self.tts.voiced)
            if played.issuperset(range(*word.span()))
        ]

    @property
    def words_kept(self) -> list[str]:
        """The words of the agent in the transcript, except what was played from recordings."""
        phrases = manners_of(self.agent.language).phrases
        words: list[str] = []
        for turn in self.turns:
            if turn.role is Role.AGENT and turn.content != phrases.apology:
                filler = len(phrases.filler) if turn.content.startswith(phrases.filler) else 0
                words += turn.heard[filler:].split()
        return words

    @property
    def still_running(self) -> int:
        """How many streams of engines are open."""
        return self.vad.running + self.stt.running + self.llm.running + self.tts.running


def _now() -> float:
    return asyncio.get_running_loop().time()


def agent(**changes: Any) -> Agent:
    """Return the usual agent with some changes."""
    return replace(AGENT, **changes)


def manners(**changes: Any) -> TurnTaking:
    """Return the usual manners with some changes."""
    return replace(TurnTaking(), **changes)
