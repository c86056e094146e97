"""Servers that are not what a client expects: bytes on loopback, as slow as a test says."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

# The discard service (RFC 863): switched off everywhere, and no server gets its port that takes any.
REFUSING_PORT: Final = 9

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def drip(payload: bytes, *, pause_s: float = 0.02) -> Answer:
    """Answer with ``payload``, byte by byte."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        for byte in payload:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(pause_s)

    return answer


@contextlib.asynccontextmanager
async def raw_server(answer: Answer) -> AsyncIterator[int]:
    """Run a server that reads the head of a request and gives ``answer``; yields its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
