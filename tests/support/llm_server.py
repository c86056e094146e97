"""A chat-completions server that behaves, or misbehaves, as a test says.

Raw asyncio instead of a web framework, because the tests need what frameworks hide: when exactly the client's
socket closes, and answers that are broken in the middle. A connection whose answer was finished properly
takes the next request. Questions for a model (``GET /models/…``) the server answers by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote


@dataclass
class Exchange:
    """One request and the means to answer it; ``connection`` counts the server's connections from 0."""

    connection: int
    method: str
    path: str
    headers: dict[str, str]
    payload: bytes
    writer: asyncio.StreamWriter
    client_closed: asyncio.Event = field(default_factory=asyncio.Event)
    has_ended: bool = False

    @property
    def body(self) -> dict[str, Any]:
        """The request's JSON; empty if it has none."""
        parsed = json.loads(self.payload or b"{}")
        assert isinstance(parsed, dict)
        return parsed

    async def head(self, status: int = 200, content_type: str = "text/event-stream", **headers: str) -> None:
        """Send the response's head; the body is chunked, so that a body that breaks off can be told."""
        lines = [f"HTTP/1.1 {status} Scripted", f"Content-Type: {content_type}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines += ["Transfer-Encoding: chunked", "", ""]
        await self._write("\r\n".join(lines).encode())

    async def raw(self, payload: bytes) -> None:
        """Send bytes of the body as they are."""
        await self._write(b"%x\r\n%s\r\n" % (len(payload), payload))

    async def event(self, data: object) -> None:
        """Send one server-sent event; anything but text becomes JSON."""
        text = data if isinstance(data, str) else json.dumps(data)
        await self.raw(f"data: {text}\n\n".encode())

    async def delta(self, finish_reason: str | None = None, **delta: object) -> None:
        """Send one chunk with one choice."""
        await self.event(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": "scripted",
                "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
            }
        )

    async def words(self, *words: str) -> None:
        """Send a chunk of text for each word."""
        for word in words:
            await self.delta(content=word)

    async def finish(self, reason: str = "stop", usage: dict[str, int] | None = None) -> None:
        """Finish the answer and the response properly."""
        await self.delta(finish_reason=reason)
        if usage:
            await self.event({"object": "chat.completion.chunk", "choices": [], "usage": usage})
        await self.event("[DONE]")
        await self.end()

    async def end(self) -> None:
        """End the body properly."""
        await self._write(b"0\r\n\r\n")
        self.has_ended = True

    async def refuse(self, status: int, error: dict[str, object], **headers: str) -> None:
        """Answer with an error."""
        await self.give({"error": error}, status, **headers)

    async def give(self, body: object, status: int = 200, **headers: str) -> None:
        """Answer with one piece of JSON."""
        await self.head(status, "application/json", **headers)
        await self.raw(json.dumps(body).encode())
        await self.end()

    async def until_client_closes(self, within_s: float = 30) -> None:
        """Send nothing more, and stay until the client has closed its socket."""
        async with asyncio.timeout(within_s):
            await self.client_closed.wait()

    def abort(self) -> None:
        """Reset the connection."""
        self.writer.transport.abort()

    async def _write(self, payload: bytes) -> None:
        self.writer.write(payload)
        await self.writer.drain()


Script = Callable[[Exchange], Awaitable[None]]


class LlmServer:
    """Answers every request with ``script`` and keeps the exchanges for the test to look at.

    ``models`` are those that can be asked for by their names; ``lookups`` are the exchanges in which they
    were.
    """

    def __init__(self, script: Script) -> None:
        self.script = script
        self.models: set[str] = set()
        self.exchanges: list[Exchange] = []
        self.lookups: list[Exchange] = []
        self.connections = 0
        self.base_url = ""
        self._writers: set[asyncio.StreamWriter] = set()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        number, self.connections = self.connections, self.connections + 1
        self._writers.add(writer)
        has_ended = True
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while has_ended:
                exchange = await _read_request(reader, writer, number)
                has_ended = await self._answer_one(exchange, reader)
        self._writers.discard(writer)
        writer.close()

    async def hang_up(self) -> None:
        """Close all connections."""
        for writer in tuple(self._writers):
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer_one(self, exchange: Exchange, reader: asyncio.StreamReader) -> bool:
        """Return whether the connection can take another request."""
        is_lookup = exchange.method == "GET"
        (self.lookups if is_lookup else self.exchanges).append(exchange)
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(_watch(reader, exchange.client_closed))
            with contextlib.suppress(ConnectionError):
                await (self._look_up(exchange) if is_lookup else self.script(exchange))
            watch.cancel()
        return exchange.has_ended

    async def _look_up(self, exchange: Exchange) -> None:
        name = unquote(exchange.path.partition("?")[0].rpartition("/models/")[2])
        if name in self.models:
            await exchange.give({"id": name, "object": "model", "created": 1, "owned_by": "scripted"})
        else:
            await exchange.refuse(404, {"message": f"no {name}", "code": "model_not_found"})


@contextlib.asynccontextmanager
async def llm_server(script: Script) -> AsyncIterator[LlmServer]:
    """Run a server on loopback; its ``base_url`` ends in ``/v1``."""
    scripted = LlmServer(script)
    server = await asyncio.start_server(scripted.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    scripted.base_url = f"http://127.0.0.1:{port}/v1"
    try:
        yield scripted
    finally:
        server.close()
        await scripted.hang_up()
        await server.wait_closed()


async def _read_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int
) -> Exchange:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    request_line, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    payload = await reader.readexactly(int(headers.get("content-length", "0")))
    method, path, _ = request_line.split(" ")
    return Exchange(connection, method, path, headers, payload, writer)


async def _watch(reader: asyncio.StreamReader, client_closed: asyncio.Event) -> None:
    """Notice that the client has closed its socket."""
    with contextlib.suppress(ConnectionError):
        if early := await reader.read(65_536):
            reader.feed_data(early)  # the next request, and nobody else reads meanwhile
            return
    client_closed.set()
