"""Which part of a file is asked for: the ``Range`` header (RFC 9110, section 14).

One range is honoured. Several, another unit or nonsense are ignored, as the RFC allows and as players
expect: the whole file is the answer that is never wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# Eighteen digits reach beyond any file and stay below 64 bits.
_ONE_RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes ``[start, end)`` of a file of ``size`` bytes; never empty."""

    start: int
    end: int
    size: int

    @property
    def content_range(self) -> str:
        """The span as the ``Content-Range`` header has it."""
        return f"bytes {self.start}-{self.end - 1}/{self.size}"


class UnsatisfiableRangeError(ValueError):
    """The range lies wholly outside the file."""


def parse_range(header: str, size: int) -> Span | None:
    """Return the span of a file of ``size`` bytes that ``header`` asks for, None for all of it.

    Raises ``UnsatisfiableRangeError`` when not a single byte of the file is meant.
    """
    match = _ONE_RANGE.fullmatch(header.strip())
    if match is None:
        return None
    first, last = match.groups()
    if first:
        start, end = int(first), int(last) + 1 if last else size
        if last and end <= start:
            return None  # "5-3" is no range at all
    elif last:
        start, end = max(0, size - int(last)), size
    else:
        return None
    if start >= size or start >= end:
        raise UnsatisfiableRangeError(header)
    return Span(start, min(end, size), size)
