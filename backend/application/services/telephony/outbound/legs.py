"""The legs of transfers: calls that we place for callers who are put through.

Whoever talks a model into one transfer after the other spends money as one does who has a key. So a leg is
stored like an attempt at an order, with all that it may cost and within the same limits, before its carrier
is asked. It is live from then on, as not every carrier tells when somebody answers, until it is known to be
over; what nobody tells is noticed as it is of all calls that we place.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from backend.application.services.telephony.outbound.events import OutboundEvents
from backend.domain.entities.outbound_call import MINUTE_S, NO_KEY, Attempt, OutboundCall, OutboundStatus
from backend.domain.errors import StorageError
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.outbound_port import DialLimits, OutboundCalls
from backend.domain.ports.telephony_port import CarrierStatus, TransferRequest
from backend.domain.ports.ticket_port import PhoneGrant

_log = logging.getLogger(__name__)


class CountedLegs:
    """Implements ``TransferLegs``. ``events`` is told of ends, and notices those that nobody tells. A leg may
    last ``longest_min``, which is not the agent's limit: it is people who talk."""

    def __init__(
        self,
        orders: OutboundCalls,
        events: OutboundEvents,
        *,
        limits: DialLimits,
        clock: ClockPort,
        new_id: Callable[[], str],
        process: str,
        longest_min: int,
    ) -> None:
        self._orders: Final = orders
        self._events: Final = events
        self._limits: Final = limits
        self._clock: Final = clock
        self._new_id: Final = new_id
        self._process: Final = process
        self._longest_min: Final = longest_min

    @property
    def most_seconds(self) -> int:
        """See ``TransferLegs``: never longer than a day's minutes."""
        return min(self._longest_min, self._limits.minutes_per_day) * MINUTE_S

    async def begin(self, grant: PhoneGrant, request: TransferRequest) -> None:
        """Store the leg, see ``TransferLegs``."""
        now = self._clock.wall_ms()
        attempt = Attempt(
            request.reference,
            now,
            reserved_s=request.max_seconds,
            process=self._process,
            status=OutboundStatus.LIVE,
            carrier_call_id=grant.carrier_call_id,  # the caller's: with their call the leg ends
        )
        leg = OutboundCall(
            id=self._new_id(),
            tenant=grant.tenant,
            key_id=NO_KEY,
            agent_id=grant.agent_id,
            to=request.destination.number,
            caller_id=request.caller_id,
            carrier=grant.carrier,
            created_at=now,
            due_at=None,
            status=OutboundStatus.LIVE,
            attempts=(attempt,),
        )
        await self._orders.add(leg, self._limits)

    async def refused(self, reference: str) -> None:
        """Free what the leg held, see ``TransferLegs``."""
        await self._told(reference, CarrierStatus.FAILED)

    async def over(self, reference: str) -> None:
        """Free what the leg held, see ``TransferLegs``. It takes the minutes since it began, whether somebody
        has answered or not."""
        await self._told(reference, CarrierStatus.COMPLETED)

    async def _told(self, reference: str, status: CarrierStatus) -> None:
        try:
            await self._events.progressed(reference, status)
        except StorageError as error:
            # A caller is waiting for what happens next; the leg is ended later, as if nobody had told.
            _log.warning("the end of a transfer was not stored", extra={"code": error.code})
