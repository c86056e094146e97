"""What the log says of calls: that they began, what went wrong in them, how they ended.

The timeline is the record of a call; the log only has to lead there, so each line carries the call's id and
none carries what was said.
"""

from __future__ import annotations

import logging

from backend.domain.conversation.events import MediaStalled, ReplyFailed, TranscriptionFailed
from backend.domain.entities.call import Call, CallStatus
from backend.domain.entities.timeline import TimelineEntry

_log = logging.getLogger(__name__)


class CallLines:
    """Implements the ``CallObserver`` port."""

    def call_started(self, call: Call) -> None:
        """A call has begun."""
        extra = {"call_id": call.id.value, "agent_id": call.agent.id, "direction": call.direction.value}
        _log.info("call started", extra=extra)

    def entry_appended(self, call: Call, entry: TimelineEntry) -> None:
        """Something happened: worth a line if an engine or the line failed."""
        match entry.event:
            case ReplyFailed(code=code):
                _log.warning("a reply failed", extra={"call_id": call.id.value, "code": code})
            case TranscriptionFailed(code=code):
                _log.warning("recognition failed", extra={"call_id": call.id.value, "code": code})
            case MediaStalled():
                _log.info("the line has stalled", extra={"call_id": call.id.value})
            case _:
                pass

    def call_ended(self, call: Call) -> None:
        """A call is over."""
        extra = {
            "call_id": call.id.value,
            "cause": call.end_cause.value if call.end_cause else None,
            "duration_ms": call.duration_ms,
        }
        _log.log(
            logging.WARNING if call.status is CallStatus.FAILED else logging.INFO, "call ended", extra=extra
        )
