"""Recordings switched off."""

from __future__ import annotations

from backend.domain.errors import NotFoundError
from backend.domain.value_objects.call_id import CallId


class NoRecording:
    """Implements ``RecordingWriter`` by keeping nothing."""

    async def write(self, interleaved: bytes) -> None:
        """Forget it."""

    async def close(self) -> None:
        """Nothing to make durable."""


class NoRecordings:
    """Implements ``RecordingStore`` for an owner who keeps no audio."""

    async def create(self, call_id: CallId, rate: int) -> NoRecording:  # noqa: ARG002 (see the port)
        """Return a writer that keeps nothing."""
        return NoRecording()

    def exists(self, call_id: CallId) -> bool:  # noqa: ARG002
        """There is none."""
        return False

    async def size(self, call_id: CallId) -> int | None:  # noqa: ARG002
        """There is none."""
        return None

    async def read(self, call_id: CallId, start: int, end: int) -> bytes:  # noqa: ARG002
        """There is none. Raises ``NotFoundError``."""
        raise NotFoundError("The call has no recording.")

    async def delete(self, call_id: CallId) -> None:
        """There is none."""
