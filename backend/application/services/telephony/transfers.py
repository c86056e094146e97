"""Putting callers through, to numbers that may be dialled and to nobody else.

What a model asks for is checked here against the dial plan and the limits of dialling, whatever it was talked
into. Whom a caller is put through to is told what it is about when they answer, which the carrier asks for by
the transfer's reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from backend.application.services.telephony.outbound.events import TransferLegs
from backend.application.services.telephony.phone_calls import PhoneCall, Transfer
from backend.domain.entities.call import Direction
from backend.domain.entities.telephone import Destination
from backend.domain.errors import ConflictError, ProviderError
from backend.domain.ports.telephony_port import (
    Instruction,
    NoInstruction,
    TelephonyPort,
    TransferRequest,
    Whisper,
)
from backend.domain.ports.ticket_port import PhoneGrant
from backend.domain.value_objects.dial_plan import DialPlan
from backend.domain.value_objects.phone_number import PhoneNumber

MOST_SUMMARY: Final = 600  # characters; about half a minute of speech
MOST_REMEMBERED: Final = 1_000


class Transfers:
    """Begins transfers at ``carriers``, and knows the summaries of those under way. ``legs`` counts what they
    cost."""

    def __init__(
        self,
        carriers: Mapping[str, TelephonyPort],
        plan: DialPlan,
        legs: TransferLegs,
        new_reference: Callable[[], str],
    ) -> None:
        self._carriers = carriers
        self._plan = plan
        self._legs = legs
        self._new_reference = new_reference
        self._under_way: dict[str, Transfer] = {}

    async def begin(self, phone: PhoneCall, destination: Destination, summary: str) -> None:
        """Put the caller through.

        Raises ``ConflictError`` (``forbidden-number``, ``no-caller-id``, or ``transfer-under-way`` for the
        second at a time), ``LimitError``, ``StorageError`` and ``ProviderError``. When cancelled, it may have
        begun all the same: it counts until it is known to be over.
        """
        self._plan.check(destination.number)
        if phone.transfer is not None:
            raise ConflictError("The caller is being put through already.", code="transfer-under-way")
        grant = _grant(phone)
        request = TransferRequest(
            destination=destination,
            caller_id=_our_number(grant),
            reference=self._new_reference(),
            summary=summary[:MOST_SUMMARY],
            language=phone.language,
            max_seconds=self._legs.most_seconds,
            direction=grant.direction,
        )
        phone.transfer = transfer = Transfer(request.reference, request.summary, request.language)
        self._remember(transfer)
        try:
            await self._legs.begin(grant, request)
            await self._ask(phone, request)
        except BaseException:
            self.over(phone)
            raise

    def whisper(self, reference: str) -> Instruction:
        """Return what a destination is told. Of a transfer that is not known (any more) it is told nothing:
        somebody is waiting for it."""
        transfer = self._under_way.get(reference)
        return NoInstruction() if transfer is None else Whisper(transfer.summary, transfer.language)

    async def caller_left(self, phone: PhoneCall) -> None:
        """The call of a caller has ended at its carrier, and with it the transfer, if there was one."""
        transfer = phone.transfer
        self.over(phone)
        if transfer is not None:
            await self._legs.over(transfer.reference)

    async def leg_is_over(self, reference: str) -> None:
        """The call to a destination has ended."""
        await self._legs.over(reference)

    def over(self, phone: PhoneCall) -> None:
        """Forget the transfer of a call, if it had one."""
        if phone.transfer is not None:
            self._under_way.pop(phone.transfer.reference, None)
            phone.transfer = None

    async def _ask(self, phone: PhoneCall, request: TransferRequest) -> None:
        try:
            await self._carriers[phone.carrier].transfer(phone.id, request)
        except ProviderError:
            await self._legs.refused(request.reference)
            raise

    def _remember(self, transfer: Transfer) -> None:
        if len(self._under_way) >= MOST_REMEMBERED:
            del self._under_way[next(iter(self._under_way))]
        self._under_way[transfer.reference] = transfer


def _grant(phone: PhoneCall) -> PhoneGrant:
    if phone.grant is None:
        raise _no_caller_id()
    return phone.grant


def _our_number(grant: PhoneGrant) -> PhoneNumber:
    """Return which of our numbers the call is on, to be shown to whom it is put through to."""
    try:
        return PhoneNumber(grant.called if grant.direction is Direction.INBOUND else grant.caller)
    except ValueError:
        raise _no_caller_id() from None


def _no_caller_id() -> ConflictError:
    return ConflictError("The call is on none of our numbers.", code="no-caller-id")
