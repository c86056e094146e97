"""What a recogniser's process has been sent and not yet worked through, in the order it came."""

from __future__ import annotations

from collections import deque
from typing import Final

from backend.infrastructure.adapters.local.framing import Kind, Message, decode_number

_BYTES_PER_MS: Final = 32  # PCM16 at 16 kHz


class UtteranceBacklog:
    """Audio, and the ends of utterances between it.

    Bounded by the parent, which counts what it has sent and what was reported as consumed.
    """

    def __init__(self) -> None:
        self._items: deque[bytes | int] = deque()

    def accept(self, message: Message) -> None:
        """Add audio or the end of an utterance; other messages are not for a recogniser."""
        if message.kind is Kind.AUDIO:
            self._items.append(message.payload)
        elif message.kind is Kind.FINALIZE:
            self._items.append(decode_number(message.payload))

    @property
    def has_audio(self) -> bool:
        """Whether audio comes next."""
        return bool(self._items) and isinstance(self._items[0], bytes)

    def take_audio(self, longest_ms: int) -> bytes:
        """Return the next audio of the current utterance; a block that begins within the limit is whole."""
        blocks = []
        missing = longest_ms * _BYTES_PER_MS
        while missing > 0 and self._items and isinstance(block := self._items[0], bytes):
            self._items.popleft()
            blocks.append(block)
            missing -= len(block)
        return b"".join(blocks)

    def take_end(self) -> int | None:
        """Return the number of the utterance that ends here, if one does."""
        if self._items and isinstance(number := self._items[0], int):
            self._items.popleft()
            return number
        return None
