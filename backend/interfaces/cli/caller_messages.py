"""The browser's call protocol from the caller's side: messages of the server as values, pure.

``docs/architecture/PROTOCOL.md`` describes it. What this client does not know, it ignores, as it must.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from backend.domain.conversation.codec import EFFECT_TYPES, EVENT_TYPES, decode_effect, decode_event
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import VictoriaError

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Ready:
    """The call has begun."""

    call_id: str
    agent_name: str
    input_rate: int
    output_rate: int


@dataclass(frozen=True, slots=True)
class Committed:
    """Every entry up to ``seq`` is on disk."""

    seq: int


@dataclass(frozen=True, slots=True)
class Flush:
    """Drop what has not been played."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something the person should know; the call goes on."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The call cannot go on."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over."""

    cause: str


Message = Ready | TimelineEntry | Committed | Flush | Trouble | Refused | Ended


def parse(text: str) -> Message | None:
    """Return what the server says, None if this client does not know it.

    Raises ``VictoriaError`` (``bad-server``) for what no version of the protocol can mean.
    """
    try:
        return _parsed(orjson.loads(text))
    except (KeyError, TypeError, ValueError) as error:
        raise VictoriaError(
            f"The server does not speak this protocol ({type(error).__name__}: {error}).", code="bad-server"
        ) from error


def _parsed(message: Mapping[str, Any]) -> Message | None:
    match message["type"]:
        case "ready":
            audio = message["audio"]
            return Ready(
                str(message["call_id"]),
                str(message["agent"]["name"]),
                int(audio["input_rate"]),
                int(audio["output_rate"]),
            )
        case "timeline":
            return parse_entry(message["entry"])
        case "committed":
            return Committed(int(message["seq"]))
        case "flush":
            return Flush()
        case "trouble":
            return Trouble(str(message["code"]), str(message["message"]))
        case "error":
            return Refused(str(message["code"]), str(message["message"]))
        case "ended":
            return Ended(str(message["cause"]))
        case _:
            return None


def parse_entry(entry: Mapping[str, Any]) -> TimelineEntry | None:
    """Return an entry of a timeline without what this client does not know of it, None if that is all."""
    if entry["event"]["type"] not in EVENT_TYPES:
        return None
    known = (effect for effect in entry["effects"] if effect["type"] in EFFECT_TYPES)
    return TimelineEntry(int(entry["seq"]), decode_event(entry["event"]), tuple(map(decode_effect, known)))


def hello(ticket: str) -> str:
    """Return the first message."""
    return _text("hello", version=VERSION, ticket=ticket)


def played(position: int) -> str:
    """Return the report that everything before ``position`` was played or dropped."""
    return _text("played", position=position)


def hangup() -> str:
    """Return the message that ends the call."""
    return _text("hangup")


def _text(type_: str, **fields: str | int) -> str:
    return orjson.dumps({"type": type_, **fields}).decode()
