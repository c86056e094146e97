"""What is told about calls that we have placed, and about those that callers are put through with."""

from __future__ import annotations

from typing import Protocol

from backend.domain.ports.telephony_port import CarrierStatus, TransferRequest
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


class TransferLegs(Protocol):
    """Told of calls to the destinations of transfers, by the transfer's reference."""

    @property
    def most_seconds(self) -> int:
        """How long a leg may last."""
        ...

    async def begin(self, grant: PhoneGrant, request: TransferRequest) -> None:
        """The carrier is about to be asked to put the caller through whom ``grant`` is about. Raises
        ``LimitError`` and ``StorageError``; then it must not be asked."""
        ...

    async def refused(self, reference: str) -> None:
        """The carrier has not placed the call. Raises nothing."""
        ...

    async def over(self, reference: str) -> None:
        """The call has ended; may come more than once. Raises nothing."""
        ...
