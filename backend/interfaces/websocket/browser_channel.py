"""A browser's WebSocket as a caller's line."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from backend.domain.entities.call import EndCause
from backend.domain.entities.telephone import Destination
from backend.domain.errors import ConflictError
from backend.domain.ports.channel_port import ChannelCapabilities, Incoming, LineClosed, Notice, Typed
from backend.domain.value_objects.audio import WIDEBAND, AudioFrame
from backend.interfaces.websocket import browser_protocol as wire
from backend.interfaces.websocket.allowance import Allowance
from backend.interfaces.websocket.browser_protocol import HungUp, WireError

CAPABILITIES: Final = ChannelCapabilities(input_format=WIDEBAND, output_format=WIDEBAND)

# Audio is 50 messages a second and playout reports 10; audio comes as fast as it is spoken, give or take a
# caller's clock. What a stall held back comes at once: a line is given up after 15 s of it (``LineWatch``).
MESSAGES_PER_S: Final = 200
MESSAGES_BURST: Final = 2_000
AUDIO_S_PER_S: Final = 1.1
AUDIO_BURST_S: Final = 20.0
# Each may cost an answer; nobody types faster.
TEXTS_PER_S: Final = 5
# While more than this is being caught up with, the other calls get their turn after each message.
CATCHING_UP_S: Final = 0.1
CLOSE_TIMEOUT_S: Final = 2.0

# Not 1005: it is what uvicorn says of a connection that broke without a close frame.
_ORDERLY: Final = frozenset({1000, 1001})


class BrowserChannel:
    """Implements ``CallerChannel`` over a WebSocket that has been accepted."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self.call_id = ""  # of the call on this line, as soon as there is one
        self._left: LineClosed | None = None
        self._is_closed = False
        now = time.monotonic()
        self._messages = Allowance(per_s=MESSAGES_PER_S, burst=MESSAGES_BURST, now=now)
        self._audio = Allowance(per_s=AUDIO_S_PER_S, burst=AUDIO_BURST_S, now=now)
        self._texts = Allowance(per_s=TEXTS_PER_S, burst=TEXTS_PER_S, now=now)

    @property
    def capabilities(self) -> ChannelCapabilities:
        """PCM16 at 16 kHz both ways, with playout reports."""
        return CAPABILITIES

    async def receive(self) -> Incoming:
        """Return the next message of the caller's side, see ``CallerChannel``."""
        if self._left is not None:
            return self._left
        if self._audio.level > CATCHING_UP_S:
            await asyncio.sleep(0)  # what waits already is received without ever giving way
        try:
            incoming = self._parsed(await self._websocket.receive())
        except WireError as error:
            await self.refuse(error)
            incoming = LineClosed(EndCause.CONNECTION_LOST)
        if isinstance(incoming, LineClosed):
            self._left = incoming
        return incoming

    def _parsed(self, message: dict[str, Any] | Any) -> Incoming:
        if message["type"] == "websocket.disconnect":
            self._is_closed = True
            is_orderly = message.get("code") in _ORDERLY
            return LineClosed(EndCause.CALLER_HUNG_UP if is_orderly else EndCause.CONNECTION_LOST)
        now = time.monotonic()
        if not self._messages.spend(1, now):
            raise WireError(1008, "too-much", f"at most {MESSAGES_PER_S} messages a second")
        payload = message.get("bytes")
        if payload is not None:
            frame = wire.parse_audio(payload, CAPABILITIES.input_format)
            if not self._audio.spend(frame.samples / CAPABILITIES.input_format.rate, now):
                raise WireError(1008, "too-much", "audio must not come faster than it can be spoken")
            return frame
        parsed = wire.parse_text(message["text"])
        if isinstance(parsed, Typed) and not self._texts.spend(1, now):
            raise WireError(1008, "too-much", f"at most {TEXTS_PER_S} texts a second")
        return LineClosed(EndCause.CALLER_HUNG_UP) if isinstance(parsed, HungUp) else parsed

    async def send_audio(self, frame: AudioFrame) -> None:
        """Send audio; waits while the browser does not read."""
        await self._send(frame.payload)

    async def flush(self) -> None:
        """Have the browser drop what it has not played."""
        await self._send(wire.flush_message())

    async def notify(self, notice: Notice) -> None:
        """Tell the browser what goes on."""
        await self._send(wire.notice_message(notice, CAPABILITIES.output_format))

    async def transfer(self, destination: Destination, summary: str) -> None:  # noqa: ARG002 - the port's
        """Refuse: a browser cannot be put through to a telephone."""
        raise ConflictError("A call in a browser cannot be put through.", code="no-transfer")

    async def refuse(self, error: WireError) -> None:
        """Say what was wrong and close. Never raises."""
        await self._close(error.close_code, wire.error_message(error.code, error.message))

    async def close(self, cause: EndCause) -> None:
        """Say how the call ended and close, see ``CallerChannel``."""
        if cause is EndCause.INTERNAL_ERROR:
            where = f"; its log has the details under call {self.call_id}" if self.call_id else ""
            text = f"Something went wrong on the server{where}."
            await self._close(1011, wire.error_message("internal-error", text))
        else:
            await self._close(1000, wire.ended_message(cause))

    async def _close(self, code: int, last_words: str) -> None:
        if self._is_closed:
            return
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self._send(last_words)
                if not self._is_closed:
                    self._is_closed = True
                    await self._websocket.close(code)
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            pass  # the peer is gone, or does not read; the server drops the connection
        finally:
            self._is_closed = True

    async def _send(self, message: bytes | str) -> None:
        if self._is_closed or self._websocket.application_state is not WebSocketState.CONNECTED:
            return
        try:
            if isinstance(message, bytes):
                await self._websocket.send_bytes(message)
            else:
                await self._websocket.send_text(message)
        except (WebSocketDisconnect, RuntimeError):
            self._is_closed = True  # it left while we spoke; ``receive`` tells
