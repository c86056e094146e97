"""The language of Telnyx' media sockets; no I/O.

Source: https://developers.telnyx.com/api-reference/websockets/stream-call-media-over-websocket, as of
November 2026. One socket is one call, so that what we send names no stream.
"""

from __future__ import annotations

from typing import Any, Final

import orjson

from backend.domain.ports.carrier_media_port import (
    KeyReceived,
    MarkReturned,
    MediaEvent,
    MediaReceived,
    MediaStarted,
    MediaStopped,
)
from backend.domain.value_objects.audio import MULAW_8K
from backend.domain.value_objects.keypad import KEYS
from backend.infrastructure.adapters.telephony.media_json import (
    audio_in,
    bad_media,
    in_base64,
    number_in,
    object_in,
    parse_object,
    stamp_in,
    text_in,
)

# What we ask for, under both names that it has in Telnyx' documents. What we send is played as that, whatever
# comes in: another format would be noise.
_ENCODINGS: Final = frozenset({"PCMU", "audio/x-mulaw"})
_RATE: Final = 8_000
_SHORTEST: Final = 160
_SILENCE: Final = b"\xff"  # µ-law's positive zero


class TelnyxMedia:
    """``MediaProtocol`` for one socket."""

    def __init__(self) -> None:
        self._has_started = False

    def parse(self, message: str | bytes) -> MediaEvent | None:
        """See ``MediaProtocol``. A second ``start`` says nothing new; an ``error`` is about one message of
        ours, which has not been played."""
        body = parse_object(message)
        match text_in(body, "event"):
            case "media":
                return _received(object_in(body, "media"))
            case "mark":
                return MarkReturned(text_in(object_in(body, "mark"), "name"))
            case "start":
                return self._started(object_in(body, "start"))
            case "dtmf":
                key = text_in(object_in(body, "dtmf"), "digit")
                return KeyReceived(key) if key in KEYS and len(key) == 1 else None
            case "stop":
                return MediaStopped()
            case _:
                return None

    def media(self, payload: bytes) -> str:
        """See ``MediaProtocol``. Telnyx takes from 20 ms to 30 s at a time: what is shorter, which is the end
        of a reply, is made as long with silence."""
        return _message("media", media={"payload": in_base64(payload.ljust(_SHORTEST, _SILENCE))})

    def mark(self, name: str) -> str:
        """See ``MediaProtocol``."""
        return _message("mark", mark={"name": name})

    def clear(self) -> str:
        """See ``MediaProtocol``."""
        return _message("clear")

    def _started(self, start: dict[str, Any]) -> MediaStarted | None:
        media_format = object_in(start, "media_format")
        if (
            media_format.get("encoding") not in _ENCODINGS
            or number_in(media_format, "sample_rate") != _RATE
            or number_in(media_format, "channels") != 1
        ):
            raise bad_media("media_format")
        call = text_in(start, "call_control_id")
        if self._has_started:
            return None
        self._has_started = True
        return MediaStarted(call, MULAW_8K)


def _message(event: str, **content: object) -> str:
    return orjson.dumps({"event": event, **content}).decode()


def _received(media: dict[str, Any]) -> MediaReceived | None:
    """Only the other side's audio matters. ``chunk`` counts its packets, ``sequence_number`` all messages."""
    if media.get("track", "inbound") != "inbound":
        return None
    return MediaReceived(audio_in(media, "payload"), stamp_in(media, "timestamp"), number_in(media, "chunk"))
