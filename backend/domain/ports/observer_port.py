"""Somebody who watches calls: metrics, live views."""

from __future__ import annotations

from typing import Protocol

from backend.domain.entities.call import Call
from backend.domain.entities.timeline import TimelineEntry


class CallObserver(Protocol):
    """Told of every call as it happens. Its methods return at once and never raise."""

    def call_started(self, call: Call) -> None:
        """A call has begun."""
        ...

    def entry_appended(self, call: Call, entry: TimelineEntry) -> None:
        """Something happened in a call."""
        ...

    def call_ended(self, call: Call) -> None:
        """A call is over; ``call`` says how."""
        ...
