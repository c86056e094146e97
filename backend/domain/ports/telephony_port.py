"""What a telephone carrier must offer: its requests to us, its media socket, and control of its calls.

One adapter is one carrier account. The carrier speaks first: it sends *requests* (webhooks), which the
adapter authenticates and parses into ``CarrierEvent``s; the desk answers each with an ``Instruction``, which
the adapter turns into whatever that carrier understands (an XML document in the response, or commands of its
own). The audio comes over a WebSocket of the carrier's making, whose language is a ``MediaProtocol``.

A ``carrier_call_id`` is the carrier's own identifier of a call. A ``reference`` is ours: it comes back with
the events of what it was given to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from backend.domain.entities.call import Direction
from backend.domain.entities.telephone import Destination
from backend.domain.ports.carrier_media_port import MediaProtocol
from backend.domain.value_objects.answerer import Answerer
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.phone_number import PhoneNumber

# --- requests -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CarrierRequest:
    """A webhook or the upgrade of a media socket, as it arrived.

    ``url`` is the *public* one, exactly as the carrier was told it (``https://`` or ``wss://``, with path and
    query); ``path`` what follows ``/webhook/<carrier>/`` in it, without slashes at its ends. The names of
    ``headers`` are in lower case.
    """

    url: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class CarrierReply:
    """What the carrier is answered."""

    body: bytes = b""
    content_type: str = "text/plain"
    status: int = 200


class CarrierStatus(StrEnum):
    """How far a call has come, as the carrier tells it. Only the last five are ends."""

    RINGING = "ringing"
    ANSWERED = "answered"
    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"  # the number does not exist, the carrier could not reach it
    CANCELLED = "cancelled"

    @property
    def is_end(self) -> bool:
        """Whether nothing more can happen in the call."""
        return self not in (CarrierStatus.RINGING, CarrierStatus.ANSWERED)


@dataclass(frozen=True, slots=True)
class CallOffered:
    """Somebody calls one of our numbers. ``caller`` is what the carrier shows of them: a number, "anonymous",
    a SIP address …; ``called`` is the number they dialled."""

    carrier_call_id: str
    caller: str
    called: str


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """Whom we called has answered."""

    carrier_call_id: str
    reference: str


@dataclass(frozen=True, slots=True)
class CallUnattended:
    """The media socket is gone and the other side is still on the line."""

    carrier_call_id: str


@dataclass(frozen=True, slots=True)
class CallProgressed:
    """The carrier says how far a call has come. ``sequence`` orders these events, where the carrier counts
    them: they arrive in any order, and more than once. ``reference`` is empty for an inbound call."""

    carrier_call_id: str
    status: CarrierStatus
    reference: str = ""
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class AnswererTold:
    """The carrier has listened who answered."""

    carrier_call_id: str
    answerer: Answerer
    greeting_is_over: bool


@dataclass(frozen=True, slots=True)
class WhisperWanted:
    """The destination of a warm transfer has answered and is to be told what it is about."""

    reference: str


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """A transfer is over: ``reached`` says whether the two have spoken, ``leg_is_over`` whether the call to
    the destination has ended as well. Where it has not, the same is told again when it has."""

    carrier_call_id: str
    reference: str
    reached: bool
    leg_is_over: bool = True


CarrierEvent = (
    CallOffered
    | CallAnswered
    | CallUnattended
    | CallProgressed
    | AnswererTold
    | WhisperWanted
    | TransferEnded
)


# --- instructions ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Connect:
    """Answer, and open a media socket that shows ``ticket``. The carrier ends the call after
    ``max_seconds``, should we not. If the socket closes before the call ends it asks (``CallUnattended``)."""

    ticket: str = field(repr=False)
    max_seconds: int


@dataclass(frozen=True, slots=True)
class Apologise:
    """Answer, say ``text`` with the carrier's own voice, and hang up."""

    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class TurnAway:
    """Do not answer: the caller hears that the line is busy, or that the number is not in service."""

    is_busy: bool


@dataclass(frozen=True, slots=True)
class HangUpCall:
    """End the call."""


@dataclass(frozen=True, slots=True)
class Whisper:
    """Tell the destination of a transfer, with the carrier's own voice, before the two are connected; any
    key accepts."""

    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class NoInstruction:
    """The event was for our information."""


Instruction = Connect | Apologise | TurnAway | HangUpCall | Whisper | NoInstruction


# --- control --------------------------------------------------------------------------------------


class MachineDetection(StrEnum):
    """Whether the carrier listens who answers."""

    OFF = "off"
    DETECT = "detect"  # as soon as possible
    GREETING_END = "greeting-end"  # and again when a machine's greeting is over


@dataclass(frozen=True, slots=True)
class DialRequest:
    """A call to be placed. ``reference`` comes back with its events; the other side sees ``caller_id``."""

    to: PhoneNumber
    caller_id: PhoneNumber
    reference: str
    max_seconds: int
    ring_seconds: int = 30
    detection: MachineDetection = MachineDetection.OFF


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """Where a call is to go. Of a warm one the destination is told ``summary`` first and may decline;
    ``caller_id`` is one of our numbers. The carrier ends the call to the destination after ``max_seconds``
    (four hours is what carriers allow themselves), and not the caller's own before that if it came in; one
    that we placed, says ``direction``, ends when it was to end."""

    destination: Destination
    caller_id: PhoneNumber
    reference: str
    summary: str
    language: Language
    ring_seconds: int = 30
    max_seconds: int = 14_400
    direction: Direction = Direction.INBOUND


class TelephonyPort(Protocol):
    """One account at one carrier.

    Control methods raise ``ProviderError``; acting on a call that has already ended is not an error.
    """

    @property
    def name(self) -> str:
        """The carrier's name, as in ``/webhook/<name>``: lower-case letters."""
        ...

    def is_authentic(self, request: CarrierRequest) -> bool:
        """Whether the carrier signed ``request``. In constant time; False whenever that cannot be known."""
        ...

    @property
    def signs_upgrades(self) -> bool:
        """Whether upgrades of media sockets are signed; where they are not, the ticket is in the address."""
        ...

    def parse(self, request: CarrierRequest) -> CarrierEvent | None:
        """Return what an authentic ``request`` tells, None if that is of no interest.

        Raises ``CallerError`` (``bad-webhook``) if it lacks what such a request has, and
        (``foreign-account``) if it is of another account.
        """
        ...

    async def answer(self, event: CarrierEvent, instruction: Instruction) -> CarrierReply:
        """Have the carrier do what ``instruction`` says about ``event``, and return the response to its
        request. Raises ``ProviderError`` where that takes commands of their own."""
        ...

    def media(self) -> MediaProtocol:
        """Return the language of a new media socket."""
        ...

    async def dial(self, request: DialRequest) -> str:
        """Place a call and return its ``carrier_call_id``."""
        ...

    async def hang_up(self, carrier_call_id: str) -> None:
        """End the call."""
        ...

    async def transfer(self, carrier_call_id: str, request: TransferRequest) -> None:
        """Begin to connect the caller to another number. Where the carrier takes the caller away for that,
        the media stream ends now, else it goes on until the two speak. ``TransferEnded`` tells the rest."""
        ...

    async def send_keys(self, carrier_call_id: str, keys: str) -> None:
        """Press ``keypad.KEYS`` in the call; ``w`` is half a second's pause."""
        ...

    async def check(self) -> None:
        """Find out whether the account's credentials are good."""
        ...

    async def webhook_of(self, number: PhoneNumber) -> str | None:
        """Return where the carrier announces calls to ``number``; None if the account has not that number."""
        ...

    async def aclose(self) -> None:
        """Free the connections, within two seconds. Idempotent."""
        ...
