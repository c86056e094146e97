"""Whole calls in virtual time: a scripted caller on a line, scripted engines, a log in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from backend.application.services.call_orchestrator import CallOrchestrator
from backend.application.services.call_services import Engines, Keeping
from backend.domain.conversation.effects import PublishLatency
from backend.domain.entities.agent import Agent
from backend.domain.entities.call import Call, Direction, EndCause
from backend.domain.entities.timeline import TimelineEntry, committed_turns
from backend.domain.errors import StorageError
from backend.domain.ports.channel_port import (
    ChannelCapabilities,
    Incoming,
    LineClosed,
    Notice,
    Played,
    TimelineAppended,
)
from backend.domain.value_objects.audio import WIDEBAND, AudioFrame
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn
from backend.domain.value_objects.latency import TurnLatency
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
from tests.support.virtual_time import LoopClock

AGENT = Agent(
    id="a" * 32, tenant="default", name="Ana", prompt="You answer.", first_message="Hello, this is Ana."
)


class MemoryLine:
    """A caller's line with a speaker that plays in real time and reports what it has played."""

    def __init__(self, *, reports: bool = True, delay_ms: float = 10) -> None:
        self.capabilities = ChannelCapabilities(WIDEBAND, WIDEBAND, reports_playout=reports)
        self._incoming: asyncio.Queue[Incoming] = asyncio.Queue()
        self._queue = bytearray()
        self._delay_s = delay_ms / 1_000
        self._received = 0  # samples
        self._playing: asyncio.Task[None] | None = None
        self.played: list[tuple[float, float]] = []  # when each stretch began and ended, in seconds
        self.flushes: list[float] = []
        self.notices: list[Notice] = []
        self.closed: EndCause | None = None
        self.has_left = False

    # what the orchestrator sees

    async def receive(self) -> Incoming:
        return await self._incoming.get()

    async def send_audio(self, frame: AudioFrame) -> None:
        self._queue += frame.payload
        self._received += frame.samples
        if self._playing is None:
            self._playing = asyncio.ensure_future(self._play())

    async def flush(self) -> None:
        self.flushes.append(self._now())
        self._queue.clear()

    async def notify(self, notice: Notice) -> None:
        self.notices.append(notice)

    async def close(self, cause: EndCause) -> None:
        self.closed = cause
        self._queue.clear()
        if self._playing is not None:
            self._playing.cancel()
            await asyncio.gather(self._playing, return_exceptions=True)

    # what the caller does

    def speak(self, frame: AudioFrame) -> None:
        if not self.has_left:
            self._incoming.put_nowait(frame)

    def leave(self, cause: EndCause = EndCause.CALLER_HUNG_UP) -> None:
        self.has_left = True
        self._incoming.put_nowait(LineClosed(cause))

    async def _play(self) -> None:
        await asyncio.sleep(self._delay_s)
        began, since_report = self._now(), 0
        self._report(20)
        while self._queue:
            del self._queue[: WIDEBAND.bytes_in(20)]
            await asyncio.sleep(0.02)
            since_report += 20
            if since_report >= 100 or not self._queue:
                since_report = 0
                self._report(0)
        self.played.append((began, self._now()))
        self._playing = None

    def _report(self, extra_ms: float) -> None:
        if self.capabilities.reports_playout:
            position = self._received - len(self._queue) // 2 + (1 if extra_ms else 0)
            self._incoming.put_nowait(Played(position))

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


class MemoryLog:
    """A ``CallLog`` in memory. ``fails`` makes it refuse everything."""

    def __init__(self) -> None:
        self.calls: dict[CallId, Call] = {}
        self.entries: dict[CallId, dict[int, TimelineEntry]] = {}
        self.fails = False

    async def open(self, call: Call) -> None:
        self._check()
        self.calls.setdefault(call.id, call)

    async def append(self, call_id: CallId, entries: Sequence[TimelineEntry]) -> None:
        self._check()
        self.entries.setdefault(call_id, {}).update({entry.seq: entry for entry in entries})

    async def close(self, call: Call) -> None:
        self._check()
        self.calls[call.id] = call

    async def mark_interrupted(self) -> int:
        return 0

    def _check(self) -> None:
        if self.fails:
            raise StorageError("the disk is full")


class MemoryRecordings:
    """A ``RecordingStore`` in memory, for writing."""

    def __init__(self) -> None:
        self.audio: dict[CallId, bytearray] = {}

    async def create(self, call_id: CallId, rate: int) -> MemoryRecording:
        return MemoryRecording(self.audio.setdefault(call_id, bytearray()))

    async def size(self, call_id: CallId) -> int | None:
        return None

    async def read(self, call_id: CallId, start: int, end: int) -> bytes:
        raise NotImplementedError

    async def delete(self, call_id: CallId) -> None:
        raise NotImplementedError


@dataclass
class MemoryRecording:
    audio: bytearray

    async def write(self, interleaved: bytes) -> None:
        self.audio += interleaved

    async def close(self) -> None:
        pass


Caller = Callable[["Stage"], Awaitable[None]]


@dataclass
class Stage:
    """One call and everything around it."""

    agent: Agent = AGENT
    stt: ScriptedStt = field(default_factory=lambda: ScriptedStt([]))
    llm: ScriptedLlm = field(default_factory=lambda: ScriptedLlm([Say("All right.")]))
    tts: ScriptedTts = field(default_factory=ScriptedTts)
    clips: ScriptedClips = field(default_factory=ScriptedClips)
    log: MemoryLog = field(default_factory=MemoryLog)
    recordings: MemoryRecordings = field(default_factory=MemoryRecordings)
    reports: bool = True
    call_id: CallId = field(default_factory=lambda: CallId("c" * 32))

    async def run(self, caller: Caller) -> Call:
        """Conduct the call with ``caller`` on the line; the line breathes (sends silence) by itself."""
        self.line = MemoryLine(reports=self.reports)
        self.voice = asyncio.Queue[AudioFrame]()
        call = Call(self.call_id, self.agent, Direction.BROWSER, started_at=1_700_000_000_000)
        self.orchestrator = CallOrchestrator(
            call,
            self.line,
            engines=Engines(EnergyVad(), self.stt, self.llm, self.tts),
            clips=self.clips,
            keeping=Keeping(self.log, self.recordings),
            clock=LoopClock(),
        )
        async with asyncio.TaskGroup() as group:
            breathing = group.create_task(self._breathe())
            acting = group.create_task(_ignoring_the_end(caller, self))
            try:
                return await self.orchestrator.run()
            finally:
                breathing.cancel()
                acting.cancel()

    async def _breathe(self) -> None:
        quiet = silence(WIDEBAND, 20)
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self.line.speak(self.voice.get_nowait() if not self.voice.empty() else quiet)
            due += 0.02
            await asyncio.sleep(due - loop.time())

    # what a caller can do

    async def say(self, milliseconds: float) -> float:
        """Make a sound for so long; return the instant (seconds) at which it ended."""
        for _ in range(int(milliseconds / 20)):
            self.voice.put_nowait(tone(WIDEBAND, 20))
        await asyncio.sleep(milliseconds / 1_000)
        return asyncio.get_running_loop().time()

    async def until(self, *types: str, count: int = 1) -> TimelineEntry:
        """Wait for the ``count``-th entry whose event is of one of these types."""
        while True:
            found = [entry for entry in self.timeline if entry.event.type in types]
            if len(found) >= count:
                return found[count - 1]
            await asyncio.sleep(0.01)

    def hang_up(self) -> None:
        """Leave."""
        self.line.leave()

    # what came of it

    @property
    def timeline(self) -> list[TimelineEntry]:
        return [notice.entry for notice in self.line.notices if isinstance(notice, TimelineAppended)]

    @property
    def turns(self) -> list[ConversationTurn]:
        return list(committed_turns(self.log.entries.get(self.call_id, {}).values()))

    @property
    def latencies(self) -> list[TurnLatency]:
        return [
            effect.latency
            for entry in self.timeline
            for effect in entry.effects
            if isinstance(effect, PublishLatency)
        ]


async def _ignoring_the_end(caller: Caller, stage: Stage) -> None:
    await caller(stage)


def agent(**changes: object) -> Agent:
    """Return the usual agent with some changes."""
    return replace(AGENT, **changes)  # type: ignore[arg-type]


def samples_of(audio: bytes) -> NDArray[np.int16]:
    """Return a stereo recording as an array of shape (n, 2)."""
    return np.frombuffer(audio, np.int16).reshape(-1, 2)
