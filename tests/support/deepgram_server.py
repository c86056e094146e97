"""Deepgram's streaming recognition on loopback: it behaves, or misbehaves, as a test says.

What it "hears" is scripted; when it hears is not: words come up while the audio is loud, and become final
when the client asks for it. Field names are those of the service's reference (see ``deepgram_wire``).
"""

from __future__ import annotations

import asyncio
import contextlib
import http
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, urlsplit

import numpy as np
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from backend.application.processors.g711 import mulaw_decode
from tests.support.deepgram_ears import Ears, interim

RESET: Final = 0  # break_with: the TCP connection is reset instead of closed
_LOUD: Final = 300  # root mean square of int16


@dataclass
class Script:
    """What the service does, to be changed at any time; it holds for what happens from then on.

    ``lines`` are recognised one an utterance, again and again, each in its language if there are
    ``languages``; the answer to a Finalize comes ``final_ms`` late, or not at all unless it ``flushes``.
    Every upgrade is answered with ``refuse`` and ``headers`` if that is set, or never if it ``hangs``. After
    ``faulty_after`` results a connection sends ``garbage`` if there is any, and then breaks with the code
    ``break_with``, or stands still if that is None; it does not if ``faulty_after`` is None. ``reads`` is
    false if it takes nothing off the line.
    """

    lines: tuple[str, ...] = ("Hello.",)
    languages: tuple[str, ...] = ()
    final_ms: int = 20
    flushes: bool = True
    refuse: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    reads: bool = True
    faulty_after: int | None = None
    garbage: str | bytes | None = None
    break_with: int | None = None


@dataclass(eq=False)
class Connection:
    """One connection of a client, and what came over it."""

    path: str
    query: dict[str, list[str]]
    authorization: str
    socket: ServerConnection
    texts: list[str] = field(default_factory=list)
    audio: bytearray = field(default_factory=bytearray)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    def count(self, kind: str) -> int:
        """How many messages of ``kind`` have come."""
        return [json.loads(text)["type"] for text in self.texts].count(kind)


class DeepgramServer:
    """The service. ``heard`` counts the utterances that have been flushed, by which the script goes on."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.connections: list[Connection] = []
        self.requests: list[Request] = []
        self.heard = 0
        self.base_url = ""
        self.stopped = asyncio.Event()

    @property
    def open_connections(self) -> list[Connection]:
        """Those that the client has not closed."""
        return [connection for connection in self.connections if not connection.closed.is_set()]

    async def admit(self, socket: ServerConnection, request: Request) -> Response | None:
        """Answer the upgrade."""
        self.requests.append(request)
        if self.script.hangs:
            await self.stopped.wait()
        if self.script.refuse is None:
            return None
        response = socket.respond(http.HTTPStatus(self.script.refuse), "scripted\n")
        for name, value in self.script.headers.items():
            response.headers[name] = value
        return response

    async def serve(self, socket: ServerConnection) -> None:
        """Serve one connection."""
        assert socket.request is not None
        target = urlsplit(socket.request.path)
        authorization = socket.request.headers.get("Authorization", "")
        connection = Connection(target.path, parse_qs(target.query), authorization, socket)
        self.connections.append(connection)
        try:
            with contextlib.suppress(ConnectionClosed):
                await self._listen(connection)
        finally:
            connection.closed.set()

    async def _listen(self, connection: Connection) -> None:
        ears = Ears(int(connection.query["sample_rate"][0]))
        is_mulaw = connection.query["encoding"] == ["mulaw"]
        line = _Line(connection.socket, self.script)
        async for message in connection.socket:
            if not self.script.reads:
                await self.stopped.wait()
            if isinstance(message, bytes):
                assert message, "an empty message ends the service's stream"
                connection.audio += message
                samples = mulaw_decode(message) if is_mulaw else np.frombuffer(message, "<i2")
                rms = float(np.sqrt(np.mean(samples.astype(float) ** 2)))
                if words := ears.hear(len(samples), self._next_line(), is_loud=rms > _LOUD):
                    await line.send(interim(words, ears))
                continue
            connection.texts.append(message)
            if json.loads(message)["type"] == "Finalize":
                await self._flush(line, ears)
            elif json.loads(message)["type"] == "CloseStream":
                await connection.socket.send(json.dumps({"type": "Metadata", "duration": ears.now_s}))

    async def _flush(self, line: _Line, ears: Ears) -> None:
        await asyncio.sleep(self.script.final_ms / 1_000)
        if not self.script.flushes:
            return
        languages = self.script.languages
        language = languages[self.heard % len(languages)] if languages else None
        text = self._next_line() if ears.has_speech else ""
        self.heard += ears.has_speech
        await line.send(ears.flush(text, language))

    def _next_line(self) -> str:
        return self.script.lines[self.heard % len(self.script.lines)]


class _Line:
    """A connection's way back to the client, with the faults of the script."""

    def __init__(self, socket: ServerConnection, script: Script) -> None:
        self._socket = socket
        self._script = script
        self._sent = 0

    async def send(self, result: dict[str, object]) -> None:
        """Send ``result``, unless the script lets the line fail here."""
        if self._script.faulty_after is not None and self._sent >= self._script.faulty_after:
            await self._fail()
        self._sent += 1
        await self._socket.send(json.dumps(result))

    async def _fail(self) -> None:
        if self._script.garbage is not None:
            await self._socket.send(self._script.garbage)
        if self._script.break_with == RESET:
            self._socket.transport.abort()
        elif self._script.break_with is not None:
            await self._socket.close(self._script.break_with, "scripted")
        await self._socket.wait_closed()


@contextlib.asynccontextmanager
async def deepgram_server(script: Script | None = None) -> AsyncIterator[DeepgramServer]:
    """Run the service on loopback, in this event loop."""
    scripted = DeepgramServer(script or Script())
    async with serve(
        scripted.serve, "127.0.0.1", 0, process_request=scripted.admit, ping_interval=None, close_timeout=0.2
    ) as server:
        scripted.base_url = f"http://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        try:
            yield scripted
        finally:
            scripted.stopped.set()
