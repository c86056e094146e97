"""An HTTP server for speech that behaves, or misbehaves, as a test says.

Raw asyncio instead of a web framework, because the tests need what frameworks hide: which connection a
request comes on, when exactly the client closes it, and answers that are broken in the middle. Connections
are kept alive as long as answers end properly.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class SpeechExchange:
    """One request and the means to answer it; ``connection`` counts the server's connections from 0."""

    method: str
    target: str
    headers: dict[str, str]
    body: dict[str, Any]
    connection: int
    writer: asyncio.StreamWriter
    client_closed: asyncio.Event = field(default_factory=asyncio.Event)
    is_complete: bool = False

    @property
    def path(self) -> str:
        """The path without its query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}

    async def head(self, status: int = 200, content_type: str = "application/json", **headers: str) -> None:
        """Send the response's head; the body is chunked, so that a body that breaks off can be told."""
        lines = [f"HTTP/1.1 {status} Scripted", f"Content-Type: {content_type}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self._write("\r\n".join([*lines, "Transfer-Encoding: chunked", "", ""]).encode())

    async def raw(self, payload: bytes) -> None:
        """Send bytes of the body as they are."""
        if payload:
            await self._write(b"%x\r\n%s\r\n" % (len(payload), payload))
            await asyncio.sleep(0)  # the client lives on the same loop

    async def line(self, content: object) -> None:
        """Send one line of JSON."""
        await self.raw(json.dumps(content).encode() + b"\n")

    async def end(self) -> None:
        """End the body properly."""
        await self._write(b"0\r\n\r\n")
        self.is_complete = True

    async def answer(self, status: int, content: object, **headers: str) -> None:
        """Answer with JSON."""
        await self.head(status, **headers)
        await self.raw(json.dumps(content).encode())
        await self.end()

    async def until_client_closes(self) -> None:
        """Send nothing more, and stay until the client has closed its connection."""
        async with asyncio.timeout(20):
            await self.client_closed.wait()

    def abort(self) -> None:
        """Reset the connection."""
        self.writer.transport.abort()

    async def _write(self, payload: bytes) -> None:
        self.writer.write(payload)
        await self.writer.drain()


Script = Callable[[SpeechExchange], Awaitable[None]]


class SpeechServer:
    """Answers every request with ``script`` and keeps the exchanges for the test to look at."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.exchanges: list[SpeechExchange] = []
        self.url = ""
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until either side closes it."""
        connection, self.connections = self.connections, self.connections + 1
        ahead = b""
        # The client closing, or leaving in the middle of an answer, ends the connection and nothing else.
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                exchange = await _read_request(ahead, reader, writer, connection)
                self.exchanges.append(exchange)
                watch = asyncio.ensure_future(_watch(reader, exchange.client_closed))
                try:
                    with contextlib.suppress(ConnectionError):
                        if exchange.method == "HEAD":
                            exchange.writer.write(b"HTTP/1.1 404 Scripted\r\nContent-Length: 0\r\n\r\n")
                            exchange.is_complete = True
                        else:
                            await self.script(exchange)
                    if not exchange.is_complete:
                        break
                    ahead = await watch
                    if not ahead:
                        break
                finally:
                    watch.cancel()
        writer.close()


@contextlib.asynccontextmanager
async def speech_server(script: Script) -> AsyncIterator[SpeechServer]:
    """Run a server on loopback; leaving waits until all its connections have ended."""
    scripted = SpeechServer(script)
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        with contextlib.suppress(asyncio.CancelledError):  # asyncio reports it as an error, though it is ours
            await scripted.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    scripted.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield scripted
    finally:
        server.close()
        await server.wait_closed()
        for task in connections:
            task.cancel()
        if connections:
            await asyncio.wait(connections)


async def _read_request(
    ahead: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int
) -> SpeechExchange:
    head = (ahead + await reader.readuntil(b"\r\n\r\n")).decode()
    request_line, *lines = head.strip().split("\r\n")
    method, target, _ = request_line.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return SpeechExchange(method, target, headers, json.loads(body or b"{}"), connection, writer)


async def _watch(reader: asyncio.StreamReader, client_closed: asyncio.Event) -> bytes:
    """Return the first byte of the next request, or nothing when the client has closed."""
    byte = b""
    with contextlib.suppress(ConnectionError):
        byte = await reader.read(1)
    if not byte:
        client_closed.set()
    return byte
