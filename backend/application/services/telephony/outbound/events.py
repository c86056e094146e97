"""What the desk tells about calls that we have placed."""

from __future__ import annotations

from typing import Protocol

from backend.domain.ports.telephony_port import CarrierStatus
from backend.domain.ports.ticket_port import PhoneGrant
from backend.domain.value_objects.answerer import Answerer


class OutboundEvents(Protocol):
    """Told by the reference that a call was placed with; each may come more than once, and in any order."""

    async def answered(self, reference: str, carrier_call_id: str) -> PhoneGrant | None:
        """Somebody is there. Return what the call is about, None if it is wanted no more."""
        ...

    async def progressed(self, reference: str, status: CarrierStatus) -> None:
        """The call has come so far."""
        ...

    async def answerer(self, reference: str, answerer: Answerer) -> None:
        """The carrier has found out who answered."""
        ...
