"""A carrier's media socket in memory, and a language that is plain to read."""

from __future__ import annotations

import asyncio
import base64

from backend.domain.errors import CallerError
from backend.domain.ports.carrier_media_port import (
    KeyReceived,
    MarkReturned,
    MediaEvent,
    MediaReceived,
    MediaStarted,
    MediaStopped,
)
from backend.domain.value_objects.audio import MULAW_8K


class MemorySocket:
    """Implements ``MessageChannel``; ``reading`` is cleared to play a carrier that reads nothing more."""

    def __init__(self) -> None:
        self.reading = asyncio.Event()
        self.reading.set()
        self.sent: list[str] = []
        self.closed_with: list[int] = []
        self.closes = True
        self._incoming: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._is_gone = False

    def say(self, *messages: str | bytes | None) -> None:
        for message in messages:
            self._incoming.put_nowait(message)

    async def receive(self) -> str | bytes | None:
        if self._is_gone:
            return None
        message = await self._incoming.get()
        self._is_gone = message is None
        return message

    async def send(self, message: str) -> None:
        await self.reading.wait()
        self.sent.append(message)

    async def close(self, code: int) -> None:
        self.closed_with.append(code)
        if not self.closes:
            await asyncio.Event().wait()


class PlainProtocol:
    """Implements ``MediaProtocol``: ``media 1 <base64>``, ``mark 320``, ``key 5``, ``stop``."""

    def parse(self, message: str | bytes) -> MediaEvent | None:
        if isinstance(message, bytes):
            raise CallerError("no text", code="bad-media")
        match message.split():
            case ["media", sequence, payload]:
                return MediaReceived(base64.b64decode(payload), sequence=int(sequence))
            case ["mark", name]:
                return MarkReturned(name)
            case ["key", key]:
                return KeyReceived(key)
            case ["start"]:
                return MediaStarted("call", MULAW_8K)
            case ["stop"]:
                return MediaStopped()
            case ["news"]:
                return None
            case _:
                raise CallerError("not understood", code="bad-media")

    def media(self, payload: bytes) -> str:
        return f"media {base64.b64encode(payload).decode()}"

    def mark(self, name: str) -> str:
        return f"mark {name}"

    def clear(self) -> str:
        return "clear"


def media(sequence: int, payload: bytes) -> str:
    """Return a carrier's message with audio."""
    return f"media {sequence} {base64.b64encode(payload).decode()}"
