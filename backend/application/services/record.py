"""What is kept of a call: its timeline and its audio, off the audio path.

The conversation only puts things here; one task takes the entries to the log and one the audio to the disk,
so that neither waits for the other. When storage is slow or away, the call goes on: entries wait (the log
itself journals them), and a recording that cannot be written ends there. What storage will never take is left
out, so that it holds up nothing behind it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.application.processors.caller_line import CallerLine, Placed
from backend.application.processors.stereo_mixer import StereoMixer
from backend.application.services.call_clock import CallClock
from backend.application.services.signal import Signal
from backend.domain.entities.call import Call
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import StorageError
from backend.domain.ports.channel_port import Notice, TimelineCommitted, TroubleReported
from backend.domain.ports.persistence_port import CallLog
from backend.domain.ports.recording_port import RecordingStore, RecordingWriter
from backend.domain.value_objects.engine_names import EngineNames
from backend.domain.value_objects.instant import NS_PER_S, Instant, later

AUDIO_EVERY_S: Final = 1.0
# Audio younger than this is not final: playout is reported with a delay, a stall is filled by its burst.
AUDIO_DELAY_MS: Final = 2_500
RETRY_S: Final = 1.0
# A timeline has some tens of entries a second; this is minutes of a storage that takes nothing at all.
MAX_WAITING: Final = 20_000

_log = logging.getLogger(__name__)

Tell = Callable[[Notice], None]


class Record:
    """The keeper of one call's timeline and of its recording at ``rate`` Hz; ``engines`` are those that the
    call begins with."""

    def __init__(
        self,
        call: Call,
        *,
        log: CallLog,
        recordings: RecordingStore,
        rate: int,
        clock: CallClock,
        engines: EngineNames | None = None,
    ) -> None:
        self._call = call
        self._engines = engines
        self._log = log
        self._recordings = recordings
        self._rate = rate
        self._clock = clock
        self._mixer = StereoMixer(rate)
        self._caller_line = CallerLine(rate)
        self._writer: RecordingWriter | None = None
        self._entries: deque[TimelineEntry] = deque()
        self._signal = Signal(clock)
        self._is_open = False
        self._is_refused = False  # the call itself, and with it all that happens in it
        self._is_in_trouble = False
        self._is_recording = True

    # --- what happens, which never waits ----------------------------------------------------------

    def entry(self, entry: TimelineEntry) -> None:
        """Keep an entry. Raises ``StorageError`` if far too many wait."""
        if self._is_refused:
            return
        if len(self._entries) >= MAX_WAITING:
            raise StorageError("storage has taken nothing for too long", code="storage-overflow")
        self._entries.append(entry)
        self._signal.set()

    def caller_audio(self, samples: NDArray[np.int16], came_at: Instant, stamp_ms: int | None) -> None:
        """Keep the caller's audio (int16, shape (n,)), whose last sample came at ``came_at``; its first was
        spoken at ``stamp_ms`` by the sender's clock."""
        self._lay(self._caller_line.put(samples, self._sample(came_at), stamp_ms))

    def _lay(self, audio: Sequence[Placed]) -> None:
        for placed in audio:
            self._mixer.caller(placed.samples, placed.begins)

    def agent_audio(self, at: Instant, pcm: bytes) -> None:
        """Keep audio of the agent that the caller heard from ``at`` on."""
        self._mixer.agent(np.frombuffer(pcm, np.int16), self._sample(at))

    # --- the disk ---------------------------------------------------------------------------------

    async def keep_entries(self, tell: Tell) -> None:
        """Write entries until cancelled. ``tell`` reaches the person at the other end."""
        while True:
            await self.write_entries(tell)
            if self._entries:  # storage refused them
                await asyncio.sleep(RETRY_S)
            else:
                await self._signal.wait(None)

    async def keep_audio(self, tell: Tell) -> None:
        """Write audio until cancelled or refused."""
        while self._is_recording:
            await asyncio.sleep(AUDIO_EVERY_S)
            until = self._sample(later(self._clock.now(), -AUDIO_DELAY_MS))
            self._lay(self._caller_line.settle(until))
            await self._write_audio(partial(self._mixer.take, until), tell)

    async def write_entries(self, tell: Tell) -> None:
        """Write the entries that wait; while storage is away they go on waiting."""
        try:
            if not self._is_open and not await self._open(tell):
                return
            while self._entries:
                await self._append(list(self._entries), tell)
        except StorageError as error:
            self._report(error, tell)

    async def finish_entries(self, tell: Tell) -> None:
        """Write the entries that are left. Raises ``StorageError`` while storage is away."""
        await self.write_entries(tell)
        if self._entries:
            raise StorageError("Entries of a timeline wait to be written.")

    async def _open(self, tell: Tell) -> bool:
        """Begin the record; False if storage will never take it. Raises ``StorageError`` while it is away."""
        try:
            if not self._is_refused:
                await self._log.open(self._call, self._engines)
                self._is_open = True
        except StorageError as error:
            if error.retryable:
                raise
            self._is_refused = True
            self._entries.clear()
            _log.error("a call is not recorded", extra={"call_id": self._call.id.value, "code": error.code})
            self._report(error, tell)
        return self._is_open

    async def _append(self, batch: Sequence[TimelineEntry], tell: Tell) -> None:
        """Write the first entries that wait, which are ``batch``, without those that are refused for good.

        Raises ``StorageError`` while storage is away; what was not written by then goes on waiting.
        """
        try:
            await self._log.append(self._call.id, batch)
        except StorageError as error:
            if error.retryable:
                raise
            if len(batch) > 1:
                middle = len(batch) // 2
                await self._append(batch[:middle], tell)
                await self._append(batch[middle:], tell)
                return
            where = {"call_id": self._call.id.value, "seq": batch[0].seq, "code": error.code}
            _log.error("a timeline entry is left out", extra=where)
            self._entries.popleft()
            self._report(error, tell)
        else:
            for _ in batch:
                self._entries.popleft()
            self._is_in_trouble = False
            tell(TimelineCommitted(batch[-1].seq))

    def _report(self, error: StorageError, tell: Tell) -> None:
        """Tell the person at the other end, once until something was written again."""
        if not self._is_in_trouble:
            self._is_in_trouble = True
            tell(TroubleReported(error.code, error.message))

    async def finish_audio(self, duration_ms: int, tell: Tell) -> None:
        """Write the rest of the recording of a call that lasted ``duration_ms``, and close it."""
        self._lay(self._caller_line.finish())
        if self._is_recording and (dropped := self._mixer.dropped_samples):
            where = {"call_id": self._call.id.value, "samples": dropped}
            _log.warning("audio had no place in the recording of a call", extra=where)
        total = duration_ms * self._rate // 1_000
        await self._write_audio(partial(self._mixer.finish, total), tell)
        if self._writer is not None:
            await self._writer.close()

    async def _write_audio(self, take: Callable[[], bytes], tell: Tell) -> None:
        """Audio leaves the mixer only when there is somebody to take it: we may be cancelled before."""
        if not self._is_recording:
            return
        try:
            if self._writer is None:
                self._writer = await self._recordings.create(self._call.id, self._rate)
            if audio := take():
                await self._writer.write(audio)
        except StorageError as error:
            self._is_recording = False
            tell(TroubleReported(error.code, error.message))

    def _sample(self, instant: Instant) -> int:
        return instant * self._rate // NS_PER_S
