"""Somebody who watches ``/ws/live``, as a console does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect


class LiveReader:
    """Folds what it is told into the calls that are live, and remembers all of it in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.calls: dict[str, dict[str, Any]] = {}
        self.messages: list[dict[str, Any]] = []

    async def read(self) -> dict[str, Any]:
        """Take one message. Raises ``ConnectionClosed``."""
        message: dict[str, Any] = orjson.loads(await self.socket.recv())
        self.messages.append(message)
        match message["type"]:
            case "snapshot":
                self.calls = {call["id"]: call for call in message["calls"]}
            case "call":
                self.calls[message["call"]["id"]] = message["call"]
            case "ended":
                del self.calls[message["call_id"]]  # it must be known
        return message

    async def read_until(self, is_reached: Callable[[dict[str, dict[str, Any]]], bool]) -> None:
        """Take messages until the live calls are such."""
        while not is_reached(self.calls):
            await self.read()

    def told_of(self, call_id: str, field: str) -> list[Any]:
        """Return the values that ``field`` of a call has had, without repetitions."""
        values: list[Any] = []
        for message in self.messages:
            if message["type"] == "call" and message["call"]["id"] == call_id:
                value = message["call"][field]
                if not values or values[-1] != value:
                    values.append(value)
        return values


@asynccontextmanager
async def open_view(
    server_url: str, ticket: str, *, headers: Mapping[str, str] | None = None, **options: Any
) -> AsyncIterator[LiveReader]:
    """Open a view; ``options`` are those of the WebSocket client. Nothing has been read yet."""
    async with connect(
        f"ws{server_url.removeprefix('http')}/ws/live",
        additional_headers=dict(headers or {}),
        compression=None,
        max_size=None,
        close_timeout=2,
        proxy=None,
        **options,
    ) as socket:
        await socket.send(orjson.dumps({"type": "hello", "version": 1, "ticket": ticket}).decode())
        yield LiveReader(socket)
