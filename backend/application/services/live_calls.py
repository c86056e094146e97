"""The live calls of this process, and those who watch them.

Every call is folded as it goes (see ``live_call``). A watch keeps no messages, only the names of the calls
that have changed since it told of them last; what is told of a call is looked up when there is somebody to
take it. So a slow reader skips states instead of falling behind, several changes at once are one, and a
watch holds no more than the live calls, however long its reader sleeps.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from backend.application.services.live_call import LiveCall, LiveCallFold
from backend.domain.entities.call import Call
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import VictoriaError
from backend.domain.value_objects.call_id import CallId

# Five times a second is as often as a person can make use of.
INTERVAL_S: Final = 0.2
MAX_WATCHES: Final = 50  # of one tenant


@dataclass(frozen=True, slots=True)
class CallEnded:
    """There is no such live call any more."""

    call_id: CallId


LiveChange = LiveCall | CallEnded


class LiveWatch:
    """What one reader has been told, and of which calls there is more to tell."""

    def __init__(self, tenant: str, calls: Mapping[CallId, LiveCallFold]) -> None:
        self._tenant = tenant
        self._calls = calls
        self._told: dict[CallId, LiveCall] = {}
        self._changed: dict[CallId, None] = {}  # in the order of their change
        self._news = asyncio.Event()

    def snapshot(self) -> list[LiveCall]:
        """Return all live calls of the tenant; ``changes`` tells what differs from that."""
        self._told = {id_: fold.view() for id_, fold in self._calls.items() if fold.tenant == self._tenant}
        return list(self._told.values())

    async def changes(self) -> AsyncGenerator[LiveChange, None]:
        """Yield what changes, forever: of a call not more than once in ``INTERVAL_S``, each time its newest
        state, and never twice the same."""
        while True:
            await self._news.wait()
            self._news.clear()
            changed, self._changed = self._changed, {}
            for call_id in changed:
                if (change := self._change_of(call_id)) is not None:
                    yield change
            await asyncio.sleep(INTERVAL_S)

    def call_changed(self, call_id: CallId) -> None:
        """Something happened in a call, or it is new."""
        self._changed[call_id] = None
        self._news.set()

    def call_ended(self, call_id: CallId) -> None:
        """A call is over. A reader who never heard of it need not hear of its end."""
        if call_id in self._told:
            self.call_changed(call_id)
        else:
            self._changed.pop(call_id, None)

    def _change_of(self, call_id: CallId) -> LiveChange | None:
        fold = self._calls.get(call_id)
        if fold is None:
            return CallEnded(call_id) if self._told.pop(call_id, None) is not None else None
        view = fold.view()
        if self._told.get(call_id) == view:
            return None
        self._told[call_id] = view
        return view


class LiveCalls:
    """Implements the domain's ``CallObserver`` port for whoever watches."""

    def __init__(self) -> None:
        self._calls: dict[CallId, LiveCallFold] = {}
        self._watches: dict[str, list[LiveWatch]] = {}

    @property
    def watches(self) -> int:
        """How many watch, of all tenants."""
        return sum(map(len, self._watches.values()))

    @contextmanager
    def watch(self, tenant: str) -> Iterator[LiveWatch]:
        """Watch the calls of ``tenant``.

        Raises ``VictoriaError`` (``busy``) if ``MAX_WATCHES`` do so already.
        """
        watches = self._watches.setdefault(tenant, [])
        if len(watches) >= MAX_WATCHES:
            raise VictoriaError("Too many live views are open.", code="busy", retryable=True)
        watch = LiveWatch(tenant, self._calls)
        watches.append(watch)
        try:
            yield watch
        finally:
            watches.remove(watch)
            if not watches:
                del self._watches[tenant]

    def call_started(self, call: Call) -> None:
        """A call has begun."""
        self._calls[call.id] = LiveCallFold(call)
        for watch in self._watches_of(call):
            watch.call_changed(call.id)

    def entry_appended(self, call: Call, entry: TimelineEntry) -> None:
        """Something happened in a call."""
        fold = self._calls.get(call.id)
        if fold is None:  # it could not begin, and is being wound up
            return
        fold.take(entry)
        for watch in self._watches_of(call):
            watch.call_changed(call.id)

    def call_ended(self, call: Call) -> None:
        """A call is over."""
        if self._calls.pop(call.id, None) is not None:
            for watch in self._watches_of(call):
                watch.call_ended(call.id)

    def _watches_of(self, call: Call) -> list[LiveWatch]:
        return self._watches.get(call.tenant, []) if self._watches else []
