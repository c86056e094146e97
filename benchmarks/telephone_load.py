"""Many telephone calls at once, each with a caller who asks, listens to the end, and asks again."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from backend.application.processors.g711 import mulaw_encode
from backend.application.processors.resampler import Resampler
from backend.interfaces.cli import phone_messages as wire
from backend.interfaces.cli.phone_messages import Answered
from benchmarks.caller import speech
from benchmarks.server import Server
from benchmarks.telephone_line import PACKET_S, Line, audio_tail, upgrade

QUESTIONS: Final = ("What are your opening hours today?", "Can I bring my dog to the restaurant?")
BREATH_S: Final = 0.6  # between the end of an answer and the next question
PATIENCE_S: Final = 8.0
OPEN_TIMEOUT_S: Final = 10.0
_PACKET: Final = 160


@dataclass(slots=True)
class Talk:
    """One call: where its caller is. ``latencies`` are seconds from the end of a question to the answer."""

    line: Line
    questions: list[list[bytes]]
    silence: bytes
    asks_at: float
    asked: int = 0
    packet: int = -1  # of the question that is being asked
    asked_at: float = 0.0  # when it ended, while its answer is awaited
    latencies: list[float] = field(default_factory=list)
    unanswered: int = 0

    def tick(self, now: float) -> None:
        """Send the next packet."""
        tail = self.silence
        if self.packet >= 0:
            question = self.questions[self.asked % len(self.questions)]
            tail = question[self.packet]
            self.packet += 1
            if self.packet == len(question):
                self.packet, self.asked = -1, self.asked + 1
                self.asked_at = now
                self.line.listen_for_answer()
        elif self.asked_at:
            self._listen(now)
        elif now >= max(self.asks_at, self.line.plays_until + BREATH_S):
            self.packet = 0
        self.line.say(tail, now)

    def _listen(self, now: float) -> None:
        if self.line.answered_at:
            self.latencies.append(self.line.answered_at - self.asked_at)
            self.asked_at = 0.0
        elif now > self.asked_at + PATIENCE_S:
            self.unanswered += 1
            self.asked_at = 0.0


@dataclass(frozen=True, slots=True)
class Load:
    """What so many calls were like. Milliseconds; ``cpu_ms`` of the server per second of one call."""

    calls: int
    latencies: list[float]
    unanswered: int
    lost: int
    underruns: int
    worst_gap_ms: float
    cpu_ms: float
    cores: float
    memory_bytes: int
    lateness: list[float]  # of our own packets


async def question_packets() -> tuple[list[list[bytes]], bytes]:
    """Return the questions as packets, and a packet of silence."""
    questions = []
    for text in QUESTIONS:
        narrow = Resampler(16_000, 8_000)
        samples = np.concatenate((narrow.process(await speech(text)), narrow.flush()))
        samples = np.pad(samples, (-len(samples) % _PACKET, 0))
        codes = mulaw_encode(samples.astype(np.int16))
        questions.append([audio_tail(codes[at : at + _PACKET]) for at in range(0, len(codes), _PACKET)])
    return questions, audio_tail(mulaw_encode(np.zeros(_PACKET, np.int16)))


class Callers:
    """The callers of one server, who call ``number``."""

    def __init__(self, server: Server, number: str, packets: tuple[list[list[bytes]], bytes]) -> None:
        self._server = server
        self._number = number
        self._questions, self._silence = packets
        self._secret = (server.folder / "loopback.key").read_text(encoding="ascii").strip()
        self._lateness: list[float] = []

    async def load(self, calls: int, seconds: float) -> Load:
        """Hold ``calls`` calls, and measure for ``seconds`` once all are there."""
        empty = self._server.memory_bytes()
        talks: list[Talk] = []
        async with asyncio.TaskGroup() as group:
            ticking = group.create_task(self.keep_talking(talks))
            for number in range(calls):
                talks.append(await self.call(number))
                await asyncio.sleep(0.05)
            await asyncio.sleep(3)
            for talk in talks:
                talk.latencies.clear()
                talk.line.underruns, talk.line.worst_gap_s, talk.unanswered = 0, 0.0, 0
            self._lateness.clear()
            cpu, began = self._server.cpu_seconds(), time.perf_counter()
            await asyncio.sleep(seconds)
            cpu, lasted = self._server.cpu_seconds() - cpu, time.perf_counter() - began
            memory = self._server.memory_bytes() - empty
            lateness = list(self._lateness)
            lost = sum(talk.line.is_lost for talk in talks)
            for talk in talks:
                talk.line.hang_up()
            await asyncio.sleep(1)
            ticking.cancel()
        for talk in talks:
            talk.line.drop()
        return Load(
            calls,
            [1_000 * latency for talk in talks for latency in talk.latencies],
            unanswered=sum(talk.unanswered for talk in talks),
            lost=lost,
            underruns=sum(talk.line.underruns for talk in talks),
            worst_gap_ms=1_000 * max(talk.line.worst_gap_s for talk in talks),
            cpu_ms=1_000 * cpu / lasted / calls,
            cores=cpu / lasted,
            memory_bytes=memory // calls,
            lateness=[1_000 * late for late in lateness],
        )

    async def keep_talking(self, talks: list[Talk]) -> None:
        """Let everybody send a packet every 20 ms, one call after the other within that time."""
        due = time.perf_counter()
        while True:
            for slot in range(20):
                due += PACKET_S / 20
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                now = time.perf_counter()
                self._lateness.append(now - due)
                for talk in talks[slot::20]:
                    talk.tick(now)

    async def call(self, number: int) -> Talk:
        """Have the agent answer one more caller, the ``number``-th; ``keep_talking`` lets it speak."""
        call = secrets.token_hex(16)
        body = wire.offered(call, f"+9991{secrets.randbelow(10**9):09}", self._number)
        signature = wire.signature_of(self._secret, wire.WEBHOOK_PATH, body)
        response = await self._server.http.post(
            wire.WEBHOOK_PATH, content=body, headers={wire.SIGNATURE_HEADER: signature}
        )
        response.raise_for_status()
        answered = wire.parse_answer(response.content)
        assert isinstance(answered, Answered), answered
        loop = asyncio.get_running_loop()
        transport, line = await loop.create_connection(
            lambda: Line(wire.start(call, answered.ticket).encode()), "127.0.0.1", self._server.port
        )
        transport.write(
            upgrade(self._server.port, answered.path, wire.signature_of(self._secret, answered.path))
        )
        async with asyncio.timeout(OPEN_TIMEOUT_S):
            await line.opened
        # Nobody begins together with all others.
        return Talk(line, self._questions, self._silence, asks_at=time.perf_counter() + 1 + 0.37 * number % 5)
