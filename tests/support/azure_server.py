"""Azure's speech services on loopback, for the real SDK: they behave, or misbehave, as a test says.

What the recogniser "hears" is scripted; when it hears is not: words come up while the audio is loud, and a
phrase ends with the silence that the client configured. The voice is a tone, a word long for each word.
"""

from __future__ import annotations

import asyncio
import contextlib
import http
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from time import perf_counter

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.support.azure_ears import Ears
from tests.support.azure_voice import synthesize
from tests.support.azure_wire import Message, parse

RESET = 0  # break_with: the TCP connection is reset instead of closed


@dataclass
class Script:
    """What the services do, to be changed at any time; it holds for what happens from then on.

    ``lines`` are recognised one an utterance, again and again, in ``languages`` where the client wants to
    know; a phrase comes ``final_ms`` late. Speech
    begins after ``first_audio_ms`` and takes ``pace`` times its duration to make; words are told
    ``words_ahead_ms`` before their audio, or after it if that is negative. Every upgrade is answered
    with ``refuse`` if that is set. After ``faulty_after`` answers (hypotheses and phrases, or pieces of
    audio) a connection breaks with the code ``break_with``, or stands still if that is None; only the
    next ``faulty_connections`` do so. ``voices`` is the list of voices, as text.
    """

    lines: tuple[str, ...] = ("Hello.",)
    languages: tuple[str, ...] = ("en-US",)
    final_ms: int = 20
    first_audio_ms: int = 0
    pace: float = 0.0
    words_ahead_ms: int = 500
    refuse: int | None = None
    faulty_connections: int = 0
    faulty_after: int = 0
    break_with: int | None = None
    voices: str = "[]"
    headers: tuple[tuple[str, str], ...] = ()  # of a refusal


@dataclass(eq=False)
class Connection:
    """One connection of a client, and what came over it; times are ``perf_counter`` seconds."""

    path: str
    key: str
    close: Callable[[], Awaitable[None]]
    messages: list[Message] = field(default_factory=list)
    audio: bytearray = field(default_factory=bytearray)  # to be recognised; begins with a WAV header
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    closed_at: float = 0.0
    was_cut: bool = False  # closed while speech was being made

    def bodies(self, path: str) -> list[Message]:
        """The messages with ``path``."""
        return [message for message in self.messages if message.path == path]


class _Line:
    """A connection's way back to the client, with the faults of the script."""

    def __init__(self, socket: ServerConnection, script: Script) -> None:
        self._socket = socket
        self._faulty_after: int | None = None
        self._break_with = script.break_with
        if script.faulty_connections:
            script.faulty_connections -= 1
            self._faulty_after = script.faulty_after

    async def send(self, message: str | bytes, *, is_answer: bool = False) -> None:
        """Send ``message``, unless the script lets the line fail here."""
        if self._faulty_after is not None:
            if self._faulty_after <= 0:
                await self._fail()
            self._faulty_after -= is_answer
        await self._socket.send(message)

    async def _fail(self) -> None:
        if self._break_with == RESET:
            self._socket.transport.abort()
        elif self._break_with is not None:
            await self._socket.close(self._break_with, "scripted")
        await self._socket.wait_closed()


class AzureServer:
    """Both services.

    ``heard`` counts the phrases given so far, by which the script goes on; ``list_keys`` are the keys with
    which the voices were asked for.
    """

    def __init__(self, script: Script) -> None:
        self.script = script
        self.connections: list[Connection] = []
        self.list_keys: list[str] = []
        self.heard = 0
        self.endpoint = ""

    def next_line(self) -> str:
        """The line that is being spoken now."""
        return self.script.lines[self.heard % len(self.script.lines)]

    def next_language(self) -> str:
        """The language of that line."""
        return self.script.languages[self.heard % len(self.script.languages)]

    @property
    def open_connections(self) -> list[Connection]:
        """Those that the client has not closed."""
        return [connection for connection in self.connections if not connection.closed.is_set()]

    def refuse(self, socket: ServerConnection, request: Request) -> Response | None:
        """Answer the upgrade with an error, if the script says so, and give the list of voices."""
        is_list = request.path == "/tts/cognitiveservices/voices/list"
        if is_list:
            self.list_keys.append(request.headers.get("Ocp-Apim-Subscription-Key", ""))
        if self.script.refuse is not None:
            response = socket.respond(http.HTTPStatus(self.script.refuse), "scripted\n")
            response.headers.update(self.script.headers)
            return response
        return socket.respond(http.HTTPStatus.OK, self.script.voices) if is_list else None

    async def serve(self, socket: ServerConnection) -> None:
        """Serve one connection."""
        assert socket.request is not None
        headers = socket.request.headers
        connection = Connection(
            socket.request.path, headers.get("Ocp-Apim-Subscription-Key", ""), socket.close
        )
        self.connections.append(connection)
        line = _Line(socket, self.script)
        try:
            with contextlib.suppress(ConnectionClosed):
                if "/tts/" in connection.path:
                    await self._speak(socket, connection, line)
                else:
                    await self._listen(socket, connection, line)
        finally:
            connection.closed_at = perf_counter()
            connection.closed.set()

    async def _listen(self, socket: ServerConnection, connection: Connection, line: _Line) -> None:
        ears = Ears(self, line)
        async for raw in socket:
            message = parse(raw)
            if message.path == "audio":
                connection.audio += message.body
                await ears.hear(message)
            else:
                connection.messages.append(message)
                if message.path == "speech.context":
                    ears.configure(message)

    async def _speak(self, socket: ServerConnection, connection: Connection, line: _Line) -> None:
        output_format = ""
        async with asyncio.TaskGroup() as group:
            job: asyncio.Task[bool] | None = None
            async for raw in socket:
                message = parse(raw)
                connection.messages.append(message)
                if message.path == "synthesis.context":
                    output_format = message.json["synthesis"]["audio"]["outputFormat"]
                elif message.path == "ssml":
                    job = group.create_task(synthesize(line, message, output_format, self.script))
            if job is not None:
                connection.was_cut = not (job.done() and job.result())
                job.cancel()


@contextlib.asynccontextmanager
async def azure_server(script: Script | None = None, *, port: int = 0) -> AsyncIterator[AzureServer]:
    """Run both services on loopback, in this event loop."""
    scripted = AzureServer(script or Script())
    async with serve(
        scripted.serve,
        "127.0.0.1",
        port,
        process_request=scripted.refuse,
        max_size=None,
        ping_interval=None,
        close_timeout=0.2,
    ) as server:
        scripted.endpoint = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        yield scripted


def logged_by_the_client(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the lines of the log but those of the server's library, which writes what it is sent."""
    records = [record for record in caplog.records if record.name != "websockets.server"]
    return [f"{record.getMessage()} {record.args}" for record in records]
