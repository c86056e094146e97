"""A caller that is nothing but stop-watches: speaks real speech, plays nothing, notes when things come."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection, connect

from backend.domain.ports.tts_port import SpeechRequest
from backend.domain.value_objects.audio import WIDEBAND
from backend.domain.value_objects.language import ENGLISH
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.adapters.tts.espeak_adapter import EspeakTts
from benchmarks.server import Server

FRAME: Final = 320
FRAME_S: Final = 0.02
SLICE: Final = 160
AUDIBLE: Final = 184  # -45 dBFS
SILENCE: Final = bytes(2 * FRAME)


async def speech(text: str) -> NDArray[np.int16]:
    """Return ``text`` spoken (int16, 16 kHz), from its first audible 10 ms to its last.

    Silence is put before it so that the sound ends with a frame: the instant at which that is sent is then
    the instant at which the caller fell silent.
    """
    tts = EspeakTts()
    try:
        request = SpeechRequest(text, ENGLISH, VoiceConfig(), WIDEBAND)
        audio = b"".join([chunk.frame.payload async for chunk in tts.synthesize(request)])
    finally:
        await tts.aclose()
    samples = np.frombuffer(audio, np.int16)
    slices = samples[: len(samples) // SLICE * SLICE].reshape(-1, SLICE).astype(np.float64)
    audible = np.flatnonzero(np.sqrt((slices**2).mean(axis=1)) > AUDIBLE)
    sound = samples[audible[0] * SLICE : (audible[-1] + 1) * SLICE]
    return np.pad(sound, (-len(sound) % FRAME, 0))


class Caller:
    """One call. All instants are ``time.perf_counter`` seconds."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._to_say: deque[bytes] = deque()
        self._received = 0  # samples ever received
        self._queued = 0  # … of which have not been played
        self._audio_came = asyncio.Event()
        self._news = asyncio.Event()
        self.spoke_from = self.spoke_until = 0.0
        self.audio_at: list[float] = []
        self.flushed_at: list[float] = []
        self.entries: list[dict[str, Any]] = []

    def say(self, samples: NDArray[np.int16]) -> None:
        """Begin to speak with the next frame."""
        self._to_say.extend(samples[at : at + FRAME].tobytes() for at in range(0, len(samples), FRAME))
        self.spoke_from = 0.0

    @property
    def is_speaking(self) -> bool:
        """Whether there is more to say."""
        return bool(self._to_say)

    def events(self, type_: str) -> list[dict[str, Any]]:
        """Return the events of one type so far."""
        return [entry["event"] for entry in self.entries if entry["event"]["type"] == type_]

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until ``condition()`` holds. Raises ``TimeoutError`` after 30 s."""
        async with asyncio.timeout(30):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def breathe(self) -> None:
        """Send a frame every 20 ms, as a microphone does."""
        due = time.perf_counter()
        while True:
            frame = SILENCE
            if self._to_say:
                frame = self._to_say.popleft()
                self.spoke_until = time.perf_counter()
                self.spoke_from = self.spoke_from or self.spoke_until
                self._news.set()
            await self._socket.send(frame)
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - time.perf_counter()))

    async def listen(self) -> None:
        """Note what comes."""
        async for message in self._socket:
            now = time.perf_counter()
            if isinstance(message, bytes):
                self.audio_at.append(now)
                self._received += len(message) // 2
                self._queued += len(message) // 2
                self._audio_came.set()
            else:
                data = orjson.loads(message)
                if data["type"] == "timeline":
                    self.entries.append(data["entry"])
                elif data["type"] == "flush":
                    self.flushed_at.append(now)
                    self._queued = 0
            self._news.set()

    async def play(self) -> None:
        """Play what was received in real time, and report it as the protocol says."""
        while True:
            await self._audio_came.wait()
            await self._report(self._received - self._queued + 1)
            due, since_report = time.perf_counter(), 0
            while self._queued:
                due += FRAME_S
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                self._queued = max(0, self._queued - FRAME)
                since_report += 1
                if since_report == 5 or not self._queued:
                    since_report = 0
                    await self._report(self._received - self._queued)
            self._audio_came.clear()

    async def _report(self, position: int) -> None:
        await self._socket.send(orjson.dumps({"type": "played", "position": position}).decode())


@asynccontextmanager
async def calling(server: Server, agent_id: str) -> AsyncIterator[Caller]:
    """Call an agent; hang up at the end of the block."""
    ticket = await server.ticket(agent_id)
    async with connect(f"ws://127.0.0.1:{server.port}/ws/audio", compression=None) as socket:
        await socket.send(orjson.dumps({"type": "hello", "version": 1, "ticket": ticket}).decode())
        caller = Caller(socket)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work()) for work in (caller.breathe, caller.listen, caller.play)]
            await caller.until(lambda: caller.events("call_started"))
            yield caller
            for task in tasks:
                task.cancel()
            await socket.send('{"type":"hangup"}')
