"""A call ends: its record is closed."""

from __future__ import annotations

from backend.domain.entities.call import Call, CallStatus
from backend.domain.errors import ConflictError
from backend.domain.ports.persistence_port import CallLog


class EndCall:
    """Closes the records of calls."""

    def __init__(self, log: CallLog) -> None:
        self._log = log

    async def __call__(self, ended: Call) -> None:
        """Record how a call has ended; doing that again changes nothing.

        Raises ``ConflictError`` if the call is live, ``StorageError`` if it could not be recorded.
        """
        if ended.status is CallStatus.LIVE:
            raise ConflictError(f"call {ended.id} has not ended", code="call-live")
        await self._log.close(ended)
