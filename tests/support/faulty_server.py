"""A service that misbehaves: between a client and a server that does not, and at every level.

It accepts connections for the server behind it and passes on what both say until it does what its way
demands: nothing below it, from DNS and TLS to the middle of a message, is played.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from tests.support.faulty_ways import Way
from tests.support.faulty_wire import WEBSOCKET_FAREWELL, Response

_GARBAGE: Final = b'data: {"]]> \xc3\xbf\x00 this is no message\n\n'
_NO_LINGER: Final = struct.pack("ii", 1, 0)  # closing sends RST


@dataclass(frozen=True)
class Delivery:
    """How to tell the messages that bring something a person would notice, and after how many of them a
    service breaks off that does so midway."""

    mark: bytes
    count: int


@dataclass(frozen=True)
class Address:
    """Where a client finds the service."""

    host: str
    port: int
    is_secure: bool = False

    def url(self, scheme: str) -> str:
        """Return it with the scheme ("http", "ws"), which grows an s if it has to."""
        return f"{scheme}{'s' if self.is_secure else ''}://{self.host}:{self.port}"


class FaultyServer:
    """Stands before the server at ``port``. A service that is out of order answers ``outage``; sessions end
    after ``cap_s``. Use it within ``faulty_server``."""

    def __init__(self, way: Way, port: int, delivery: Delivery, *, outage: int, cap_s: float) -> None:
        self.way = way
        self.port = port
        self.delivery = delivery
        self.outage = outage
        self.cap_s = cap_s
        self.connected = 0
        self.open_connections = 0
        self.address = Address("127.0.0.1", 0)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end: the client's, if this server's way is to hang."""
        self.connected += 1
        self.open_connections += 1
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await _Connection(self, reader, writer).serve()
            writer.close()
        finally:
            self.open_connections -= 1


class _Connection:
    """One client's."""

    def __init__(
        self, server: FaultyServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._response: Response | None = None

    async def serve(self) -> None:
        match self._server.way:
            case Way.TLS_FAILS:
                await self._reader.read(1)
                await self._send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            case Way.UNAUTHORISED:
                await self._refuse(HTTPStatus.UNAUTHORIZED)
            case Way.RATE_LIMITED:
                await self._refuse(HTTPStatus.TOO_MANY_REQUESTS)
            case Way.UNAVAILABLE:
                await self._refuse(self._server.outage)
            case Way.HANGS_AFTER_ACCEPT:
                await _pass_on(self._reader, None)
            case _:
                await self._relay()

    async def _relay(self) -> None:
        """Pass on what both say, until one of them leaves or the way demands the end."""
        behind, to_behind = await asyncio.open_connection("127.0.0.1", self._server.port)
        is_capped = self._server.way is Way.SESSION_CAP
        async with asyncio.TaskGroup() as group:
            halves = [
                group.create_task(_pass_on(self._reader, to_behind)),
                group.create_task(self._answer(behind)),
            ]
            cap_s = self._server.cap_s if is_capped else None
            _, under_way = await asyncio.wait(halves, timeout=cap_s, return_when=asyncio.FIRST_COMPLETED)
            for half in under_way:
                half.cancel()
        if is_capped and self._response is not None and self._response.is_websocket:
            await self._send(WEBSOCKET_FAREWELL)
        to_behind.close()

    async def _answer(self, behind: asyncio.StreamReader) -> None:
        """Return when the connection is to be closed."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                response = self._response = Response(await behind.readuntil(b"\r\n\r\n"))
                if self._server.way is Way.EMPTY and not response.is_websocket:
                    await self._send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    return
                await self._send(response.head)
                if await self._ends_after_head(response) or await self._ends_in(response, behind):
                    return

    async def _ends_after_head(self, response: Response) -> bool:
        match self._server.way:
            case Way.HANGS_AFTER_HEADERS:
                await asyncio.Event().wait()
            case Way.GARBAGE:
                await self._send(response.wrap(_GARBAGE) + response.farewell)
                return True
            case Way.EMPTY:
                await self._send(response.farewell)
                return True
        return False

    async def _ends_in(self, response: Response, behind: asyncio.StreamReader) -> bool:
        """Pass on an answer's body; return whether the connection ends with it."""
        delivered = 0
        async with aclosing(response.body(behind)) as messages:
            async for message in messages:
                await (self._drip(message) if self._server.way is Way.DRIP else self._send(message))
                delivered += self._server.delivery.mark in message
                if delivered >= self._server.delivery.count and await self._ends_midway(response):
                    return True
        return False

    async def _ends_midway(self, response: Response) -> bool:
        match self._server.way:
            case Way.HANGS_AFTER_FIRST_CHUNK:
                await asyncio.Event().wait()
            case Way.RESET_MIDWAY:
                connection = self._writer.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
                self._writer.transport.abort()
                return True
            case Way.CLOSED_MIDWAY:
                await self._send(response.farewell)
                return True
        return False

    async def _refuse(self, status: int) -> None:
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = re.search(rb"content-length: *(\d+)", head)
        await self._reader.readexactly(int(length[1]) if length else 0)
        body = b'{"error": {"message": "scripted", "type": "scripted", "code": "scripted"}}'
        lines = [f"HTTP/1.1 {status} Scripted", "Content-Type: application/json", "Connection: close"]
        lines += ["Retry-After: 1"] if status == HTTPStatus.TOO_MANY_REQUESTS else []
        lines += [f"Content-Length: {len(body)}", "", ""]
        await self._send("\r\n".join(lines).encode() + body)

    async def _drip(self, message: bytes) -> None:
        for at in range(len(message)):
            await self._send(message[at : at + 1])
            await asyncio.sleep(1)

    async def _send(self, payload: bytes) -> None:
        self._writer.write(payload)
        await self._writer.drain()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter | None) -> None:
    """Give all that comes to ``writer``, if there is one, until it ends."""
    with contextlib.suppress(ConnectionError):
        while payload := await reader.read(65_536):
            if writer is not None:
                writer.write(payload)
                await writer.drain()


@contextlib.asynccontextmanager
async def faulty_server(
    way: Way, port: int, delivery: Delivery, *, outage: int = 503, cap_s: float = 3.0
) -> AsyncIterator[FaultyServer]:
    """Put such a server before the one at ``port`` of this machine; clients are given its ``address``."""
    faulty = FaultyServer(way, port, delivery, outage=outage, cap_s=cap_s)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else can
        server = await asyncio.start_server(faulty.accept, "127.0.0.1", 0)
        own = server.sockets[0].getsockname()[1]
        match way:
            case Way.REFUSED:
                faulty.address = Address("127.0.0.1", closed.getsockname()[1])
            case Way.NO_SUCH_HOST:
                faulty.address = Address("engine.invalid", own)  # RFC 2606, section 2
            case _:
                faulty.address = Address("127.0.0.1", own, is_secure=way is Way.TLS_FAILS)
        try:
            yield faulty
        finally:
            server.close()
            await server.wait_closed()
