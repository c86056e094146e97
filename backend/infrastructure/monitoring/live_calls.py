"""The metrics' view of all live calls."""

from __future__ import annotations

from backend.domain.entities.call import Call
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.value_objects.call_id import CallId
from backend.infrastructure.monitoring.call_counter import CallCounter
from backend.infrastructure.monitoring.metrics import CallMetrics


class LiveCallMetrics:
    """Implements the domain's ``CallObserver`` port: hands each call's entries to its own counter."""

    def __init__(self, metrics: CallMetrics) -> None:
        self._metrics = metrics
        self._counters: dict[CallId, CallCounter] = {}

    def call_started(self, call: Call) -> None:
        """A call is live."""
        self._counters[call.id] = CallCounter(self._metrics, call)

    def entry_appended(self, call: Call, entry: TimelineEntry) -> None:
        """Count what happened."""
        if (counter := self._counters.get(call.id)) is not None:
            counter.observe(entry)

    def call_ended(self, call: Call) -> None:
        """A call is over."""
        if (counter := self._counters.pop(call.id, None)) is not None:
            counter.end(call)
