"""A caller on the loopback carrier that costs next to nothing: a raw socket, frames that are made beforehand.

One process holds hundreds of them: a packet is one write, an answer is looked at by its first bytes, and a
mark goes back with the next packet once the audio before it has been played. All instants are
``time.perf_counter`` seconds.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
import time
from collections import deque
from typing import Final, cast

import orjson

from backend.interfaces.cli import phone_messages as wire

PACKET_S: Final = 0.02
LATE_S: Final = 0.002  # what two clocks' grids may differ by
_MEDIA, _MARK, _CLEAR = b'{"event":"media"', b'{"event":"mark"', b'{"event":"clear"'
_MEDIA_EXTRA: Final = len(b'{"event":"media","payload":""}')
_TEXT, _CLOSE, _PING = 0x81, 0x88, 0x89


def frame(text: bytes, kind: int = _TEXT) -> bytes:
    """Return a client's frame. Its mask is zero, so that the payload is written as it is."""
    size = len(text)
    if size < 126:
        return bytes((kind, 0x80 | size)) + bytes(4) + text
    return bytes((kind, 0x80 | 126)) + size.to_bytes(2, "big") + bytes(4) + text


def audio_tail(payload: bytes) -> bytes:
    """Return the end of a packet's message, which does not change with its number."""
    return b',"payload":"' + base64.b64encode(payload) + b'"}'


class Line(asyncio.Protocol):
    """One call's media socket.

    ``answered_at`` is when the first audio came since ``listen_for_answer``, 0 before; ``underruns`` counts
    audio that came after the loudspeaker had run dry in the middle of an answer.
    """

    def __init__(self, start: bytes) -> None:
        self._start = start
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._is_open = False
        self._sequence = 0
        self._marks: deque[tuple[float, bytes]] = deque()
        self.plays_until = 0.0
        self.answered_at = 0.0
        self.underruns = 0
        self.worst_gap_s = 0.0
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_lost = False

    # --- what the caller does ---------------------------------------------------------------------

    def listen_for_answer(self) -> None:
        """What comes from now on is a new answer."""
        self.answered_at = 0.0

    def say(self, tail: bytes, now: float) -> None:
        """Send a packet, and the marks that were reached."""
        if self._transport is None or self.is_lost:
            return
        self._sequence += 1
        data = frame(b'{"event":"media","sequence":%d%s' % (self._sequence, tail))
        while self._marks and self._marks[0][0] <= now:
            data += frame(self._marks.popleft()[1])
        self._transport.write(data)

    def hang_up(self) -> None:
        """Leave."""
        if self._transport is not None:
            self._transport.write(frame(wire.stop().encode()))

    def drop(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()

    # --- what arrives -----------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one without saying so

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's
        self.is_lost = True
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("the server did not take the media socket"))

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self._received += data
        if not self._is_open:
            self._read_handshake()
        while self._is_open and (size := self._whole_frame()):
            head, length = size
            self._happened(self._received[0], bytes(self._received[head : head + length]), now)
            del self._received[: head + length]

    def _read_handshake(self) -> None:
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        if not self._received.startswith(b"HTTP/1.1 101"):
            self.opened.set_exception(ConnectionError(self._received[:end].decode(errors="replace")))
            return
        del self._received[: end + 4]
        self._is_open = True
        assert self._transport is not None
        self._transport.write(frame(self._start))
        self.opened.set_result(None)

    def _whole_frame(self) -> tuple[int, int] | None:
        """Return the length of the head and of the payload of the frame that has come, if one has wholly."""
        received = self._received
        if len(received) < 2:
            return None
        head, length = 2, received[1]
        if length == 126:
            head, length = 4, int.from_bytes(received[2:4], "big")
        return (head, length) if len(received) >= head + length else None

    def _happened(self, kind: int, payload: bytes, now: float) -> None:
        if payload.startswith(_MEDIA):
            self._play((len(payload) - _MEDIA_EXTRA) * 3 // 4 / 8_000, now)
        elif payload.startswith(_MARK):
            name = orjson.loads(payload)["name"]
            self._marks.append((self.plays_until, wire.mark(name).encode()))
        elif payload.startswith(_CLEAR):
            self.plays_until = now
            self._marks = deque((now, mark) for _, mark in self._marks)
        elif self._transport is not None and kind == _PING:
            self._transport.write(frame(payload, 0x8A))
        elif self._transport is not None and kind == _CLOSE:
            self._transport.write(frame(payload[:2], _CLOSE))

    def _play(self, seconds: float, now: float) -> None:
        if not self.answered_at:
            self.answered_at = now
        elif now > self.plays_until + LATE_S:
            self.underruns += 1
            self.worst_gap_s = max(self.worst_gap_s, now - self.plays_until)
        self.plays_until = max(self.plays_until, now) + seconds


def upgrade(port: int, path: str, signature: str) -> bytes:
    """Return the request that opens a media socket."""
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"{wire.SIGNATURE_HEADER}: {signature}\r\n\r\n"
    ).encode()
