"""The loopback carrier from the telephone's side: its requests, and its media socket; pure."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from backend.domain.errors import VictoriaError

WEBHOOK_PATH: Final = "/webhook/loopback"
SIGNATURE_HEADER: Final = "X-Loopback-Signature"


@dataclass(frozen=True, slots=True)
class Answered:
    """The server takes the call: open the media socket at ``path`` and show the ticket."""

    path: str
    ticket: str = field(repr=False)
    max_seconds: int


@dataclass(frozen=True, slots=True)
class NotAnswered:
    """The server does not take the call; ``reason`` is for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class Audio:
    """Audio to be played after all before it, in µ-law."""

    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mark:
    """To be given back when all audio before it was played, or dropped."""

    name: str


@dataclass(frozen=True, slots=True)
class Clear:
    """Drop what has not been played."""


def signature_of(secret: str, path: str, body: bytes = b"") -> str:
    """Return what shows that a request (or, without a body, an upgrade) is of this machine's owner."""
    parts = urlsplit(path)
    signed = f"{parts.path}?{parts.query}\n".encode() + body
    return hmac.new(secret.encode(), signed, sha256).hexdigest()


def offered(call: str, caller: str, called: str) -> bytes:
    """Return the request that announces a call."""
    return orjson.dumps({"event": "offered", "call": call, "from": caller, "to": called})


def completed(call: str) -> bytes:
    """Return the request that tells that a call is over."""
    return orjson.dumps({"event": "progressed", "call": call, "status": "completed"})


def parse_answer(body: bytes) -> Answered | NotAnswered:
    """Return what to do about the announced call. Raises ``VictoriaError`` (``bad-server``)."""
    try:
        answer: Any = orjson.loads(body)
        match answer["do"]:
            case "connect":
                return Answered(str(answer["path"]), str(answer["ticket"]), int(answer["max_seconds"]))
            case "say":
                return NotAnswered(f"The agent cannot take the call: {answer['text']}")
            case "turn-away":
                is_busy = bool(answer["busy"])
                return NotAnswered("The line is busy." if is_busy else "Nobody has that number.")
            case _:
                return NotAnswered("The call was not taken.")
    except (KeyError, TypeError, ValueError) as error:
        raise VictoriaError("The server does not speak this protocol.", code="bad-server") from error


def parse_media(message: str | bytes) -> Audio | Mark | Clear | None:
    """Return what the server says, None if this telephone does not know it.

    Raises ``VictoriaError`` (``bad-server``).
    """
    try:
        body: Any = orjson.loads(message)
        match body["event"]:
            case "media":
                return Audio(base64.b64decode(body["payload"], validate=True))
            case "mark":
                return Mark(str(body["name"]))
            case "clear":
                return Clear()
            case _:
                return None
    except (KeyError, TypeError, ValueError) as error:
        raise VictoriaError("The server does not speak this protocol.", code="bad-server") from error


def start(call: str, ticket: str) -> str:
    """Return the first message of the media socket."""
    return _text("start", call=call, ticket=ticket, encoding="mulaw")


def media(sequence: int, timestamp_ms: int, payload: bytes) -> str:
    """Return 20 ms of what the caller says."""
    encoded = base64.b64encode(payload).decode()
    return _text("media", sequence=sequence, timestamp_ms=timestamp_ms, payload=encoded)


def mark(name: str) -> str:
    """Return the receipt of a mark."""
    return _text("mark", name=name)


def key(pressed: str) -> str:
    """Return the message that a key was pressed."""
    return _text("key", key=pressed)


def stop() -> str:
    """Return the message that the caller has hung up."""
    return _text("stop")


def _text(event: str, **fields: str | int) -> str:
    return orjson.dumps({"event": event, **fields}).decode()
