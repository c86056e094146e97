"""A carrier's media socket, from the carrier's side: the client that connects a handset with our server."""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.protocol import State

from backend.application.processors.g711 import mulaw_decode, mulaw_encode
from tests.support.telephony.courier import Courier
from tests.support.telephony.handset import PACKET_S, Break, Handset
from tests.support.telephony.network import Network, perfect
from tests.support.telephony.wording import Drop, NotUnderstoodError, Order, Play, SendBack, Wording

MIDDLE: Final = 100  # the packet that is called the middle one
KEY_EVERY_PACKETS: Final = 10

Send = Callable[[], Awaitable[None]]


@dataclass
class LineConditions:
    """How good the way to us is, and what goes wrong on purpose. ``opens``: media sockets are opened, and not
    before ``opens_after`` is set."""

    network: Network = perfect
    marks_return: bool = True
    opens: bool = True
    opens_after: asyncio.Event | None = None
    courier: Courier = field(default_factory=Courier)


class MediaLine:
    """One media socket. ``refused_with`` is the HTTP status of an upgrade that was refused, ``close_code``
    what our server has closed it with, ``errors`` what the carrier did not understand of ours."""

    def __init__(self, call: str, handset: Handset, wording: Wording, conditions: LineConditions) -> None:
        self._call = call
        self._handset = handset
        self._wording = wording
        self._conditions = conditions
        self._packets = 0
        self._marks: deque[tuple[int, str]] = deque()
        self._marks_changed = asyncio.Event()
        self.refused_with: int | None = None
        self.close_code: int | None = None
        self.errors: list[str] = []
        self.orders: list[Order] = []
        self.lasted_s = 0.0

    async def run(
        self, url: str, headers: dict[str, str], parameters: dict[str, str], over: asyncio.Event
    ) -> None:
        """Be connected until ``over``, or until our server closes the socket."""
        try:
            socket = await connect(
                url, additional_headers=headers, compression=None, proxy=None, max_size=2**20
            )
        except InvalidStatus as refusal:
            self.refused_with = refusal.response.status_code
            return
        self._handset.connect()
        began = asyncio.get_running_loop().time()
        try:
            await self._serve(socket, parameters, over)
        finally:
            self.lasted_s = asyncio.get_running_loop().time() - began
            self.close_code = socket.close_code
            socket.transport.abort()

    async def _serve(self, socket: ClientConnection, parameters: dict[str, str], over: asyncio.Event) -> None:
        await self._carry(socket, "connected", self._wording.connected())
        await self._carry(socket, "start", self._wording.start(self._call, parameters))
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listen(socket))
            pumps = [group.create_task(pump(socket)) for pump in (self._speak, self._give_receipts)]
            leaving = group.create_task(over.wait())
            vanishing = group.create_task(self._handset.vanished.wait())
            breaking = group.create_task(self._handset.breaking.get())
            ends = (listening, leaving, vanishing, breaking)
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
            if vanishing.done():
                listening.cancel()
                socket.transport.pause_reading()  # not even a ping is answered
                await over.wait()
            elif breaking.done():
                _break(socket, breaking.result())
            elif leaving.done() and not listening.done():
                await self._say_goodbye(socket)
            for task in ends:
                task.cancel()

    async def _say_goodbye(self, socket: ClientConnection) -> None:
        await self._packet(socket, "media:last")
        await self._carry(socket, "stop", self._wording.stop(self._call))
        with suppress(TimeoutError, ConnectionClosed):
            async with asyncio.timeout(3):
                await socket.close()

    # --- what we send -----------------------------------------------------------------------------

    async def _speak(self, socket: ClientConnection) -> None:
        handset = self._handset
        next_key_at = 0
        while True:
            due = handset.origin + handset.microphone.position / 8_000 + PACKET_S
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            kinds = {1: "media:first", MIDDLE: "media:middle"}
            await self._packet(socket, kinds.get(self._packets + 1, "media"))
            if handset.keys and self._packets >= next_key_at:
                next_key_at = self._packets + KEY_EVERY_PACKETS
                await self._carry(socket, "dtmf", self._wording.key(handset.keys.popleft()))

    async def _packet(self, socket: ClientConnection, kind: str) -> None:
        audio = mulaw_encode(self._handset.microphone.frame())
        self._packets += 1
        message = self._wording.media(self._packets, (self._packets - 1) * 20, audio)
        loop = asyncio.get_running_loop()
        for late_s in self._conditions.network(self._packets):
            if late_s:
                loop.call_later(late_s, self._send_late, socket, message)
            else:
                await self._carry(socket, kind, message)

    def _send_late(self, socket: ClientConnection, message: str) -> None:
        """Timers cannot wait; what a telephone sends is little enough to be buffered."""
        if socket.state is State.OPEN:
            socket.protocol.send_text(message.encode())
            socket.send_data()

    async def _give_receipts(self, socket: ClientConnection) -> None:
        handset = self._handset
        while True:
            self._marks_changed.clear()
            if not self._marks:
                await self._marks_changed.wait()
            elif handset.now >= self._marks[0][0]:
                name = self._marks.popleft()[1]
                if self._conditions.marks_return:
                    await self._carry(socket, "mark", self._wording.mark(name))
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout((self._marks[0][0] + 1 - handset.now) / 8_000):
                        await self._marks_changed.wait()

    async def _carry(self, socket: ClientConnection, kind: str, message: str) -> None:
        async def send() -> None:
            with suppress(ConnectionClosed):
                await socket.send(message)

        await self._conditions.courier.carry(kind, send)

    # --- what we are told -------------------------------------------------------------------------

    async def _listen(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for message in socket:
                try:
                    self._take(self._wording.parse(message))
                except NotUnderstoodError as error:
                    self.errors.append(str(error))

    def _take(self, order: Order) -> None:
        handset = self._handset
        self.orders.append(order)
        match order:
            case Play(audio=audio):
                handset.ear.receive(mulaw_decode(audio), handset.now)
            case SendBack(name=name):
                self._marks.append((handset.ear.end, name))
            case Drop():
                handset.clears.append(handset.now)
                handset.ear.flush(handset.now)
                self._marks = deque((0, name) for _, name in self._marks)
        self._marks_changed.set()


def _break(socket: ClientConnection, how: Break) -> None:
    """End the connection now, without the close frame that belongs to it."""
    if how is Break.RESET:
        # Closed with a linger of nothing, a connection is reset: socket(7).
        connection = socket.transport.get_extra_info("socket")
        connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    socket.transport.abort()
