"""What we know to be wrong: these cells must fail, so that nobody forgets to take them from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest

from tests.support.faulty_ways import Port, Way

VIRTUAL: Final = "virtual"
_DRIP: Final = "behind a filler the apology comes 6 s after the decision: this engine has no watchdog"
_CUT: Final = "raw audio that ends too early, but as it should, cannot be told from a whole sentence"

# What it is, by port, engine and way, if there is no stand-in.
_ALONE: Final[Mapping[tuple[Port, str, Way], str]] = {
    ("tts", VIRTUAL, Way.DRIP): _DRIP,
    ("tts", "openai", Way.CLOSED_MIDWAY): _CUT,
}


def known_trouble(port: Port, engine: str, way: Way, *, has_stand_in: bool) -> str | None:
    """Return what is known to be wrong with a cell, if anything is."""
    return None if has_stand_in else _ALONE.get((port, engine, way))


def marks(reason: str | None) -> tuple[pytest.MarkDecorator, ...]:
    """Return the marks of a test of a cell."""
    return () if reason is None else (pytest.mark.xfail(reason=reason, strict=True),)
