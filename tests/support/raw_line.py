"""A line without manners: any bytes on ``/ws/audio``, and what the server says to that."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.victoria import Victoria

FRAME = bytes(640)  # 20 ms of silence


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the server ended it: the code in its last words, if it had any, and the close code."""

    error: str | None
    close_code: int | None


@asynccontextmanager
async def open_line(
    victoria: Victoria, *, headers: Mapping[str, str] | None = None
) -> AsyncIterator[ClientConnection]:
    """Open a socket and say nothing."""
    async with connect(
        victoria.calls_url,
        additional_headers=dict(headers or {}),
        compression=None,
        max_size=None,
        close_timeout=2,
        proxy=None,
    ) as socket:
        yield socket


@asynccontextmanager
async def open_call(victoria: Victoria, agent: str = "Victoria") -> AsyncIterator[ClientConnection]:
    """Open a call and wait until the server is ready."""
    ticket = await victoria.ticket(agent)
    async with open_line(victoria) as socket:
        await begin_call(socket, ticket)
        yield socket


async def begin_call(socket: ClientConnection, ticket: str) -> str:
    """Say hello and wait until the server is ready; return the id of the call."""
    await socket.send(orjson.dumps({"type": "hello", "version": 1, "ticket": ticket}).decode())
    ready = orjson.loads(await socket.recv())
    assert ready["type"] == "ready"
    call_id: str = ready["call_id"]
    return call_id


async def outcome(socket: ClientConnection) -> Outcome:
    """Read until the server closes, and tell how it did."""
    error: str | None = None
    try:
        while True:
            message = await socket.recv()
            if isinstance(message, str):
                parsed = orjson.loads(message)
                if parsed["type"] == "error":
                    error = parsed["code"]
    except ConnectionClosed:
        return Outcome(error, socket.close_code)
