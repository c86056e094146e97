"""The carriers' media messages, written as they write them and read as strictly as they read ours.

Sources: https://www.twilio.com/docs/voice/media-streams/websocket-messages and
https://developers.telnyx.com/api-reference/websockets/stream-call-media-over-websocket, as of November 2026.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, Final, Protocol

from tests.support.telephony.twilio_rest import ACCOUNT_SID

# Bytes of µ-law that Telnyx takes at a time: 30 s. The 20 ms that it wants at least are not insisted on: the
# last piece of a reply is shorter.
_MOST: Final = 240_000


@dataclass(frozen=True)
class Play:
    """µ-law audio to be played."""

    audio: bytes


@dataclass(frozen=True)
class SendBack:
    """A mark to be returned when what was sent before it has been played or dropped."""

    name: str


@dataclass(frozen=True)
class Drop:
    """What was not played is to be dropped."""


Order = Play | SendBack | Drop


class NotUnderstoodError(Exception):
    """We have sent what this carrier does not take."""


class Wording(Protocol):
    """The language of one media stream."""

    def connected(self) -> str: ...

    def start(self, call: str, parameters: dict[str, str]) -> str: ...

    def media(self, chunk: int, timestamp_ms: int, audio: bytes) -> str: ...

    def key(self, key: str) -> str: ...

    def mark(self, name: str) -> str: ...

    def stop(self, call: str) -> str: ...

    def parse(self, message: str | bytes) -> Order:
        """Return what we are told. Raises ``NotUnderstoodError``."""
        ...


class TwilioWording:
    """``Wording``; numbers are strings, and everything but ``connected`` names its stream."""

    def __init__(self) -> None:
        self._stream = f"MZ{secrets.token_hex(16)}"
        self._sequence = 0

    def connected(self) -> str:
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, call: str, parameters: dict[str, str]) -> str:
        media_format = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
        start = {
            "streamSid": self._stream,
            "accountSid": ACCOUNT_SID,
            "callSid": call,
            "tracks": ["inbound"],
            "customParameters": parameters,
            "mediaFormat": media_format,
        }
        return self._message("start", start=start)

    def media(self, chunk: int, timestamp_ms: int, audio: bytes) -> str:
        media = {
            "track": "inbound",
            "chunk": str(chunk),
            "timestamp": str(timestamp_ms),
            "payload": b64encode(audio).decode(),
        }
        return self._message("media", media=media)

    def key(self, key: str) -> str:
        return self._message("dtmf", dtmf={"track": "inbound_track", "digit": key})

    def mark(self, name: str) -> str:
        return self._message("mark", mark={"name": name})

    def stop(self, call: str) -> str:
        return self._message("stop", stop={"accountSid": ACCOUNT_SID, "callSid": call})

    def parse(self, message: str | bytes) -> Order:
        body = _object(message)
        if body.get("streamSid") != self._stream:
            raise NotUnderstoodError("31924: another stream")
        return _order(body, allowed={"event", "streamSid"})

    def _message(self, event: str, **content: object) -> str:
        self._sequence += 1
        head = {"event": event, "sequenceNumber": str(self._sequence), "streamSid": self._stream}
        return json.dumps({**head, **content})


class TelnyxWording:
    """``Wording``; one socket is one stream."""

    def __init__(self) -> None:
        self._stream = secrets.token_hex(16)
        self._sequence = 0

    def connected(self) -> str:
        return json.dumps({"event": "connected", "version": "1.0.0"})

    def start(self, call: str, parameters: dict[str, str]) -> str:
        media_format = {"encoding": "PCMU", "sample_rate": 8000, "channels": 1}
        start = {
            "user_id": "u",
            "call_control_id": call,
            "call_session_id": "s",
            "from": "",
            "to": "",
            "media_format": media_format,
        }
        return self._message("start", start=start)

    def media(self, chunk: int, timestamp_ms: int, audio: bytes) -> str:
        media = {
            "track": "inbound",
            "chunk": str(chunk),
            "timestamp": str(timestamp_ms),
            "payload": b64encode(audio).decode(),
        }
        return self._message("media", media=media)

    def key(self, key: str) -> str:
        return self._message("dtmf", dtmf={"digit": key})

    def mark(self, name: str) -> str:
        return self._message("mark", mark={"name": name})

    def stop(self, call: str) -> str:
        return self._message("stop", stop={"user_id": "u", "call_control_id": call})

    def parse(self, message: str | bytes) -> Order:
        order = _order(_object(message), allowed={"event"})
        if isinstance(order, Play) and len(order.audio) > _MOST:
            raise NotUnderstoodError(f"{len(order.audio)} bytes of audio")
        return order

    def _message(self, event: str, **content: object) -> str:
        self._sequence += 1
        head = {"event": event, "sequence_number": str(self._sequence), "stream_id": self._stream}
        return json.dumps({**head, **content})


def _object(message: str | bytes) -> dict[str, Any]:
    if isinstance(message, bytes):
        raise NotUnderstoodError("binary")
    body = json.loads(message)
    if not isinstance(body, dict):
        raise NotUnderstoodError("no object")
    return body


def _order(body: dict[str, Any], *, allowed: set[str]) -> Order:
    event = body.get("event")
    if set(body) - allowed - {event}:
        raise NotUnderstoodError(f"too much in {event}")
    match event:
        case "media":
            return Play(b64decode(body["media"]["payload"], validate=True))
        case "mark":
            return SendBack(body["mark"]["name"])
        case "clear":
            return Drop()
        case _:
            raise NotUnderstoodError(f"31924: {event}")
