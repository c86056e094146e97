"""uvicorn's WebSockets with rounds in between: what an application is told, and when."""

from __future__ import annotations

import asyncio
import base64
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from websockets.frames import Frame

from backend.interfaces.websocket.read_rounds import websocket_protocol

TEXT, BINARY, CLOSE = 0x81, 0x82, 0x88
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing resets the connection


class Site:
    """An application that notes what its sockets are told, by their path."""

    def __init__(self) -> None:
        self.port = 0
        self.told: dict[str, list[str]] = {}
        self.ended: asyncio.Queue[str] = asyncio.Queue()

    async def receive(self, websocket: WebSocket) -> None:
        told = self.told.setdefault(websocket.url.path, [])
        await websocket.accept()
        while (message := await websocket.receive())["type"] == "websocket.receive":
            told.append(message["text"])
        told.append(f"end {message['code']}")
        self.ended.put_nowait(websocket.url.path)

    async def knocks(self, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return an open socket."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        key = base64.b64encode(bytes(16)).decode()
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        return reader, writer


def frame(content: bytes, kind: int = TEXT) -> bytes:
    """Return a client's frame; its mask is zero."""
    return bytes((kind, 0x80 | len(content))) + bytes(4) + content


@asynccontextmanager
async def a_site(protocol: type[asyncio.Protocol] | None = None) -> AsyncIterator[Site]:
    site = Site()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await site.receive(WebSocket(scope, receive, send))

    config = uvicorn.Config(app, log_config=None, lifespan="off", ws=protocol or websocket_protocol())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        site.port = listener.getsockname()[1]
        async with asyncio.TaskGroup() as group:
            server = uvicorn.Server(config)
            group.create_task(server.serve(sockets=[listener]))
            yield site
            server.should_exit = True


@pytest.mark.parametrize("is_reset", [False, True])
async def test_what_was_said_right_before_the_end_is_heard_before_it(*, is_reset: bool) -> None:
    async with a_site() as site, asyncio.timeout(10):
        _, other = await site.knocks("/other")
        _, leaving = await site.knocks("/leaving")
        if is_reset:
            leaving.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        other.write(frame(b"hello"))  # begins a round
        leaving.write(frame(b"goodbye"))
        leaving.close()
        assert await site.ended.get() == "/leaving"
        assert site.told["/leaving"] == ["goodbye", "end 1005"]
        other.close()


async def test_who_says_goodbye_and_nothing_more_is_answered() -> None:
    async with a_site() as site, asyncio.timeout(10):
        _, other = await site.knocks("/other")
        reader, leaving = await site.knocks("/leaving")
        other.write(frame(b"hello"))
        leaving.write(frame(b"\x03\xe8", CLOSE))
        leaving.write_eof()
        assert await reader.read() == bytes((CLOSE, 2)) + b"\x03\xe8"
        assert await site.ended.get() == "/leaving"
        assert site.told["/leaving"] == ["end 1000"]
        leaving.close()
        other.close()


async def test_a_bug_ends_the_socket_that_it_is_in_and_no_other() -> None:
    def stumble(_: asyncio.Protocol, event: Frame) -> None:
        raise ValueError(event)

    errors: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context["exception"]))
    stumbling = type("Stumbling", (websocket_protocol(),), {"handle_bytes": stumble})
    async with a_site(stumbling) as site, asyncio.timeout(10):
        _, before = await site.knocks("/before")
        reader, broken = await site.knocks("/broken")
        _, behind = await site.knocks("/behind")
        before.write(frame(b"one"))
        broken.write(frame(b"two", BINARY))
        behind.write(frame(b"three"))
        assert await site.ended.get() == "/broken"
        assert [type(error) for error in errors] == [ValueError]
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        for writer in (before, broken, behind):
            writer.close()
        for _ in range(2):
            await site.ended.get()
    assert site.told["/before"] == ["one", "end 1005"]
    assert site.told["/behind"] == ["three", "end 1005"]


async def test_many_sockets_are_each_told_what_was_said_on_them_in_order() -> None:
    paths = [f"/{number}" for number in range(20)]
    async with a_site() as site, asyncio.timeout(10):
        writers = [(await site.knocks(path))[1] for path in paths]
        for count in range(50):
            for writer, path in zip(writers, paths, strict=True):
                writer.write(frame(f"{path} {count}".encode()))
            await asyncio.sleep(0)
        for writer in writers:
            writer.close()
        for _ in paths:
            await site.ended.get()
    for path in paths:
        assert site.told[path] == [*(f"{path} {count}" for count in range(50)), "end 1005"]
