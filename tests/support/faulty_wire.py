"""What a saboteur on the line must know of the protocols: where one message ends and the next begins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

# RFC 6455, section 5.5.1: a final close frame with the code 1000, which says "all is well".
WEBSOCKET_FAREWELL: Final = b"\x88\x02\x03\xe8"
# RFC 9112, section 7.1: the last chunk.
HTTP_FAREWELL: Final = b"0\r\n\r\n"


@dataclass(frozen=True)
class Response:
    """The head of an answer, as it came."""

    head: bytes

    @property
    def is_websocket(self) -> bool:
        """Whether frames follow."""
        return self.head.split(b" ", 2)[1] == b"101"

    @property
    def is_chunked(self) -> bool:
        """Whether chunks follow."""
        return self.header(b"transfer-encoding") == b"chunked"

    @property
    def farewell(self) -> bytes:
        """What ends a body like this one properly."""
        return WEBSOCKET_FAREWELL if self.is_websocket else HTTP_FAREWELL if self.is_chunked else b""

    def header(self, name: bytes) -> bytes:
        """Return a header's value, or nothing."""
        for line in self.head.split(b"\r\n"):
            key, _, value = line.partition(b":")
            if key.strip().lower() == name:
                return value.strip().lower()
        return b""

    def wrap(self, payload: bytes) -> bytes:
        """Return a message of the body with ``payload`` (shorter than 126 bytes) in it."""
        if self.is_websocket:
            return bytes((0x81, len(payload))) + payload
        return b"%x\r\n%s\r\n" % (len(payload), payload) if self.is_chunked else payload

    async def body(self, reader: asyncio.StreamReader) -> AsyncGenerator[bytes, None]:
        """Yield the body message by message, framing and all, up to its end; one of a known length in halves.

        Raises ``IncompleteReadError`` if the connection ends before.
        """
        if self.is_websocket:
            while True:
                yield await _frame(reader)
        elif self.is_chunked:
            chunk = b""
            while chunk != HTTP_FAREWELL:
                chunk = await _chunk(reader)
                yield chunk
        elif length := int(self.header(b"content-length") or b"0"):
            yield await reader.readexactly(length // 2)
            yield await reader.readexactly(length - length // 2)


async def _frame(reader: asyncio.StreamReader) -> bytes:
    """Read a frame of a server, which masks none (RFC 6455, section 5.2)."""
    head = await reader.readexactly(2)
    extended = await reader.readexactly({126: 2, 127: 8}.get(head[1], 0))
    length = int.from_bytes(extended, "big") if extended else head[1]
    return head + extended + await reader.readexactly(length)


async def _chunk(reader: asyncio.StreamReader) -> bytes:
    size = await reader.readuntil(b"\r\n")
    return size + await reader.readexactly(int(size, 16) + 2)
