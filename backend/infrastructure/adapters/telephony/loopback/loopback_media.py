"""The language of the loopback carrier's media sockets; no I/O.

    phone -> us   {"event": "start", "call": …, "ticket": …, "encoding": "mulaw" | "alaw" | "pcm16"}
                  {"event": "media", "sequence": 1, "timestamp_ms": 0, "payload": base64}
                  {"event": "mark", "name": …}  {"event": "key", "key": "5"}  {"event": "stop"}
    us -> phone   {"event": "media", "payload": base64}  {"event": "mark", "name": …}  {"event": "clear"}

It is made so that it costs what a real carrier's language costs.
"""

from __future__ import annotations

from typing import Any

import orjson

from backend.domain.ports.carrier_media_port import (
    KeyReceived,
    MarkReturned,
    MediaEvent,
    MediaReceived,
    MediaStarted,
    MediaStopped,
)
from backend.domain.value_objects.audio import NARROWBAND, AudioFormat, Encoding
from backend.domain.value_objects.keypad import KEYS
from backend.infrastructure.adapters.telephony.media_json import (
    audio_in,
    bad_media,
    in_base64,
    number_in,
    parse_object,
    stamp_in,
    text_in,
)


class LoopbackMedia:
    """Implements ``MediaProtocol``."""

    def parse(self, message: str | bytes) -> MediaEvent | None:
        """See ``MediaProtocol``."""
        body = parse_object(message)
        match text_in(body, "event"):
            case "media":
                return MediaReceived(
                    audio_in(body, "payload"), stamp_in(body, "timestamp_ms"), number_in(body, "sequence")
                )
            case "mark":
                return MarkReturned(text_in(body, "name"))
            case "key":
                return _key(text_in(body, "key"))
            case "start":
                return _start(body)
            case "stop":
                return MediaStopped()
            case _:
                return None

    def media(self, payload: bytes) -> str:
        """See ``MediaProtocol``."""
        return orjson.dumps({"event": "media", "payload": in_base64(payload)}).decode()

    def mark(self, name: str) -> str:
        """See ``MediaProtocol``."""
        return orjson.dumps({"event": "mark", "name": name}).decode()

    def clear(self) -> str:
        """See ``MediaProtocol``."""
        return '{"event":"clear"}'


def _start(body: dict[str, Any]) -> MediaStarted:
    try:
        encoding = Encoding(text_in(body, "encoding"))
    except ValueError:
        raise bad_media("encoding") from None
    return MediaStarted(
        text_in(body, "call"), AudioFormat(encoding, NARROWBAND.rate), text_in(body, "ticket")
    )


def _key(key: str) -> KeyReceived | None:
    return KeyReceived(key) if key in KEYS and len(key) == 1 else None
