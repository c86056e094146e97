"""The door that carriers' media sockets come through.

Who knocks shows first that a carrier sent it: by the signature of its upgrade, or where the carrier signs
none, by the ticket in the address. Then it says which call it is, and its ticket has to be of that call.
Until then nothing else is accepted: not more than a few of such sockets, not much time (5 s), not many bytes.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from starlette.websockets import WebSocket

from backend.domain.errors import CallerError
from backend.domain.ports.carrier_media_port import MediaProtocol, MediaStarted
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.telephony_port import CarrierRequest, TelephonyPort
from backend.domain.ports.ticket_port import PhoneGrant, TicketPort
from backend.domain.value_objects.audio import NARROWBAND
from backend.interfaces.public_url import public_url
from backend.interfaces.websocket.message_socket import MessageSocket

START_TIMEOUT_S: Final = 5.0
MAX_WAITING: Final = 200  # sockets that have not said which call they are
MAX_WAITING_OF_ONE: Final = 20  # … from one address
MAX_BEFORE_START_BYTES: Final = 1_024
MAX_START_BYTES: Final = 4_096

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A media socket of which we know whose it is."""

    grant: PhoneGrant
    started: MediaStarted
    socket: MessageSocket
    protocol: MediaProtocol


class _RefusedError(CallerError):
    """The socket is closed with ``close_code``."""

    def __init__(self, close_code: int, code: str) -> None:
        super().__init__("a media socket was refused", code=code)
        self.close_code = close_code


class TelephonyDoor:
    """Lets in the media sockets of ``carriers``; ``base_url`` is the address of ours that they are told."""

    def __init__(
        self,
        carriers: Mapping[str, TelephonyPort],
        tickets: TicketPort[PhoneGrant],
        base_url: str,
        clock: ClockPort,
        *,
        start_timeout_s: float = START_TIMEOUT_S,
    ) -> None:
        self._carriers = carriers
        self._tickets = tickets
        self._base_url = base_url
        self._clock = clock
        self._start_timeout_s = start_timeout_s
        self._waiting: Counter[str] = Counter()

    async def admitted(self, websocket: WebSocket, carrier_name: str, ticket: str) -> Admitted | None:
        """Return the socket once it is known whose it is; None if that was refused, and answered."""
        carrier = self._carriers.get(carrier_name)
        address = "local" if websocket.client is None else websocket.client.host
        if carrier is None or not self._has_room(address):
            await websocket.close(1008)  # before the upgrade is accepted, this answers 403
            return None
        with self._stands_here(address):
            grant = None
            if carrier.signs_upgrades:
                is_welcome = not ticket and carrier.is_authentic(self._upgrade(websocket))
            else:
                grant = await self._tickets.redeem(ticket)
                is_welcome = grant is not None
            if not is_welcome:
                _tell_refused(carrier, "unsigned")
                await websocket.close(1008)
                return None
            await websocket.accept()
            return await self._identified(carrier, grant, MessageSocket(websocket, self._clock))

    async def _identified(
        self, carrier: TelephonyPort, grant: PhoneGrant | None, socket: MessageSocket
    ) -> Admitted | None:
        protocol = carrier.media()
        try:
            started = await self._started(socket, protocol)
            if started is None:
                return None  # it left
            if grant is None:
                grant = await self._tickets.redeem(started.ticket)
            if grant is None:
                raise _RefusedError(1008, "ticket-invalid")
            if (grant.carrier, grant.carrier_call_id) != (carrier.name, started.carrier_call_id):
                raise _RefusedError(1008, "ticket-of-another-call")
            if started.format.rate != NARROWBAND.rate:
                raise _RefusedError(1003, "bad-format")
        except _RefusedError as error:
            _tell_refused(carrier, error.code)
            await socket.close(error.close_code)
            return None
        return Admitted(grant, started, socket, protocol)

    async def _started(self, socket: MessageSocket, protocol: MediaProtocol) -> MediaStarted | None:
        try:
            async with asyncio.timeout(self._start_timeout_s):
                return await _first_event(socket, protocol)
        except TimeoutError:
            raise _RefusedError(1008, "start-missing") from None

    def _upgrade(self, websocket: WebSocket) -> CarrierRequest:
        return CarrierRequest(
            url=public_url(self._base_url, websocket.scope),
            path="",
            headers={name.lower(): value for name, value in websocket.headers.items()},
        )

    def _has_room(self, address: str) -> bool:
        return self._waiting.total() < MAX_WAITING and self._waiting[address] < MAX_WAITING_OF_ONE

    @contextmanager
    def _stands_here(self, address: str) -> Iterator[None]:
        self._waiting[address] += 1
        try:
            yield
        finally:
            self._waiting[address] -= 1
            self._waiting += Counter()  # drops who has nobody here


def _tell_refused(carrier: TelephonyPort, code: str) -> None:
    _log.warning("a media socket was refused", extra={"carrier": carrier.name, "code": code})


async def _first_event(socket: MessageSocket, protocol: MediaProtocol) -> MediaStarted | None:
    """Return which call the socket is of; None if it left. Raises ``_RefusedError``."""
    before = 0
    while (message := await socket.receive()) is not None:
        if before > MAX_BEFORE_START_BYTES or len(message) > MAX_START_BYTES:
            raise _RefusedError(1009, "too-large")
        try:
            event = protocol.parse(message)
        except CallerError:
            raise _RefusedError(1007, "bad-media") from None
        if isinstance(event, MediaStarted):
            return event
        if event is not None:
            raise _RefusedError(1003, "unexpected-message")
        before += len(message)
    return None
