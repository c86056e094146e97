"""The desk: what is done about what carriers tell.

It knows no carrier's language, only what all of them say: events come in, an instruction goes out. What
happens to one call is decided in order, one thing after the other.
"""

from __future__ import annotations

from typing import assert_never

from backend.application.services.telephony.answering import Answering
from backend.application.services.telephony.outbound.events import OutboundEvents
from backend.application.services.telephony.phone_calls import PhoneCall, PhoneCalls
from backend.application.services.telephony.resuming import Resuming
from backend.application.services.telephony.transfers import Transfers
from backend.domain.entities.call import EndCause
from backend.domain.ports.channel_port import AnsweredBy, LineClosed, TransferRefused
from backend.domain.ports.telephony_port import (
    AnswererTold,
    CallAnswered,
    CallOffered,
    CallProgressed,
    CallUnattended,
    CarrierEvent,
    HangUpCall,
    Instruction,
    NoInstruction,
    TransferEnded,
    WhisperWanted,
)


class TelephoneDesk:
    """Decides about events. ``outbound`` knows the calls that we have placed, if we place any."""

    def __init__(
        self,
        calls: PhoneCalls,
        answering: Answering,
        resuming: Resuming,
        transfers: Transfers,
        outbound: OutboundEvents | None = None,
    ) -> None:
        self._calls = calls
        self._answering = answering
        self._resuming = resuming
        self._transfers = transfers
        self._outbound = outbound

    async def decide(self, carrier: str, event: CarrierEvent) -> Instruction:
        """Return what ``carrier`` shall do about ``event``, which may have come before. Raises
        ``StorageError``."""
        match event:
            case CallOffered():
                phone = self._calls.of(carrier, event.carrier_call_id)
                async with phone.deciding:
                    return await self._answering.offered(phone, event)
            case CallAnswered():
                phone = self._calls.of(carrier, event.carrier_call_id)
                async with phone.deciding:
                    return await self._answered(phone, event.reference)
            case CallUnattended():
                phone = self._calls.of(carrier, event.carrier_call_id)
                async with phone.deciding:
                    return await self._resuming.unattended(phone)
            case TransferEnded():
                phone = self._calls.of(carrier, event.carrier_call_id)
                async with phone.deciding:
                    instruction = await self._transferred(phone, event)
                if event.leg_is_over:
                    await self._transfers.leg_is_over(event.reference)
                return instruction
            case CallProgressed():
                return await self._progressed(carrier, event)
            case AnswererTold():
                return await self._answerer_told(carrier, event)
            case WhisperWanted():
                return self._transfers.whisper(event.reference)
            case _:
                assert_never(event)

    async def _answered(self, phone: PhoneCall, reference: str) -> Instruction:
        """Whom we called is there; the same instruction if that is told again."""
        if phone.answer is None:
            phone.reference = reference
            grant = None
            if self._outbound is not None:
                grant = await self._outbound.answered(reference, phone.id)
            if grant is None:
                phone.answer = HangUpCall()
            else:
                phone.answer = await self._answering.connect_agent(phone, grant)
        return phone.answer

    async def _progressed(self, carrier: str, event: CallProgressed) -> Instruction:
        """An end is final, whatever comes after it and whatever our own socket believes."""
        phone = self._calls.known(carrier, event.carrier_call_id)
        if phone is not None and event.status.is_end and not phone.has_ended:
            phone.has_ended = True
            phone.free_place()
            phone.tell(LineClosed(EndCause.CALLER_HUNG_UP))
            await self._transfers.caller_left(phone)
        if event.reference and self._outbound is not None:
            await self._outbound.progressed(event.reference, event.status)
        return NoInstruction()

    async def _answerer_told(self, carrier: str, event: AnswererTold) -> Instruction:
        phone = self._calls.known(carrier, event.carrier_call_id)
        if phone is not None:
            phone.tell(AnsweredBy(event.answerer, event.greeting_is_over))
            if phone.reference and self._outbound is not None:
                await self._outbound.answerer(phone.reference, event.answerer)
        return NoInstruction()

    async def _transferred(self, phone: PhoneCall, event: TransferEnded) -> Instruction:
        """Where the stream went on meanwhile, the line is told; else the caller is with the carrier."""
        is_ours = phone.transfer is not None and phone.transfer.reference == event.reference
        if is_ours:
            self._transfers.over(phone)
        if event.reached:
            if is_ours:
                phone.tell(LineClosed(EndCause.TRANSFERRED))
            return NoInstruction()
        if is_ours and phone.live is not None and self._resuming.carries_audio(phone.live):
            phone.tell(TransferRefused("not-reached"))
            return NoInstruction()
        return await self._resuming.not_reached(phone)
