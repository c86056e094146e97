"""A call ends: its record is closed, exactly once."""

from __future__ import annotations

from backend.domain.entities.call import Call, EndCause
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.persistence_port import CallLog


class EndCall:
    """Closes calls."""

    def __init__(self, log: CallLog, clock: ClockPort) -> None:
        self._log = log
        self._clock = clock

    async def __call__(self, call: Call, cause: EndCause, *, duration_ms: int) -> Call:
        """Return the ended call after recording it.

        Raises ``ConflictError`` if the call had ended before, ``StorageError`` if it could not be recorded.
        """
        ended = call.end(cause, at=self._clock.wall_ms(), duration_ms=duration_ms)
        await self._log.close(ended)
        return ended
