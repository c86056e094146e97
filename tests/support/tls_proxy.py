"""A reverse proxy that ends TLS, on loopback, set up as well or as badly as a test wants."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Head:
    """The head of a request. The names of ``headers`` are as they came."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """Return the value of a header, whatever the case of its name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def without(self, name: str) -> Head:
        """Return the head without a header."""
        return replace(self, headers=tuple(each for each in self.headers if each[0].lower() != name.lower()))

    def having(self, name: str, value: str) -> Head:
        """Return the head with a header, in place of the one it had."""
        return replace(self, headers=(*self.without(name).headers, (name, value)))

    @property
    def is_upgrade(self) -> bool:
        """Whether a WebSocket is asked for."""
        return (self.get("upgrade") or "").lower() == "websocket"


# What becomes of a request: a head that is passed on, or a whole response.
Rule = Callable[[Head], Head | bytes]


def as_it_should(head: Head) -> Head:
    """Pass everything on and tell how it came."""
    return head.having("X-Forwarded-Proto", "https").having("X-Forwarded-For", "203.0.113.7")


def answering(status: int, *headers: str, body: str = "") -> bytes:
    """Return a response of the proxy's own."""
    lines = [f"HTTP/1.1 {status} Proxy", "Server: proxy", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", body]).encode()


@asynccontextmanager
async def a_proxy(
    port: int, upstream: int, tls: ssl.SSLContext | None, rule: Rule = as_it_should
) -> AsyncIterator[None]:
    """Pass requests on from one port of the loopback to another, as ``rule`` says; leaving ends them all."""
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await _pass_on(reader, writer, upstream, rule)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port, ssl=tls)
    try:
        yield
    finally:
        server.close()
        for task in connections:
            task.cancel()
        if connections:
            await asyncio.wait(connections)


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, upstream: int, rule: Rule
) -> None:
    decided = rule(_parsed(await reader.readuntil(b"\r\n\r\n")))
    if isinstance(decided, bytes):
        writer.write(decided)
        await writer.drain()
        return
    if not decided.is_upgrade:
        decided = decided.having("Connection", "close")
    try:
        their_reader, their_writer = await asyncio.open_connection("127.0.0.1", upstream)
    except OSError:
        writer.write(answering(502))
        await writer.drain()
        return
    lines = [f"{decided.method} {decided.target} HTTP/1.1", *(f"{k}: {v}" for k, v in decided.headers)]
    their_writer.write("\r\n".join([*lines, "", ""]).encode())
    upwards = asyncio.ensure_future(_pump(reader, their_writer))
    try:
        await _pump(their_reader, writer)
    finally:
        upwards.cancel()
        their_writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65_536):
        writer.write(piece)
        await writer.drain()


def _parsed(raw: bytes) -> Head:
    request, *lines = raw.decode("latin-1").strip().split("\r\n")
    method, target, _ = request.split(" ")
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
    return Head(method, target, headers)
