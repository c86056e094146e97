"""The language of Twilio's media sockets; no I/O.

Source: https://www.twilio.com/docs/voice/media-streams/websocket-messages, as of November 2026. Twilio takes
nothing but ``media``, ``mark`` and ``clear`` from us (error 31924).
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
from backend.infrastructure.adapters.telephony.twilio.twilio_twiml import TICKET

_FORMAT: Final = {"encoding": "audio/x-mulaw", "sampleRate": 8_000, "channels": 1}


class TwilioMedia:
    """``MediaProtocol`` for one socket of the account ``account_sid``.

    What we send names the stream, so that there is nothing to send before the stream has begun.
    """

    def __init__(self, account_sid: str) -> None:
        self._account_sid = account_sid
        self._stream_sid = ""

    def parse(self, message: str | bytes) -> MediaEvent | None:
        """See ``MediaProtocol``. A second ``start`` says nothing new."""
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
        """See ``MediaProtocol``."""
        return self._message("media", media={"payload": in_base64(payload)})

    def mark(self, name: str) -> str:
        """See ``MediaProtocol``."""
        return self._message("mark", mark={"name": name})

    def clear(self) -> str:
        """See ``MediaProtocol``."""
        return self._message("clear")

    def _message(self, event: str, **content: object) -> str:
        return orjson.dumps({"event": event, "streamSid": self._stream_sid, **content}).decode()

    def _started(self, start: dict[str, Any]) -> MediaStarted | None:
        if text_in(start, "accountSid") != self._account_sid:
            raise bad_media("accountSid")
        media_format = object_in(start, "mediaFormat")
        if any(media_format.get(name) != value for name, value in _FORMAT.items()):
            raise bad_media("mediaFormat")
        call, stream = text_in(start, "callSid"), text_in(start, "streamSid")
        parameters = object_in(start, "customParameters") if "customParameters" in start else {}
        ticket = text_in(parameters, TICKET) if TICKET in parameters else ""
        if self._stream_sid:
            return None
        self._stream_sid = stream
        return MediaStarted(call, MULAW_8K, ticket)


def _received(media: dict[str, Any]) -> MediaReceived | None:
    """Only the other side's audio matters. ``chunk`` counts its packets, ``sequenceNumber`` all messages."""
    if media.get("track", "inbound") != "inbound":
        return None
    return MediaReceived(audio_in(media, "payload"), stamp_in(media, "timestamp"), number_in(media, "chunk"))
