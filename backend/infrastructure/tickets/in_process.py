"""Tickets kept in this process's memory: enough for one process, and gone with it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic

from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.ticket_port import GrantT
from backend.domain.value_objects.instant import NS_PER_S

_RANDOM_BYTES: Final = 32
_CAPACITY: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Issued(Generic[GrantT]):
    grant: GrantT
    expires_ns: int
    weight: int


class InProcessTickets(Generic[GrantT]):
    """A ``TicketPort`` for one kind of grant: what another one has issued opens nothing here.

    Memory is bounded: beyond ten thousand tickets nobody used, the oldest are void. ``weight_of`` tells for
    how many tickets a grant counts.
    """

    def __init__(self, clock: ClockPort, *, weight_of: Callable[[GrantT], int] = lambda _grant: 1) -> None:
        self._clock = clock
        self._weight_of = weight_of
        self._issued: dict[str, _Issued[GrantT]] = {}
        self._load = 0

    async def issue(self, grant: GrantT, *, ttl_s: int = 30) -> str:
        """Return a new ticket for ``grant`` that expires in ``ttl_s`` seconds."""
        now = self._clock.monotonic_ns()
        self._forget_expired(now)
        weight = self._weight_of(grant)
        while self._issued and self._load + weight > _CAPACITY:
            self._take(next(iter(self._issued)))
        ticket = secrets.token_urlsafe(_RANDOM_BYTES)
        self._issued[ticket] = _Issued(grant, now + ttl_s * NS_PER_S, weight)
        self._load += weight
        return ticket

    async def redeem(self, ticket: str) -> GrantT | None:
        """Return the grant, once; None if the ticket is unknown, used or expired."""
        issued = self._take(ticket)
        if issued is None or issued.expires_ns <= self._clock.monotonic_ns():
            return None
        return issued.grant

    def _forget_expired(self, now_ns: int) -> None:
        """Drop expired tickets from the old end; one with a longer life waits its turn."""
        while self._issued:
            oldest = next(iter(self._issued))
            if self._issued[oldest].expires_ns > now_ns:
                return
            self._take(oldest)

    def _take(self, ticket: str) -> _Issued[GrantT] | None:
        issued = self._issued.pop(ticket, None)
        if issued is not None:
            self._load -= issued.weight
        return issued
