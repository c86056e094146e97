"""A carrier without anybody outside: for trying out, for tests, and for measuring.

Everything is as with a real one (signed requests, tickets, a media socket with receipts), so that what works
here works there. It exists only where nobody but this machine can reach the server.
"""

from __future__ import annotations

from typing import Final

from backend.domain.ports.carrier_media_port import MediaProtocol
from backend.domain.ports.telephony_port import (
    AnswererTold,
    CallProgressed,
    CarrierEvent,
    CarrierReply,
    CarrierRequest,
    DialRequest,
    HangUpCall,
    Instruction,
    NoInstruction,
    TransferRequest,
)
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.telephony.loopback.loopback_exchange import LoopbackExchange
from backend.infrastructure.adapters.telephony.loopback.loopback_media import LoopbackMedia
from backend.infrastructure.adapters.telephony.loopback.loopback_signature import is_signed
from backend.infrastructure.adapters.telephony.loopback.loopback_webhooks import parse_webhook, reply_to
from backend.infrastructure.adapters.telephony.public_address import PublicAddress

NAME: Final = "loopback"


class LoopbackAdapter:
    """Implements ``TelephonyPort`` with the telephones of ``exchange``; every number is ours."""

    def __init__(
        self, secret: Secret, public_base_url: str, exchange: LoopbackExchange | None = None
    ) -> None:
        self._secret = secret
        self._address = PublicAddress(public_base_url, NAME)
        self.exchange = exchange or LoopbackExchange()

    @property
    def name(self) -> str:
        """See ``TelephonyPort``."""
        return NAME

    @property
    def signs_upgrades(self) -> bool:
        """See ``TelephonyPort``: it does."""
        return True

    def is_authentic(self, request: CarrierRequest) -> bool:
        """See ``TelephonyPort``."""
        return is_signed(self._secret, request)

    def parse(self, request: CarrierRequest) -> CarrierEvent | None:
        """See ``TelephonyPort``. There is one path for everything."""
        return parse_webhook(request.body)

    async def answer(self, event: CarrierEvent, instruction: Instruction) -> CarrierReply:
        """See ``TelephonyPort``."""
        if isinstance(event, CallProgressed | AnswererTold):
            if isinstance(instruction, HangUpCall):
                await self.hang_up(event.carrier_call_id)
            return reply_to(NoInstruction())
        return reply_to(instruction)

    def media(self) -> MediaProtocol:
        """See ``TelephonyPort``."""
        return LoopbackMedia()

    async def dial(self, request: DialRequest) -> str:
        """See ``TelephonyPort``."""
        return self.exchange.dial(request)

    async def hang_up(self, carrier_call_id: str) -> None:
        """See ``TelephonyPort``."""
        if (phone := self.exchange.phone_in(carrier_call_id)) is not None:
            self.exchange.has_left(carrier_call_id)
            phone.was_hung_up(carrier_call_id)

    async def transfer(self, carrier_call_id: str, request: TransferRequest) -> None:
        """See ``TelephonyPort``: what becomes of it is up to the telephone."""
        if (phone := self.exchange.phone_in(carrier_call_id)) is not None:
            phone.was_put_through(carrier_call_id, request)

    async def send_keys(self, carrier_call_id: str, keys: str) -> None:
        """See ``TelephonyPort``."""
        if (phone := self.exchange.phone_in(carrier_call_id)) is not None:
            phone.heard_keys(carrier_call_id, keys)

    async def check(self) -> None:
        """See ``TelephonyPort``: there is nothing that could be wrong."""

    async def webhook_of(self, number: PhoneNumber) -> str | None:  # noqa: ARG002 - the port's
        """See ``TelephonyPort``: all calls are announced here."""
        return self._address.webhook()

    async def aclose(self) -> None:
        """See ``TelephonyPort``: there is nothing to free."""
