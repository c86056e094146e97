"""The calls at carriers that this process knows of.

A carrier tells the same things twice, late and in any order, and somebody may tell us again what a carrier
once told. So what was decided about a call is remembered for some hours after its last sign of life; the
memory is bounded, and what is forgotten first is what was heard of least recently.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol

from backend.application.services.telephony.reservation import Reservation
from backend.domain.entities.call import Call
from backend.domain.ports.channel_port import AnsweredBy, Incoming
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.telephony_port import Instruction
from backend.domain.ports.ticket_port import PhoneGrant
from backend.domain.value_objects.instant import NS_PER_S
from backend.domain.value_objects.language import ENGLISH, Language

MOST_CALLS: Final = 10_000
REMEMBERED_S: Final = 4 * 3_600  # the longest call that Twilio allows


class Told(Protocol):
    """A line that can be told what its carrier says elsewhere."""

    def tell(self, incoming: Incoming) -> None:
        """Let the line's ``receive`` return ``incoming``."""
        ...


@dataclass(frozen=True, slots=True)
class Live:
    """The line of a call. ``heard_at`` tells when it last carried anything, in nanoseconds of the clock."""

    line: Told
    heard_at: Callable[[], int]


@dataclass(frozen=True, slots=True)
class Transfer:
    """A caller who is being put through. ``summary`` is for whoever takes the call."""

    reference: str
    summary: str = field(repr=False)
    language: Language


class PhoneCall:
    """One call at a carrier.

    ``deciding`` is held while the desk decides, so that what is asked twice at once is decided once.
    ``answer`` is what the carrier was told when the call began. ``last`` is the latest conversation in the
    call, once that has ended; ``is_refused``: one could not begin. ``resumption`` is what the carrier was
    told to go on with, ``resumptions`` how often. ``has_ended``: nothing more can come of the call.
    """

    def __init__(self, carrier: str, carrier_call_id: str) -> None:
        self.carrier: Final = carrier
        self.id: Final = carrier_call_id
        self.deciding: Final = asyncio.Lock()
        self.known_at = 0
        self.grant: PhoneGrant | None = None
        self.reference = ""
        self.language = ENGLISH
        self.answer: Instruction | None = None
        self.last: Call | None = None
        self.is_refused = False
        self.transfer: Transfer | None = None
        self.resumption: Instruction | None = None
        self.resumptions = 0
        self.has_ended = False
        self._reservation: Reservation | None = None
        self._live: Live | None = None
        self._is_over = asyncio.Event()
        self._untold: list[Incoming] = []

    @property
    def live(self) -> Live | None:
        """The line that the call is on, None if it is on none."""
        return self._live

    @property
    def is_expected(self) -> bool:
        """Whether a place is kept for its audio."""
        return self._reservation is not None

    def expect(self, grant: PhoneGrant, reservation: Reservation) -> None:
        """Keep ``reservation`` for the call, which ``grant`` is about."""
        self.free_place()
        self.grant = grant
        self.is_refused = False
        self._reservation = reservation

    def free_place(self) -> None:
        """Give back the place that is kept for the call, if there is one."""
        if self._reservation is not None:
            self._reservation.free()
            self._reservation = None

    def take_place(self) -> ExitStack | None:
        """Return the place that is kept for the call, if there is one."""
        reservation, self._reservation = self._reservation, None
        return None if reservation is None else reservation.take()

    @contextmanager
    def on(self, live: Live) -> Iterator[None]:
        """Be on a line, for as long as the block lasts."""
        self._live = live
        self._is_over.clear()
        untold, self._untold = self._untold, []
        for incoming in untold:
            live.line.tell(incoming)
        try:
            yield
        finally:
            self._live = None
            self._is_over.set()

    def tell(self, incoming: Incoming) -> None:
        """Tell the line. Who has answered is told when there is one; the rest only to one that is there."""
        if self._live is not None:
            self._live.line.tell(incoming)
        elif isinstance(incoming, AnsweredBy):
            self._untold.append(incoming)
            del self._untold[:-2]  # a carrier tells twice of a machine

    async def is_over_within(self, seconds: float) -> bool:
        """Wait until the call is on no line, and return whether that came so soon."""
        if self._live is None:
            return True
        try:
            async with asyncio.timeout(seconds):
                await self._is_over.wait()
        except TimeoutError:
            return False
        return True


class PhoneCalls:
    """Finds calls by their carrier and its identifier."""

    def __init__(self, clock: ClockPort, *, most: int = MOST_CALLS) -> None:
        self._clock = clock
        self._most = most
        self._calls: dict[tuple[str, str], PhoneCall] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def known(self, carrier: str, carrier_call_id: str) -> PhoneCall | None:
        """Return a call that was heard of, None if it was not or is forgotten."""
        phone = self._calls.pop((carrier, carrier_call_id), None)
        if phone is not None:
            self._remember(phone)
        return phone

    def of(self, carrier: str, carrier_call_id: str) -> PhoneCall:
        """Return a call, known or not."""
        phone = self.known(carrier, carrier_call_id)
        if phone is None:
            self._forget()
            phone = PhoneCall(carrier, carrier_call_id)
            self._remember(phone)
        return phone

    def close(self) -> None:
        """Give back all places that are kept."""
        for phone in self._calls.values():
            phone.free_place()
        self._calls.clear()

    def _remember(self, phone: PhoneCall) -> None:
        phone.known_at = self._clock.monotonic_ns()
        self._calls[phone.carrier, phone.id] = phone  # last of all

    def _forget(self) -> None:
        """Make room, and let go of what was not heard of for hours."""
        since = self._clock.monotonic_ns() - REMEMBERED_S * NS_PER_S
        for _ in range(len(self._calls)):
            key, phone = next(iter(self._calls.items()))
            if phone.known_at > since and len(self._calls) < self._most:
                return
            del self._calls[key]
            if phone.live is not None or phone.deciding.locked():
                self._remember(phone)
            else:
                phone.free_place()
