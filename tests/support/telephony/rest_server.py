"""An HTTP server for what carriers are asked over REST, on loopback.

Raw asyncio instead of a web framework, because tests need what frameworks hide: answers that never come, and
connections that break. What it does with a request is up to the carrier that is made of it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Protocol
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import orjson


@dataclass(frozen=True)
class RestRequest:
    """What we were asked. The names of ``headers`` are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path without its query, decoded."""
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters."""
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def form(self) -> dict[str, list[str]]:
        """The body's fields, if it is a form."""
        return parse_qs(self.body.decode(), keep_blank_values=True)

    @property
    def json(self) -> dict[str, Any]:
        """The body, if it is JSON."""
        body: dict[str, Any] = orjson.loads(self.body or b"{}")
        return body


@dataclass(frozen=True)
class RestAnswer:
    """What we answer. A ``body`` of bytes goes out as it is."""

    status: int
    body: object = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Silence(Enum):
    """Ways not to answer."""

    BREAK = auto()  # the connection is reset when the request has been read
    WAIT = auto()  # nothing comes until the client gives up


Trouble = RestAnswer | Silence


class Carrier(Protocol):
    """What is behind the server."""

    requests: list[RestRequest]
    troubles: list[Trouble]  # what happens to the next requests, one each

    async def handle(self, request: RestRequest) -> RestAnswer:
        """Answer ``request``."""
        ...


@contextlib.asynccontextmanager
async def rest_server(carrier: Carrier) -> AsyncIterator[str]:
    """Run a server for ``carrier`` and yield its URL; leaving ends all connections."""
    connections: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        # The client leaving is no failure, and asyncio would report a cancellation that is ours as an error.
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await _serve_one(carrier, reader, writer):
                pass
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in connections:
            task.cancel()
        if connections:
            await asyncio.wait(connections)


async def _serve_one(carrier: Carrier, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Answer one request; return whether the connection can go on."""
    request = await _read(reader)
    carrier.requests.append(request)
    trouble = carrier.troubles.pop(0) if carrier.troubles else None
    match trouble:
        case Silence.BREAK:
            writer.transport.abort()
            return False
        case Silence.WAIT:
            await reader.read(1)  # until the client closes
            return False
        case RestAnswer():
            answer = trouble
        case None:
            answer = await carrier.handle(request)
    body = answer.body if isinstance(answer.body, bytes) else orjson.dumps(answer.body)
    lines = [
        f"HTTP/1.1 {answer.status} Scripted",
        f"Content-Length: {len(body)}",
        "Content-Type: application/json",
        *(f"{name}: {value}" for name, value in answer.headers.items()),
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()
    return True


async def _read(reader: asyncio.StreamReader) -> RestRequest:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    request_line, *lines = head.strip().split("\r\n")
    method, target, _ = request_line.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return RestRequest(method, target, headers, body)
