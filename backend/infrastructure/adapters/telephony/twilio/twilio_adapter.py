"""Twilio: forms in, TwiML back, and REST for what we begin ourselves."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any, Final

from backend.domain.entities.call import Direction
from backend.domain.errors import ProviderError
from backend.domain.ports.carrier_media_port import MediaProtocol
from backend.domain.ports.telephony_port import (
    AnswererTold,
    Apologise,
    CallOffered,
    CallProgressed,
    CarrierEvent,
    CarrierReply,
    CarrierRequest,
    Connect,
    DialRequest,
    HangUpCall,
    Instruction,
    NoInstruction,
    TransferRequest,
    TurnAway,
    Whisper,
    WhisperWanted,
)
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.service_errors import not_understood
from backend.infrastructure.adapters.telephony.carrier_rest import CarrierRest, call_in
from backend.infrastructure.adapters.telephony.public_address import PublicAddress
from backend.infrastructure.adapters.telephony.twilio import twilio_twiml as twiml
from backend.infrastructure.adapters.telephony.twilio.twilio_calls import TwilioCalls
from backend.infrastructure.adapters.telephony.twilio.twilio_errors import CALL_IS_OVER, PROVIDER, explain
from backend.infrastructure.adapters.telephony.twilio.twilio_media import TwilioMedia
from backend.infrastructure.adapters.telephony.twilio.twilio_signature import (
    SIGNATURE_HEADER,
    is_signed_request,
    is_signed_upgrade,
)
from backend.infrastructure.adapters.telephony.twilio.twilio_webhooks import Hook, parse_request

TWILIO_URL: Final = "https://api.twilio.com"


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Whose account it is. ``auth_token`` is the primary one: it opens the REST interface, and Twilio signs
    with it."""

    account_sid: str
    auth_token: Secret
    base_url: str = TWILIO_URL


class TwilioAdapter:
    """``TelephonyPort`` on one account of Twilio's. Belongs to the loop that first uses it.

    ``public_base_url`` is where Twilio finds this server. Raises ``ValueError`` if it cannot be such a thing.
    """

    def __init__(self, account: TwilioAccount, public_base_url: str) -> None:
        self._account = account
        self._address = PublicAddress(public_base_url, PROVIDER)
        self._calls = TwilioCalls(account.account_sid, self._address)
        credentials = f"{account.account_sid}:{account.auth_token.reveal()}".encode()
        authorization = Secret(f"Basic {b64encode(credentials).decode()}")
        self._rest = CarrierRest(PROVIDER, account.base_url, authorization, explain)

    @property
    def name(self) -> str:
        """See ``TelephonyPort``."""
        return PROVIDER

    @property
    def signs_upgrades(self) -> bool:
        """See ``TelephonyPort``: it does."""
        return True

    def is_authentic(self, request: CarrierRequest) -> bool:
        """See ``TelephonyPort``."""
        token = self._account.auth_token.reveal()
        signature = request.headers.get(SIGNATURE_HEADER, "")
        if request.url.startswith(("wss:", "ws:")):
            return is_signed_upgrade(token, request.url, signature)
        content_type = request.headers.get("content-type", "")
        return is_signed_request(token, request.url, signature, content_type=content_type, body=request.body)

    def parse(self, request: CarrierRequest) -> CarrierEvent | None:
        """See ``TelephonyPort``."""
        return parse_request(request, self._account.account_sid)

    async def answer(self, event: CarrierEvent, instruction: Instruction) -> CarrierReply:
        """See ``TelephonyPort``. Takes commands only to end a call on a request whose answer Twilio ignores,
        and to limit the length of a call that somebody else has placed."""
        if isinstance(event, CallProgressed | AnswererTold):
            if isinstance(instruction, HangUpCall):
                await self.hang_up(event.carrier_call_id)
            return _reply(twiml.nothing())
        if isinstance(event, CallOffered) and isinstance(instruction, Connect):
            await self._limit(event.carrier_call_id, instruction.max_seconds)
        return _reply(self._document(event, instruction))

    def media(self) -> MediaProtocol:
        """See ``TelephonyPort``."""
        return TwilioMedia(self._account.account_sid)

    async def dial(self, request: DialRequest) -> str:
        """See ``TelephonyPort``."""
        placed = await self._rest.ask(self._calls.dial(request))
        return call_in(PROVIDER, placed.get("sid"))

    async def hang_up(self, carrier_call_id: str) -> None:
        """See ``TelephonyPort``."""
        try:
            await self._rest.ask(self._calls.hang_up(carrier_call_id))
        except ProviderError as error:
            _unless_over(error)

    async def transfer(self, carrier_call_id: str, request: TransferRequest) -> None:
        """See ``TelephonyPort``: the media stream ends now. What a warm destination is told is asked for when
        it answers (``WhisperWanted``)."""
        document = twiml.dial(self._address, request)
        try:
            is_limited = request.direction is Direction.INBOUND  # by ``answer``, for the agent's sake
            await self._rest.ask(self._calls.redirect(carrier_call_id, document, unlimited=is_limited))
        except ProviderError as error:
            _unless_over(error)

    async def send_keys(self, carrier_call_id: str, keys: str) -> None:  # noqa: ARG002 (it presses none)
        """Raises ``ProviderError`` (``keys-are-audio``): to press keys, Twilio takes a call out of its media
        stream and does not bring it back. Their tones can be played to the other side instead."""
        raise ProviderError(
            PROVIDER, "presses no keys while it streams", code="keys-are-audio", retryable=False
        )

    async def check(self) -> None:
        """See ``TelephonyPort``. Raises ``ProviderError`` (``account-not-active``) for one that is closed."""
        account = await self._rest.ask(self._calls.account())
        if account.get("status") != "active":
            raise ProviderError(
                PROVIDER, "the account is not active", code="account-not-active", retryable=False
            )

    async def webhook_of(self, number: PhoneNumber) -> str | None:
        """See ``TelephonyPort``; empty if the number announces its calls nowhere."""
        answer = await self._rest.ask(self._calls.number(str(number)))
        numbers = answer.get("incoming_phone_numbers")
        if not isinstance(numbers, list):
            raise not_understood(PROVIDER)
        if not numbers:
            return None
        owned: Any = numbers[0]
        if not isinstance(owned, dict):
            raise not_understood(PROVIDER)
        if application := owned.get("voice_application_sid"):
            owned = await self._rest.ask(self._calls.application(str(application)))
        return str(owned.get("voice_url") or "")

    async def aclose(self) -> None:
        """See ``TelephonyPort``."""
        await self._rest.aclose()

    def _document(self, event: CarrierEvent, instruction: Instruction) -> bytes:
        match instruction:
            case Connect(ticket=ticket):
                return twiml.connect(self._address, ticket)
            case Apologise(text=text, language=language):
                return twiml.apologise(text, language)
            case TurnAway(is_busy=is_busy) if isinstance(event, CallOffered):
                return twiml.reject(is_busy=is_busy)
            case Whisper(text=text, language=language) if isinstance(event, WhisperWanted):
                accepted = self._address.webhook(Hook.ACCEPTED, event.reference)
                return twiml.whisper(text, language, accepted)
            case NoInstruction():
                return twiml.nothing()
            case _:  # HangUpCall, and what cannot be done about this event
                return twiml.hang_up()

    async def _limit(self, carrier_call_id: str, seconds: int) -> None:
        try:
            await self._rest.ask(self._calls.limit(carrier_call_id, seconds))
        except ProviderError:
            return  # our own clock ends the call all the same, and a caller is waiting to be answered


def _reply(document: bytes) -> CarrierReply:
    return CarrierReply(document, twiml.CONTENT_TYPE)


def _unless_over(error: ProviderError) -> None:
    if error.code not in CALL_IS_OVER:
        raise error
