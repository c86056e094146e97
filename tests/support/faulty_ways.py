"""The ways in which a service far away can fail."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal

Port = Literal["stt", "llm", "tts"]
PORTS: Final[tuple[Port, ...]] = ("stt", "llm", "tts")


class Way(StrEnum):
    """What goes wrong, from the first packet to the last."""

    REFUSED = "refused"
    NO_SUCH_HOST = "no such host"
    TLS_FAILS = "TLS fails"
    UNAUTHORISED = "401"
    RATE_LIMITED = "429, Retry-After"
    UNAVAILABLE = "503"
    HANGS_AFTER_ACCEPT = "accept, then hang"
    HANGS_AFTER_HEADERS = "headers, then hang"
    HANGS_AFTER_FIRST_CHUNK = "first chunk, then hang"
    RESET_MIDWAY = "reset in mid-stream"
    CLOSED_MIDWAY = "closed in mid-stream"
    GARBAGE = "garbage"
    DRIP = "1 byte/s"
    EMPTY = "200, but empty"
    SESSION_CAP = "session cap"


# The first words are out before it fails: what was heard is apologised for, not said again by another.
MIDWAY: Final = frozenset({Way.HANGS_AFTER_FIRST_CHUNK, Way.RESET_MIDWAY, Way.CLOSED_MIDWAY})
# It fails once, and works again when it is asked again.
PASSING: Final = frozenset({Way.SESSION_CAP})
