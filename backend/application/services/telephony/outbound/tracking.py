"""What becomes of the calls that we have placed: what carriers tell, and what they forget to tell."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from backend.application.services.telephony.outbound.dialler import DIAL_S, RING_S, Dialler
from backend.domain.entities.call import Call, CallStatus, Direction, EndCause
from backend.domain.entities.outbound_call import Attempt, OutboundCall, OutboundStatus
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.outbound_port import OutboundCalls
from backend.domain.ports.phone_call_port import PhoneCallHistory
from backend.domain.ports.phone_line_port import PhoneLineRepository
from backend.domain.ports.telephony_port import CarrierStatus
from backend.domain.ports.ticket_port import PhoneGrant
from backend.domain.value_objects.answerer import Answerer

NEWS: Final = {
    CarrierStatus.RINGING: OutboundStatus.RINGING,
    CarrierStatus.ANSWERED: OutboundStatus.LIVE,
    CarrierStatus.COMPLETED: OutboundStatus.COMPLETED,
    CarrierStatus.BUSY: OutboundStatus.BUSY,
    CarrierStatus.NO_ANSWER: OutboundStatus.NO_ANSWER,
    CarrierStatus.FAILED: OutboundStatus.FAILED,
    CarrierStatus.CANCELLED: OutboundStatus.CANCELLED,
}

# Whoever dials has given up long before.
ABANDONED_MS: Final = (DIAL_S + 40) * 1_000
SILENT_MS: Final = (RING_S + 90) * 1_000  # a carrier that has not said how the ringing ended
OVERDUE_MS: Final = 120_000  # beyond the time after which a carrier was to end the call itself
ENDED_MS: Final = 20_000  # a carrier tells that a call is over within some seconds

# The conversation is over and the carrier's call may not be.
_MAY_GO_ON: Final = frozenset({EndCause.CONNECTION_LOST, EndCause.PROCESS_DIED, EndCause.TRANSFERRED})

_log = logging.getLogger(__name__)


class OutboundTracking:
    """Implements ``OutboundEvents``. ``changed`` is called when a place or a minute may have become free.

    All methods raise ``StorageError``.
    """

    def __init__(
        self,
        orders: OutboundCalls,
        lines: PhoneLineRepository,
        history: PhoneCallHistory,
        dialler: Dialler,
        clock: ClockPort,
        *,
        process: str,
        changed: Callable[[], None],
    ) -> None:
        self._orders: Final = orders
        self._lines: Final = lines
        self._history: Final = history
        self._dialler: Final = dialler
        self._clock: Final = clock
        self._process: Final = process
        self._changed: Final = changed

    async def answered(self, reference: str, carrier_call_id: str) -> PhoneGrant | None:
        """Return what a call is about that was answered, None if it is wanted no more."""
        now = self._clock.wall_ms()
        order = await self._orders.change_of(
            reference,
            lambda each: each.placed(reference, carrier_call_id).told(reference, OutboundStatus.LIVE, now),
        )
        attempt = None if order is None else order.under_way
        if order is None or attempt is None:
            return None
        if (attempt.reference, attempt.carrier_call_id) != (reference, carrier_call_id):
            return None
        line = await self._lines.with_number(order.carrier, order.caller_id)
        return PhoneGrant(
            tenant=order.tenant,
            agent_id=order.agent_id,
            carrier=order.carrier,
            carrier_call_id=carrier_call_id,
            direction=Direction.OUTBOUND,
            caller=order.caller_id.value,
            called=order.to.value,
            language=line.language if line is not None and line.tenant == order.tenant else None,
            variables=order.variables,
            order_id=order.id,
        )

    async def progressed(self, reference: str, status: CarrierStatus) -> None:
        """Note how far a call has come."""
        now = self._clock.wall_ms()
        await self._orders.change_of(reference, lambda each: each.told(reference, NEWS[status], now))
        if status.is_end:
            self._changed()

    async def answerer(self, reference: str, answerer: Answerer) -> None:
        """Note who has answered."""
        await self._orders.change_of(reference, lambda each: each.answered_by(reference, answerer))

    async def sweep(self) -> None:
        """End what nobody tells us the end of: what a dead process was dialling, what a carrier is silent
        about, and calls whose conversation is over."""
        now = self._clock.wall_ms()
        for order in await self._orders.abandoned(self._process, now - ABANDONED_MS):
            await self._give_up(order, "process-died")
        for summary in await self._orders.under_way():
            attempt = summary.order.under_way
            if attempt is None:
                continue
            if attempt.status is OutboundStatus.LIVE:
                await self._end_if_over(summary.order, attempt, now)
            elif attempt.carrier_call_id and now - attempt.at > SILENT_MS:
                await self._give_up(summary.order, "carrier-silent")
                await self._dialler.hang_up(summary.order, attempt.carrier_call_id)

    async def _give_up(self, order: OutboundCall, cause: str) -> None:
        attempt = order.under_way
        if attempt is None:
            return
        _log.warning("a call was given up", extra={"order": order.id, "code": cause})
        now = self._clock.wall_ms()
        await self._orders.change(
            order.id, lambda each: each.given_up(attempt.reference, OutboundStatus.FAILED, cause, now)
        )

    async def _end_if_over(self, order: OutboundCall, attempt: Attempt, now: int) -> None:
        call = await self._history.latest(order.carrier, attempt.carrier_call_id)
        ended_at = _ended_at(call) if call is not None else None
        latest_end = (attempt.answered_at or attempt.at) + attempt.reserved_s * 1_000 + OVERDUE_MS
        if ended_at is not None and now - ended_at > ENDED_MS:
            over_at = ended_at
        elif now > latest_end:
            over_at = latest_end
        else:
            return
        await self._orders.change(
            order.id, lambda each: each.told(attempt.reference, OutboundStatus.COMPLETED, over_at)
        )


def _ended_at(call: Call) -> int | None:
    """Return when a conversation ended with which its carrier's call has ended as well."""
    if call.status is CallStatus.LIVE or call.end_cause in _MAY_GO_ON:
        return None
    return call.ended_at
