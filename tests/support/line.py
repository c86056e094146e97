"""A caller's line in virtual time, with a speaker that plays what it is sent and keeps what it played."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.domain.entities.call import EndCause
from backend.domain.entities.telephone import Destination
from backend.domain.errors import VictoriaError
from backend.domain.ports.channel_port import (
    AnsweredBy,
    ChannelCapabilities,
    Incoming,
    KeyPress,
    LineClosed,
    Notice,
    Played,
    TransferRefused,
    Typed,
)
from backend.domain.value_objects.answerer import Answerer
from backend.domain.value_objects.audio import WIDEBAND, AudioFrame

CHUNK_MS = 20
REPORT_EVERY_CHUNKS = 5


@dataclass(frozen=True)
class Sound:
    """What the speaker played from ``at`` (seconds) on."""

    at: float
    samples: NDArray[np.int16]

    @property
    def end(self) -> float:
        return self.at + len(self.samples) / WIDEBAND.rate


class MemoryLine:
    """Plays in real time, ``delay_ms`` after audio comes to an empty buffer, and reports what it has played.

    ``reading`` is cleared to play a peer that reads nothing more: then nothing can be sent. With
    ``is_playing`` False it takes audio and plays none of it. ``transfers`` are accepted, after
    ``transfer_s``, unless there is a ``transfer_error``.
    """

    def __init__(self, *, reports: bool = True, delay_ms: float = 10, can_transfer: bool = False) -> None:
        self.capabilities = ChannelCapabilities(
            WIDEBAND, WIDEBAND, reports_playout=reports, can_transfer=can_transfer
        )
        self.transfers: list[tuple[str, str]] = []
        self.transfer_error: VictoriaError | None = None
        self.transfer_s = 0.1
        self.reading = asyncio.Event()
        self.reading.set()
        self.is_playing = True
        self.sounds: list[Sound] = []
        self.flushes: list[float] = []
        self.notices: list[Notice] = []
        self.closed: EndCause | None = None
        self.times_closed = 0
        self._incoming: asyncio.Queue[Incoming] = asyncio.Queue()
        self._has_left = False
        self._queue = bytearray()
        self._delay_s = delay_ms / 1_000
        self._received = 0  # samples
        self._playing: asyncio.TimerHandle | None = None

    # what the orchestrator sees

    async def receive(self) -> Incoming:
        return await self._incoming.get()

    async def send_audio(self, frame: AudioFrame) -> None:
        await self.reading.wait()
        if self.closed is not None:
            return
        self._queue += frame.payload
        self._received += frame.samples
        if self._playing is None:
            self._playing = asyncio.get_running_loop().call_later(self._delay_s, self._begin)

    async def flush(self) -> None:
        await self.reading.wait()
        self.flushes.append(_now())
        self._queue.clear()

    async def notify(self, notice: Notice) -> None:
        await self.reading.wait()
        self.notices.append(notice)

    async def transfer(self, destination: Destination, summary: str) -> None:
        await asyncio.sleep(self.transfer_s)
        if self.transfer_error is not None:
            raise self.transfer_error
        self.transfers.append((destination.number.value, summary))

    async def close(self, cause: EndCause) -> None:
        self.times_closed += 1
        self.closed = self.closed or cause
        self._queue.clear()
        if self._playing is not None:
            self._playing.cancel()

    # what the caller does

    def speak(self, frame: AudioFrame) -> None:
        if not self._has_left:
            self._incoming.put_nowait(frame)

    def write(self, text: str) -> None:
        self._incoming.put_nowait(Typed(text))

    def press(self, keys: str) -> None:
        for key in keys:
            self._incoming.put_nowait(KeyPress(key))

    def find_out(self, answerer: Answerer, *, greeting_is_over: bool = False) -> None:
        self._incoming.put_nowait(AnsweredBy(answerer, greeting_is_over))

    def refuse_transfer(self, code: str) -> None:
        self._incoming.put_nowait(TransferRefused(code))

    def leave(self, cause: EndCause = EndCause.CALLER_HUNG_UP) -> None:
        self._has_left = True
        self._incoming.put_nowait(LineClosed(cause))

    # what the caller hears

    @property
    def played(self) -> list[tuple[float, float]]:
        """When each stretch of gapless sound began and ended, in seconds."""
        stretches: list[tuple[float, float]] = []
        for sound in self.sounds:
            if stretches and sound.at - stretches[-1][1] < 0.001:
                stretches[-1] = (stretches[-1][0], sound.end)
            else:
                stretches.append((sound.at, sound.end))
        return stretches

    def _begin(self) -> None:
        self._report(1)
        self._play(_now(), 0)

    def _play(self, due: float, chunks: int) -> None:
        """Play the next chunk, from ``due`` on. Callbacks instead of a task: they halve a call's time."""
        if chunks and (chunks % REPORT_EVERY_CHUNKS == 0 or not self._queue):
            self._report(0)
        if not self._queue or not self.is_playing:
            self._playing = None
            return
        chunk = bytes(self._queue[: WIDEBAND.bytes_in(CHUNK_MS)])
        del self._queue[: len(chunk)]
        sound = Sound(due, np.frombuffer(chunk, np.int16))
        self.sounds.append(sound)
        loop = asyncio.get_running_loop()
        self._playing = loop.call_at(sound.end, self._play, sound.end, chunks + 1)

    def _report(self, begun: int) -> None:
        if self.capabilities.reports_playout and not self._has_left:
            self._incoming.put_nowait(Played(self._received - len(self._queue) // 2 + begun))


def _now() -> float:
    return asyncio.get_running_loop().time()
