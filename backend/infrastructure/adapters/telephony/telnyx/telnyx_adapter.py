"""Telnyx: JSON in, an empty answer back, and every instruction as a command over REST."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from backend.domain.errors import ProviderError
from backend.domain.ports.carrier_media_port import MediaProtocol
from backend.domain.ports.clock_port import ClockPort
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
from backend.infrastructure.adapters.telephony.carrier_rest import CarrierRest, RestOrder, call_in
from backend.infrastructure.adapters.telephony.public_address import PublicAddress
from backend.infrastructure.adapters.telephony.spoken_language import spoken_tag
from backend.infrastructure.adapters.telephony.telnyx import telnyx_commands as commands
from backend.infrastructure.adapters.telephony.telnyx.telnyx_errors import CALL_IS_OVER, PROVIDER, explain
from backend.infrastructure.adapters.telephony.telnyx.telnyx_events import (
    ApologyDue,
    ApologySaid,
    DestinationAnswered,
    DestinationDecided,
)
from backend.infrastructure.adapters.telephony.telnyx.telnyx_media import TelnyxMedia
from backend.infrastructure.adapters.telephony.telnyx.telnyx_signature import (
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    is_signed,
    public_key_of,
)
from backend.infrastructure.adapters.telephony.telnyx.telnyx_webhooks import parse_request

TELNYX_URL: Final = "https://api.telnyx.com"


@dataclass(frozen=True, slots=True)
class TelnyxAccount:
    """Whose account it is. ``public_key`` is what it signs with (base64), ``connection_id`` the application
    that our calls belong to."""

    api_key: Secret
    public_key: str
    connection_id: str
    base_url: str = TELNYX_URL


class TelnyxAdapter:
    """``TelephonyPort`` on one account of Telnyx'. Belongs to the loop that first uses it.

    ``public_base_url`` is where Telnyx finds this server. Raises ``ValueError`` if it cannot be such a thing,
    and ``ConfigurationError`` if the public key is none.
    """

    def __init__(self, account: TelnyxAccount, public_base_url: str, clock: ClockPort) -> None:
        self._connection_id = account.connection_id
        self._public_key = public_key_of(account.public_key)
        self._clock = clock
        self._commands = commands.TelnyxCommands(
            account.connection_id, PublicAddress(public_base_url, PROVIDER)
        )
        authorization = Secret(f"Bearer {account.api_key.reveal()}")
        self._rest = CarrierRest(PROVIDER, account.base_url, authorization, explain)

    @property
    def name(self) -> str:
        """See ``TelephonyPort``."""
        return PROVIDER

    @property
    def signs_upgrades(self) -> bool:
        """See ``TelephonyPort``: it does not."""
        return False

    def is_authentic(self, request: CarrierRequest) -> bool:
        """See ``TelephonyPort``."""
        return is_signed(
            self._public_key,
            signature=request.headers.get(SIGNATURE_HEADER, ""),
            timestamp=request.headers.get(TIMESTAMP_HEADER, ""),
            body=request.body,
            now_s=self._clock.wall_ms() / 1_000,
        )

    def parse(self, request: CarrierRequest) -> CarrierEvent | None:
        """See ``TelephonyPort``."""
        return parse_request(request.body)

    async def answer(self, event: CarrierEvent, instruction: Instruction) -> CarrierReply:
        """See ``TelephonyPort``. Telnyx has no limit to set for a call that somebody else has placed; its own
        is four hours."""
        match event:
            case ApologyDue(carrier_call_id=call, text=text, language=language):
                await self._do(commands.apologise(call, text, language))
            case ApologySaid(carrier_call_id=call):
                await self.hang_up(call)
            case DestinationDecided(carrier_call_id=leg, transfer=transfer, caller=caller, is_accepted=True):
                await self._bridge(leg, caller, transfer)
            case DestinationDecided(carrier_call_id=leg):
                await self.hang_up(leg)
            case DestinationAnswered():
                await self._brief(event, instruction)
            case CallProgressed(carrier_call_id=call) | AnswererTold(carrier_call_id=call):
                if isinstance(instruction, HangUpCall):
                    await self.hang_up(call)
            case WhisperWanted():
                pass  # not one of ours
            case _:
                await self._instruct(
                    event.carrier_call_id, instruction, is_new=isinstance(event, CallOffered)
                )
        return CarrierReply()

    def media(self) -> MediaProtocol:
        """See ``TelephonyPort``."""
        return TelnyxMedia()

    async def dial(self, request: DialRequest) -> str:
        """See ``TelephonyPort``."""
        placed = await self._rest.ask(self._commands.dial(request))
        return call_in(PROVIDER, _text(placed.get("data"), "call_control_id"))

    async def hang_up(self, carrier_call_id: str) -> None:
        """See ``TelephonyPort``."""
        await self._do(commands.hang_up(carrier_call_id))

    async def transfer(self, carrier_call_id: str, request: TransferRequest) -> None:
        """See ``TelephonyPort``: the media stream goes on until the two are connected. What a warm
        destination is told is asked for when it answers (``WhisperWanted``)."""
        if request.destination.is_warm:
            await self._do(self._commands.dial_destination(carrier_call_id, request))
        else:
            await self._do(self._commands.transfer(carrier_call_id, request))

    async def send_keys(self, carrier_call_id: str, keys: str) -> None:
        """See ``TelephonyPort``."""
        await self._do(commands.send_keys(carrier_call_id, keys))

    async def check(self) -> None:
        """See ``TelephonyPort``: the application is asked for, so that both are tried."""
        await self._rest.ask(commands.application(self._connection_id))

    async def webhook_of(self, number: PhoneNumber) -> str | None:
        """See ``TelephonyPort``; empty if the number announces its calls nowhere."""
        numbers = (await self._rest.ask(commands.number(number))).get("data")
        if not isinstance(numbers, list):
            raise not_understood(PROVIDER)
        if not numbers:
            return None
        connection = _text(numbers[0], "connection_id")
        if not connection:
            return ""
        try:
            answer = await self._rest.ask(commands.application(connection))
        except ProviderError as error:
            _unless_over(error)
            return ""  # it belongs to something that takes no commands, such as a SIP trunk
        return _text(answer.get("data"), "webhook_event_url")

    async def aclose(self) -> None:
        """See ``TelephonyPort``."""
        await self._rest.aclose()

    async def _instruct(self, call: str, instruction: Instruction, *, is_new: bool) -> None:
        """``is_new``: the call is still ringing here."""
        match instruction:
            case Connect(ticket=ticket) if is_new:
                await self._do(self._commands.answer(call, ticket))
            case Connect(ticket=ticket):
                await self._do(self._commands.stream(call, ticket))
            case Apologise(text=text, language=language):
                begin = commands.answer_to_apologise if is_new else commands.apologise
                await self._do(begin(call, text, spoken_tag(language)))
            case TurnAway(is_busy=is_busy) if is_new:
                await self._do(commands.reject(call, is_busy=is_busy))
            case NoInstruction():
                pass
            case _:  # HangUpCall, and what cannot be done about this event
                await self.hang_up(call)

    async def _brief(self, event: DestinationAnswered, instruction: Instruction) -> None:
        """Tell the destination of a warm transfer what it is about, if there is something to tell."""
        match instruction:
            case Whisper(text=text, language=language):
                await self._do(commands.whisper(event.leg, text, spoken_tag(language)))
            case NoInstruction():
                await self._bridge(event.leg, event.caller, event.reference)
            case _:
                await self.hang_up(event.leg)

    async def _bridge(self, leg: str, caller: str, reference: str) -> None:
        try:
            await self._rest.ask(commands.bridge(leg, caller, reference))
        except ProviderError as error:
            await self.hang_up(leg)  # the caller has left, or cannot be had: nobody stays on a dead line
            _unless_over(error)

    async def _do(self, order: RestOrder) -> None:
        try:
            await self._rest.ask(order)
        except ProviderError as error:
            _unless_over(error)


def _unless_over(error: ProviderError) -> None:
    if error.code not in CALL_IS_OVER:
        raise error


def _text(body: Any, name: str) -> str:
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) else ""
