"""A carrier's request, from its arrival to the response: who sent it, what it says, what is done about it.

Nothing is read, written or spent on a request that its carrier has not signed.
"""

from __future__ import annotations

from collections.abc import Mapping

from backend.application.services.telephony.desk import TelephoneDesk
from backend.domain.errors import CallerError, NotFoundError
from backend.domain.ports.telephony_port import CarrierReply, CarrierRequest, TelephonyPort


class CarrierRequests:
    """Answers the requests of ``carriers``, by name."""

    def __init__(self, carriers: Mapping[str, TelephonyPort], desk: TelephoneDesk) -> None:
        self._carriers = carriers
        self._desk = desk

    def knows(self, carrier: str) -> bool:
        """Whether there is such a carrier."""
        return carrier in self._carriers

    async def reply_to(self, carrier: str, request: CarrierRequest) -> CarrierReply:
        """Return the response to ``request``.

        Raises ``NotFoundError`` for another carrier, ``CallerError`` (``bad-signature``, ``foreign-account``,
        ``bad-webhook``), ``ProviderError`` if the carrier does not do what it is told, ``StorageError``.
        """
        adapter = self._carriers.get(carrier)
        if adapter is None:
            raise NotFoundError("There is no such carrier.")
        if not adapter.is_authentic(request):
            raise CallerError("This request is not signed by its carrier.", code="bad-signature")
        event = adapter.parse(request)
        if event is None:
            return CarrierReply()
        return await adapter.answer(event, await self._desk.decide(carrier, event))
