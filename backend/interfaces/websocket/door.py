"""The door that all sockets come through.

A page has to be ours, only so many may stand in it at once, and until somebody has shown a ticket nothing
else is accepted: not messages of another kind, not size (1 KiB), not time (5 s).
"""

from __future__ import annotations

import asyncio
from typing import Final, Generic
from urllib.parse import urlsplit

from starlette.websockets import WebSocket, WebSocketDisconnect

from backend.domain.ports.ticket_port import GrantT, TicketPort
from backend.interfaces.websocket import browser_protocol as wire
from backend.interfaces.websocket.browser_protocol import WireError

HELLO_TIMEOUT_S: Final = 5.0
MAX_WAITING: Final = 200  # sockets that have not said hello


class Door(Generic[GrantT]):
    """Lets in whoever holds one of ``tickets``; pages only of our own origin or one that is listed."""

    def __init__(self, tickets: TicketPort[GrantT], allowed_origins: tuple[str, ...]) -> None:
        self._tickets = tickets
        self._allowed_origins = allowed_origins
        self._waiting = 0

    async def opens(self, websocket: WebSocket) -> bool:
        """Accept the upgrade and return True, or answer HTTP 403 and return False."""
        if self._waiting >= MAX_WAITING or not _is_welcome(websocket, self._allowed_origins):
            await websocket.close(1008)  # before the upgrade is accepted, this answers 403
            return False
        await websocket.accept()
        return True

    async def identified(self, websocket: WebSocket) -> GrantT:
        """Return what the ticket in the first message grants.

        Raises ``WireError``, or ``WebSocketDisconnect`` if the peer leaves first.
        """
        self._waiting += 1
        try:
            async with asyncio.timeout(HELLO_TIMEOUT_S):
                hello = await _hello(websocket)
        except TimeoutError:
            raise WireError(1008, "ticket-missing", "no hello came in time") from None
        finally:
            self._waiting -= 1
        grant = await self._tickets.redeem(hello.ticket)
        if grant is None:
            raise WireError(1008, "ticket-invalid", "the ticket is not valid (any more); get a new one")
        return grant


async def _hello(websocket: WebSocket) -> wire.Hello:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    return wire.parse_hello(message.get("text"))


def _is_welcome(websocket: WebSocket, allowed_origins: tuple[str, ...]) -> bool:
    """Whether the page that opened the socket (if it was a page) is ours or listed."""
    origin = websocket.headers.get("origin")
    if origin is None or origin in allowed_origins:
        return True
    try:
        return urlsplit(origin).netloc == websocket.headers.get("host") != ""
    except ValueError:  # not an address: no page sends that
        return False
