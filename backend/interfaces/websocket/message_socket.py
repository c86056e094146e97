"""A carrier's WebSocket as plain messages, within limits."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from backend.domain.ports.clock_port import ClockPort
from backend.domain.value_objects.instant import NS_PER_S
from backend.interfaces.websocket.allowance import Allowance

MAX_MESSAGE_BYTES: Final = 64 * 1_024
# Audio is 50 messages a second and receipts some 5; what a stall held back comes at once.
MESSAGES_PER_S: Final = 200
MESSAGES_BURST: Final = 2_000
CLOSE_TIMEOUT_S: Final = 2.0

TOO_MUCH: Final = 1008
TOO_LARGE: Final = 1009


class MessageSocket:
    """Implements ``MessageChannel`` over a WebSocket that has been accepted."""

    def __init__(self, websocket: WebSocket, clock: ClockPort) -> None:
        self._websocket = websocket
        self._clock = clock
        self._is_closed = False
        self._heard_at = clock.monotonic_ns()
        self._messages = Allowance(per_s=MESSAGES_PER_S, burst=MESSAGES_BURST, now=self._heard_at / NS_PER_S)

    def heard_at(self) -> int:
        """Return when the last message came, in nanoseconds of the clock."""
        return self._heard_at

    async def receive(self) -> str | bytes | None:
        """Return the next message, None for ever once the socket is closed, see ``MessageChannel``.

        A peer that sends more than it may is cut off. Cancelling it loses no message.
        """
        if self._is_closed:
            return None
        try:
            message = await self._websocket.receive()
        except RuntimeError:  # it was closed while we waited
            self._is_closed = True
            return None
        if message["type"] == "websocket.disconnect":
            self._is_closed = True
            return None
        text: str | None = message.get("text")
        content: str | bytes = message["bytes"] if text is None else text
        self._heard_at = self._clock.monotonic_ns()
        if _size(content) > MAX_MESSAGE_BYTES:
            await self.close(TOO_LARGE)
            return None
        if not self._messages.spend(1, self._heard_at / NS_PER_S):
            await self.close(TOO_MUCH)
            return None
        return content

    async def send(self, message: str) -> None:
        """Send a text message; waits while the carrier does not read. Ignored once closed."""
        if self._is_closed or self._websocket.application_state is not WebSocketState.CONNECTED:
            return
        # If it leaves while we speak, ``receive`` tells, after all that it has said before.
        with suppress(WebSocketDisconnect, RuntimeError):
            await self._websocket.send_text(message)

    async def close(self, code: int) -> None:
        """Close with ``code``, within two seconds. Idempotent."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._websocket.close(code)
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            pass  # the peer is gone, or does not read; the server drops the connection


def _size(content: str | bytes) -> int:
    """Return the size on the wire, in bytes."""
    if isinstance(content, bytes) or content.isascii():
        return len(content)
    return len(content.encode("utf-8", "surrogatepass"))
