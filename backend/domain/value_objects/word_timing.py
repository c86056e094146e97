"""Which word sounds when."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WordTiming:
    """A word of a synthesised text: characters ``[start, end)`` begin to sound ``at_ms`` into its audio."""

    start: int
    end: int
    at_ms: float
