"""Tickets kept in this process's memory: enough for one process, and gone with it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final, Generic

from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.ticket_port import GrantT
from backend.domain.value_objects.instant import NS_PER_S

_RANDOM_BYTES: Final = 32
_MAX_OUTSTANDING: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Issued(Generic[GrantT]):
    grant: GrantT
    expires_ns: int


class InProcessTickets(Generic[GrantT]):
    """A ``TicketPort`` for one kind of grant: what another one has issued opens nothing here.

    Memory is bounded: beyond ten thousand tickets nobody used, the oldest is void.
    """

    def __init__(self, clock: ClockPort) -> None:
        self._clock = clock
        self._issued: dict[str, _Issued[GrantT]] = {}

    async def issue(self, grant: GrantT, *, ttl_s: int = 30) -> str:
        """Return a new ticket for ``grant`` that expires in ``ttl_s`` seconds."""
        now = self._clock.monotonic_ns()
        self._forget_expired(now)
        if len(self._issued) >= _MAX_OUTSTANDING:
            del self._issued[next(iter(self._issued))]
        ticket = secrets.token_urlsafe(_RANDOM_BYTES)
        self._issued[ticket] = _Issued(grant, now + ttl_s * NS_PER_S)
        return ticket

    async def redeem(self, ticket: str) -> GrantT | None:
        """Return the grant, once; None if the ticket is unknown, used or expired."""
        issued = self._issued.pop(ticket, None)
        if issued is None or issued.expires_ns <= self._clock.monotonic_ns():
            return None
        return issued.grant

    def _forget_expired(self, now_ns: int) -> None:
        """Drop expired tickets from the old end; one with a longer life waits its turn."""
        while self._issued:
            oldest = next(iter(self._issued))
            if self._issued[oldest].expires_ns > now_ns:
                return
            del self._issued[oldest]
