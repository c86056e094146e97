"""The identity of a call."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_SHAPE: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class CallId:
    """32 lower-case hexadecimal digits (a UUID without hyphens): opaque, safe as a file name.

    Raises ``ValueError`` on any other text, so a path or a quote never becomes a call id.
    """

    value: str

    def __post_init__(self) -> None:
        if not _SHAPE.fullmatch(self.value):
            raise ValueError("a call id is 32 lower-case hexadecimal digits")

    def __str__(self) -> str:
        return self.value
