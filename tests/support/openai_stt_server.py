"""A transcription server that behaves, or misbehaves, as a test says.

Raw asyncio, because the tests need what frameworks hide: which requests share a connection, when exactly the
client closes it, and answers that break off.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import re
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field


@dataclass
class Connection:
    """One connection of the client; ``served`` once nobody works on it any more."""

    writer: asyncio.StreamWriter
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    served: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Exchange:
    """One request and the means to answer it; ``form`` holds the multipart fields but the file's."""

    method: str
    path: str
    headers: dict[str, str]
    form: dict[str, str]
    wav: bytes
    connection: Connection

    @property
    def pcm(self) -> bytes:
        """The recording's samples."""
        with wave.open(io.BytesIO(self.wav)) as wav:
            assert (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) == (1, 2, 16_000)
            return bytes(wav.readframes(wav.getnframes()))

    async def answer(self, body: object, status: int = 200, **headers: str) -> None:
        """Answer with ``body``; anything but bytes becomes JSON."""
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"HTTP/1.1 {status} Scripted", f"Content-Length: {len(payload)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.raw("\r\n".join([*lines, "", ""]).encode() + payload)

    async def raw(self, payload: bytes) -> None:
        """Send bytes as they are."""
        self.connection.writer.write(payload)
        await self.connection.writer.drain()

    async def until_client_closes(self) -> None:
        """Send nothing more, and stay until the client has closed its socket."""
        async with asyncio.timeout(20):
            await self.connection.closed.wait()

    def abort(self) -> None:
        """Reset the connection."""
        self.connection.writer.transport.abort()

    def close(self) -> None:
        """Close the connection."""
        self.connection.writer.close()


Script = Callable[[Exchange], Awaitable[None]]


def saying(*lines: str) -> Script:
    """Answer with the lines, one after the other, again and again."""
    heard = 0

    async def answer(exchange: Exchange) -> None:
        nonlocal heard
        await exchange.answer({"text": lines[heard % len(lines)]})
        heard += 1

    return answer


class TranscriptionServer:
    """Answers every request with ``script`` and keeps what came for the test to look at."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.exchanges: list[Exchange] = []
        self.connections: list[Connection] = []
        self.base_url = ""

    @property
    def open_connections(self) -> list[Connection]:
        """Those that nobody has closed."""
        return [connection for connection in self.connections if not connection.closed.is_set()]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until it closes; who closes it is seen at once."""
        connection = Connection(writer)
        self.connections.append(connection)
        unread = asyncio.StreamReader()
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(_pass_on(reader, unread, connection.closed))
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    exchange = await _read_request(unread, connection)
                    self.exchanges.append(exchange)
                    await self.script(exchange)
            watch.cancel()
        connection.closed.set()
        writer.close()
        connection.served.set()


@contextlib.asynccontextmanager
async def transcription_server(script: Script) -> AsyncIterator[TranscriptionServer]:
    """Run a server on loopback; its ``base_url`` ends in ``/v1``."""
    scripted = TranscriptionServer(script)
    server = await asyncio.start_server(scripted.serve, "127.0.0.1", 0)
    scripted.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield scripted
    finally:
        server.close()
        async with asyncio.timeout(20):
            for connection in scripted.connections:
                connection.writer.close()
                await connection.served.wait()
        await server.wait_closed()


async def _pass_on(reader: asyncio.StreamReader, unread: asyncio.StreamReader, closed: asyncio.Event) -> None:
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(65_536):
            unread.feed_data(chunk)
    closed.set()
    unread.feed_eof()


async def _read_request(reader: asyncio.StreamReader, connection: Connection) -> Exchange:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    request_line, *lines = head.strip().split("\r\n")
    method, path, _ = request_line.split(" ")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    form, wav = _parts(headers.get("content-type", ""), body)
    return Exchange(method, path, headers, form, wav, connection)


def _parts(content_type: str, body: bytes) -> tuple[dict[str, str], bytes]:
    """Return the fields of a multipart form (RFC 7578), and the content of its file."""
    form: dict[str, str] = {}
    wav = b""
    boundary = content_type.partition("boundary=")[2].encode()
    for part in body.split(b"--" + boundary)[1:-1] if boundary else ():
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        name = re.search(rb'[ ;]name="([^"]*)"', head)
        assert name is not None
        if b"filename=" in head:
            wav = content
        else:
            form[name[1].decode()] = content.decode()
    return form, wav
