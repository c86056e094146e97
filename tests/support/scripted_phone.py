"""A caller on the telephone in virtual time: packets over a bad network, a carrier that gives receipts."""

from __future__ import annotations

import asyncio
import base64
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backend.application.processors.g711 import mulaw_encode
from backend.application.services.call_orchestrator import CallOrchestrator
from backend.application.services.call_services import Engines, Keeping
from backend.application.services.telephony.telephone_channel import TelephoneChannel
from backend.domain.conversation.effects import ReleaseReply, ReplyKind, StartReply
from backend.domain.entities.agent import Agent
from backend.domain.entities.call import Call, Direction
from backend.domain.entities.telephone import Destination
from backend.domain.entities.timeline import TimelineEntry, committed_turns
from backend.domain.value_objects.audio import MULAW_8K, NARROWBAND
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import Role
from backend.infrastructure.adapters.telephony.loopback.loopback_media import LoopbackMedia
from tests.support.calls import AGENT
from tests.support.keeping import MemoryLog, MemoryRecordings
from tests.support.scripted import EnergyVad, Say, ScriptedClips, ScriptedLlm, ScriptedStt, ScriptedTts, tone
from tests.support.virtual_time import LoopClock, run_virtual

PACKET_S = 0.02
QUIET = mulaw_encode(np.zeros(160, np.int16))
VOICE = mulaw_encode(np.frombuffer(tone(NARROWBAND, 20).payload, np.int16))

# From the number of a packet to after how many seconds it arrives: never, once or more often.
Network = Callable[[int], Iterable[float]]


def perfect(_packet: int) -> Iterable[float]:
    """Deliver everything at once."""
    return (0.0,)


@dataclass
class PhoneSocket:
    """Implements ``MessageChannel``. ``gives_receipt`` decides about each mark that was reached."""

    gives_receipt: Callable[[str], bool] = lambda _name: True
    reading: asyncio.Event = field(default_factory=asyncio.Event)
    played: list[tuple[float, bytes]] = field(default_factory=list)  # when, and 20 ms at most
    closed_at: float | None = None

    def __post_init__(self) -> None:
        self.reading.set()
        self._incoming: asyncio.Queue[str | None] = asyncio.Queue()
        self._queue: deque[bytes | str] = deque()  # audio and marks, in the order of arrival
        self._playing: asyncio.TimerHandle | None = None

    # what the line sees

    async def receive(self) -> str | None:
        return await self._incoming.get()

    async def send(self, message: str) -> None:
        await self.reading.wait()
        event = LoopbackMedia().parse(message) if "payload" in message else None
        if event is not None:
            audio = base64.b64decode(message.split('"')[-2])
            self._queue.extend(audio[at : at + 160] for at in range(0, len(audio), 160))
        elif '"clear"' in message:
            for mark in [each for each in self._queue if isinstance(each, str)]:
                self._reached(mark)
            self._queue.clear()
        else:
            self._queue.append(message.split('"')[-2])
        if self._playing is None:
            self._play()

    async def close(self, code: int) -> None:
        self.closed_at = asyncio.get_running_loop().time()
        if self._playing is not None:
            self._playing.cancel()

    # what the telephone does

    def deliver(self, message: str | None) -> None:
        self._incoming.put_nowait(message)

    def _play(self) -> None:
        loop = asyncio.get_running_loop()
        self._playing = None
        while self._queue:
            piece = self._queue.popleft()
            if isinstance(piece, bytes):
                self.played.append((loop.time(), piece))
                self._playing = loop.call_later(len(piece) / 8_000, self._play)
                return
            self._reached(piece)

    def _reached(self, mark: str) -> None:
        if self.gives_receipt(mark):
            self.deliver(LoopbackMedia().mark(mark))


Caller = Callable[["PhoneStage"], Coroutine[Any, Any, None]]


@dataclass
class PhoneStage:
    """One telephone call and everything around it."""

    agent: Agent = AGENT
    network: Network = perfect
    stt: ScriptedStt = field(default_factory=lambda: ScriptedStt(["Are you open?"]))
    llm: ScriptedLlm = field(default_factory=lambda: ScriptedLlm([Say("All right.")]))
    hang_ups: list[float] = field(default_factory=list)
    spoken: list[tuple[float, float]] = field(default_factory=list)
    gives_receipt: Callable[[str], bool] = lambda _name: True

    def play(self, caller: Caller) -> Call:
        """Conduct the call in virtual time, alone; return it, ended."""
        return run_virtual(self._run(caller))

    async def _run(self, caller: Caller) -> Call:
        self.socket = PhoneSocket(gives_receipt=self.gives_receipt)
        self.log, self.recordings, self.vad, self.tts = (
            MemoryLog(),
            MemoryRecordings(),
            EnergyVad(),
            ScriptedTts(),
        )
        self.line = TelephoneChannel(
            self.socket,
            LoopbackMedia(),
            MULAW_8K,
            hang_up=self._hang_up,
            transfer=self._transfer,
            clock=LoopClock(),
        )
        self.call = Call(CallId("c" * 32), self.agent, Direction.INBOUND, started_at=1_700_000_000_000)
        orchestrator = CallOrchestrator(
            self.call,
            self.line,
            engines=Engines(self.vad, self.stt, self.llm, self.tts),
            clips=ScriptedClips(),
            keeping=Keeping(self.log, self.recordings),
            clock=LoopClock(),
        )
        self._voiced_until = 0
        async with asyncio.TaskGroup() as group:
            acting = [group.create_task(caller(self)), group.create_task(self._breathe())]
            try:
                return await orchestrator.run()
            finally:
                for task in acting:
                    task.cancel()

    async def _hang_up(self) -> None:
        self.hang_ups.append(asyncio.get_running_loop().time())

    async def _transfer(self, _destination: Destination, _summary: str) -> None:
        raise NotImplementedError

    async def _breathe(self) -> None:
        """Send a packet every 20 ms, as the network has it."""
        loop = asyncio.get_running_loop()
        packet = 0
        while True:
            packet += 1
            await asyncio.sleep(packet * PACKET_S - loop.time())
            payload = VOICE if packet <= self._voiced_until else QUIET
            message = (
                f'{{"event":"media","sequence":{packet},"payload":"{base64.b64encode(payload).decode()}"}}'
            )
            for delay_s in self.network(packet):
                loop.call_later(delay_s, self.socket.deliver, message)

    # what a caller can do

    async def say(self, seconds: float) -> None:
        """Speak for so long."""
        loop = asyncio.get_running_loop()
        began = round(loop.time() / PACKET_S)
        self._voiced_until = began + round(seconds / PACKET_S)
        self.spoken.append((began * PACKET_S, self._voiced_until * PACKET_S))
        await asyncio.sleep(self._voiced_until * PACKET_S - loop.time())

    async def until_answered(self, *, quiet_s: float = 1.0) -> None:
        """Wait until the agent has said something from now on, and has then been quiet for ``quiet_s``."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            await asyncio.sleep(0.1)
            if self.socket.played and began < self.socket.played[-1][0] < loop.time() - quiet_s:
                return

    def hang_up(self) -> None:
        """Leave, as a carrier tells it."""
        self.socket.deliver('{"event":"stop"}')

    # what came of it

    @property
    def entries(self) -> list[TimelineEntry]:
        return list(self.log.entries[self.call.id].values())

    @property
    def dialogue(self) -> list[tuple[Role, str]]:
        """Who was heard to say what."""
        return [(turn.role, turn.heard.strip()) for turn in committed_turns(self.entries)]

    @property
    def turns_of_caller(self) -> int:
        """How often the caller's turn was found to be over: what is begun in a pause is only a draft."""
        effects = [effect for entry in self.entries for effect in entry.effects]
        return sum(
            isinstance(effect, ReleaseReply)
            or (isinstance(effect, StartReply) and effect.kind is ReplyKind.ANSWER and not effect.speculative)
            for effect in effects
        )
