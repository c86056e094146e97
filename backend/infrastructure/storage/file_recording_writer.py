"""The recording of a live call, on its way to disk.

Audio is collected for a second, then handed to the disk in a thread: one hop a second and a call, 64 kB of
memory at 16 kHz. A chunk of 5 s that is full is made durable and the next one begun.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from backend.domain.errors import StorageError
from backend.infrastructure.storage.recording_chunks import chunk_name, whole_frames
from backend.infrastructure.storage.wav import FRAME_BYTES

_CHUNK_S: Final = 5
_HANDOVER_S: Final = 1


class FileRecordingWriter:
    """Implements ``RecordingWriter`` in a folder that exists and is empty. One caller at a time.

    After a failure the recording ends where it is: a hole would put all that follows at the wrong time.
    """

    def __init__(self, folder: Path, rate: int) -> None:
        self._folder: Final = folder
        self._rate: Final = rate
        self._chunk_bytes: Final = _CHUNK_S * rate * FRAME_BYTES
        self._handover_bytes: Final = _HANDOVER_S * rate * FRAME_BYTES
        self._waiting = bytearray()
        self._number = 0
        self._written = 0  # bytes in the current chunk
        self._descriptor: int | None = None
        self._work: asyncio.Future[None] | None = None
        self._is_open = True

    async def write(self, interleaved: bytes) -> None:
        """Append interleaved PCM16 stereo samples.

        Raises ``StorageError`` when the disk refuses, and ever after. Cancelling loses nothing that was
        handed over before.
        """
        if not self._is_open:
            raise _ended()
        self._waiting += interleaved
        if len(self._waiting) >= self._handover_bytes:
            await self._in_thread(self._store)

    async def close(self) -> None:
        """Make everything durable. Idempotent; what cancelling broke off, the next call does.

        Raises ``StorageError``.
        """
        if self._is_open:
            await self._in_thread(self._store_last)
            self._is_open = False

    async def _in_thread(self, work: Callable[[bytearray], None]) -> None:
        """Hand over what waits to ``work`` in a thread, after whatever a cancelled caller has left running in
        one. Audio leaves us in the step that the thread gets it: we may be cancelled before."""
        if self._work is not None and not self._work.done():
            await asyncio.wait({self._work})
            if not self._is_open:
                raise _ended()
        audio, self._waiting = self._waiting, bytearray()
        self._work = asyncio.get_running_loop().run_in_executor(None, work, audio)
        try:
            await asyncio.shield(self._work)
        except OSError as error:
            raise StorageError(f"The recording cannot be written ({error.strerror}).") from error

    def _store_last(self, audio: bytearray) -> None:
        """One visit to the disk for all that is left to do: many calls may end at once."""
        self._store(audio)
        self._finish_chunk()

    def _store(self, audio: bytearray) -> None:
        rest = memoryview(audio)
        try:
            while rest:
                descriptor = self._begin_chunk() if self._descriptor is None else self._descriptor
                written = os.write(descriptor, rest[: self._chunk_bytes - self._written])
                self._written += written
                rest = rest[written:]
                if self._written == self._chunk_bytes:
                    self._finish_chunk()
        except OSError:
            self._is_open = False
            self._abandon_chunk()
            raise

    def _begin_chunk(self) -> int:
        path = self._folder / chunk_name(self._rate, self._number)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._number += 1
        self._written = 0
        return self._descriptor

    def _finish_chunk(self) -> None:
        """Make the current chunk durable, and its name."""
        if self._descriptor is None:
            return
        os.fsync(self._descriptor)
        os.close(self._descriptor)
        self._descriptor = None
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _abandon_chunk(self) -> None:
        """Keep the whole samples of the current chunk, as far as the disk lets us."""
        if self._descriptor is None:
            return
        descriptor, self._descriptor = self._descriptor, None
        try:
            os.ftruncate(descriptor, whole_frames(self._written))
        finally:
            os.close(descriptor)


def _ended() -> StorageError:
    return StorageError("The recording has ended.", code="recording-ended", retryable=False)
