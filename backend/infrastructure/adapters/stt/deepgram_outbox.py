"""What a stream has still to send, in the order it was given."""

from __future__ import annotations

import asyncio
from collections import deque

from backend.domain.value_objects.audio import AudioFormat


class Outbox:
    """Audio (bytes) and messages (text) between it; filled by plain calls, emptied by one task.

    At most ``limit_ms`` of audio may lie there. Audio that has piled up goes out in pieces of about
    ``piece_ms``.
    """

    def __init__(self, audio_format: AudioFormat, *, limit_ms: int, piece_ms: int = 100) -> None:
        self._limit_bytes = audio_format.bytes_in(limit_ms)
        self._piece_bytes = audio_format.bytes_in(piece_ms)
        self._items: deque[bytes | str] = deque()
        self._audio_bytes = 0
        self._is_ended = False
        self._changed = asyncio.Event()

    def put_audio(self, payload: bytes) -> bool:
        """Add audio; False if there is no room for it."""
        if self._audio_bytes + len(payload) > self._limit_bytes:
            return False
        if payload and not self._is_ended:  # an empty message would end the service's stream
            self._audio_bytes += len(payload)
            self._items.append(payload)
            self._changed.set()
        return True

    def put_message(self, text: str) -> None:
        """Add a message."""
        if not self._is_ended:
            self._items.append(text)
            self._changed.set()

    def end(self, farewell: str) -> None:
        """Drop what lies there; ``farewell`` is the last that goes out. Idempotent."""
        if not self._is_ended:
            self._is_ended = True
            self._items.clear()
            self._items.append(farewell)
            self._changed.set()

    async def take(self) -> bytes | str | None:
        """Wait for what is to be sent next; None after the farewell."""
        while not self._items:
            if self._is_ended:
                return None
            self._changed.clear()
            await self._changed.wait()
        first = self._items.popleft()
        return first if isinstance(first, str) else self._with_more_of_the_same(first)

    def _with_more_of_the_same(self, first: bytes) -> bytes:
        piece = bytearray(first)
        while len(piece) < self._piece_bytes and self._items and isinstance(self._items[0], bytes):
            piece += self._items[0]
            self._items.popleft()
        self._audio_bytes -= len(piece)
        return bytes(piece)
