"""A carrier's WebSocket: what may come on it, and what becomes of it when too much does."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

import pytest
from starlette.types import Message
from starlette.websockets import WebSocket

from backend.interfaces.websocket.message_socket import MessageSocket
from tests.support.memory import ManualClock


class Wire:
    """What a server does with a WebSocket; ``incoming`` comes from the peer."""

    def __init__(self, *incoming: str | bytes) -> None:
        self.incoming = deque[Message]({"type": "websocket.connect"} for _ in range(1))
        self.incoming += [_received(content) for content in incoming]
        self.sent: list[Message] = []
        self.is_broken = False
        self.reads = asyncio.Event()
        self.reads.set()

    async def receive(self) -> Message:
        await asyncio.sleep(0)
        return self.incoming.popleft() if self.incoming else {"type": "websocket.disconnect", "code": 1006}

    async def send(self, message: Message) -> None:
        await self.reads.wait()
        if self.is_broken:
            raise OSError("the connection is gone")
        self.sent.append(message)

    @property
    def close_codes(self) -> list[int]:
        return [message["code"] for message in self.sent if message["type"] == "websocket.close"]


def _received(content: str | bytes) -> Message:
    return {"type": "websocket.receive", "text" if isinstance(content, str) else "bytes": content}


async def a_socket(wire: Wire, clock: ManualClock | None = None) -> MessageSocket:
    scope: dict[str, Any] = {"type": "websocket", "headers": [], "path": "/", "subprotocols": []}
    websocket = WebSocket(scope, wire.receive, wire.send)
    await websocket.accept()
    return MessageSocket(websocket, clock or ManualClock())


async def test_messages_come_in_order_and_then_nothing_for_ever() -> None:
    wire = Wire("one", b"two")
    socket = await a_socket(wire)
    assert [await socket.receive() for _ in range(4)] == ["one", b"two", None, None]
    await socket.send("too late")
    await socket.close(1000)
    assert [message["type"] for message in wire.sent] == ["websocket.accept"]


async def test_what_a_peer_said_before_it_left_is_heard_although_it_cannot_be_told_anything() -> None:
    wire = Wire("stop")
    socket = await a_socket(wire)
    wire.is_broken = True
    await socket.send("audio")
    assert [await socket.receive() for _ in range(2)] == ["stop", None]
    await socket.close(1000)


@pytest.mark.parametrize("content", ["x" * 65_537, b"x" * 65_537, "ñ" * 32_769])
async def test_a_message_that_is_too_large_ends_it(content: str | bytes) -> None:
    wire = Wire("one", content, "three")
    socket = await a_socket(wire)
    assert [await socket.receive() for _ in range(3)] == ["one", None, None]
    assert wire.close_codes == [1009]


@pytest.mark.parametrize("content", ["x" * 65_536, b"x" * 65_536, "ñ" * 32_768])
async def test_the_largest_message_is_taken(content: str | bytes) -> None:
    assert await (await a_socket(Wire(content))).receive() == content


async def test_a_peer_that_sends_without_end_is_cut_off() -> None:
    wire = Wire(*["x"] * 5_000)
    socket = await a_socket(wire)
    taken = 0
    while await socket.receive() is not None:
        taken += 1
    assert 1_000 <= taken <= 2_000  # a stall of ten seconds is caught up with
    assert wire.close_codes == [1008]


async def test_two_hundred_messages_a_second_are_taken_for_ever() -> None:
    wire, clock = Wire(*["x"] * 6_000), ManualClock()
    socket = await a_socket(wire, clock)
    for number in range(6_000):
        assert await socket.receive() == "x"
        assert socket.heard_at() == clock.monotonic_ns()
        if number % 2:
            clock.advance(0.01)
    assert wire.close_codes == []


async def test_a_peer_that_left_while_we_spoke_is_not_spoken_to_again() -> None:
    wire = Wire("one")
    socket = await a_socket(wire)
    wire.is_broken = True
    await socket.send("hello")
    wire.is_broken = False
    await socket.send("are you there")
    await socket.close(1000)
    assert [message["type"] for message in wire.sent] == ["websocket.accept"]


async def test_it_is_closed_once_and_in_time_even_if_the_peer_does_not_read() -> None:
    wire = Wire()
    socket = await a_socket(wire)
    wire.reads.clear()
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(socket.close(1000))
    assert loop.time() - began < 2.5
    assert await socket.receive() is None
