"""Recordings of calls: 16-bit stereo, caller left, agent right."""

from __future__ import annotations

from typing import Protocol

from backend.domain.value_objects.call_id import CallId


class RecordingWriter(Protocol):
    """The recording of one live call."""

    async def write(self, interleaved: bytes) -> None:
        """Append interleaved PCM16 stereo samples. Raises ``StorageError``; the call goes on without."""
        ...

    async def close(self) -> None:
        """Make everything durable. Idempotent."""
        ...


class RecordingStore(Protocol):
    """All recordings. What was written survives the process up to the last finished chunk (5 s)."""

    async def create(self, call_id: CallId, rate: int) -> RecordingWriter:
        """Begin a recording at ``rate`` Hz. Raises ``StorageError``."""
        ...

    def exists(self, call_id: CallId) -> bool:
        """Whether the call seems to have a recording. What cannot be read does not count; raises nothing.

        Blocks for a look at the disk, so that a whole page of calls costs one visit to a thread.
        """
        ...

    async def size(self, call_id: CallId) -> int | None:
        """Return the size in bytes of the recording as one WAV file, or None if there is none."""
        ...

    async def read(self, call_id: CallId, start: int, end: int) -> bytes:
        """Return bytes ``[start, end)`` of the recording as one WAV file. Raises ``NotFoundError``."""
        ...

    async def delete(self, call_id: CallId) -> None:
        """Remove the recording, if there is one."""
        ...
