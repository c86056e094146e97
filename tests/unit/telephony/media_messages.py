"""The messages of a call on the media sockets, from the carriers' documents.

Twilio: https://www.twilio.com/docs/voice/media-streams/websocket-messages. Telnyx:
https://developers.telnyx.com/api-reference/websockets/stream-call-media-over-websocket. Both as of November
2026; the audio, which they abbreviate, is ours.
"""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from backend.domain.errors import CallerError
from backend.domain.ports.carrier_media_port import (
    KeyReceived,
    MarkReturned,
    MediaEvent,
    MediaProtocol,
    MediaReceived,
    MediaStarted,
    MediaStopped,
)
from backend.domain.value_objects.audio import MULAW_8K
from backend.infrastructure.adapters.telephony.telnyx.telnyx_media import TelnyxMedia
from backend.infrastructure.adapters.telephony.twilio.twilio_media import TwilioMedia

ACCOUNT = "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
STREAM = "MZXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
CALL = "CAXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
AUDIO = bytes(range(160))
PAYLOAD = b64encode(AUDIO).decode()

TWILIO_START: dict[str, Any] = {
    "event": "start",
    "sequenceNumber": "1",
    "start": {
        "accountSid": ACCOUNT,
        "streamSid": STREAM,
        "callSid": CALL,
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"FirstName": "Jane", "ticket": "ticket-1"},
    },
    "streamSid": STREAM,
}
TWILIO_CALL: list[tuple[dict[str, Any], MediaEvent | None]] = [
    ({"event": "connected", "protocol": "Call", "version": "1.0.0"}, None),
    (TWILIO_START, MediaStarted(CALL, MULAW_8K, "ticket-1")),
    (
        {
            "event": "media",
            "sequenceNumber": "3",
            "media": {"track": "outbound", "chunk": "1", "timestamp": "5", "payload": PAYLOAD},
            "streamSid": STREAM,
        },
        None,
    ),
    (
        {
            "event": "media",
            "sequenceNumber": "4",
            "media": {"track": "inbound", "chunk": "2", "timestamp": "25", "payload": PAYLOAD},
            "streamSid": STREAM,
        },
        MediaReceived(AUDIO, 25, 2),
    ),
    (
        {
            "event": "dtmf",
            "streamSid": STREAM,
            "sequenceNumber": "5",
            "dtmf": {"track": "inbound_track", "digit": "1"},
        },
        KeyReceived("1"),
    ),
    (
        {"event": "mark", "sequenceNumber": "4", "streamSid": STREAM, "mark": {"name": "my label"}},
        MarkReturned("my label"),
    ),
    (
        {
            "event": "stop",
            "sequenceNumber": "5",
            "streamSid": STREAM,
            "stop": {"accountSid": ACCOUNT, "callSid": CALL},
        },
        MediaStopped(),
    ),
]

TELNYX_STREAM = "32DE0DEA-53CB-4B21-89A4-9E1819C043BC"
TELNYX_CALL_ID = "v2:T02llQxIyaRkhfRKxgAP8nY511EhFLizdvdUKJiSw8d6A9BborherQ"
TELNYX_START: dict[str, Any] = {
    "event": "start",
    "sequence_number": "1",
    "start": {
        "user_id": "3E6F995F-85F7-4705-9741-53B116D28237",
        "call_control_id": TELNYX_CALL_ID,
        "call_session_id": "ff55a038-6f5d-11ef-9692-02420aeffb1f",
        "from": "+13122010094",
        "to": "+13122123456",
        "tags": ["TAG1", "TAG2"],
        "client_state": "aGF2ZSBhIG5pY2UgZGF5ID1d",
        "media_format": {"encoding": "PCMU", "sample_rate": 8000, "channels": 1},
    },
    "stream_id": TELNYX_STREAM,
}
TELNYX_CALL: list[tuple[dict[str, Any], MediaEvent | None]] = [
    ({"event": "connected", "version": "1.0.0"}, None),
    (TELNYX_START, MediaStarted(TELNYX_CALL_ID, MULAW_8K)),
    (
        {
            "event": "media",
            "sequence_number": "4",
            "media": {"track": "inbound", "chunk": "2", "timestamp": "5", "payload": PAYLOAD},
            "stream_id": TELNYX_STREAM,
        },
        MediaReceived(AUDIO, 5, 2),
    ),
    (
        {
            "event": "media",
            "sequence_number": "5",
            "media": {"track": "outbound", "chunk": "3", "timestamp": "5", "payload": PAYLOAD},
            "stream_id": TELNYX_STREAM,
        },
        None,
    ),
    (
        {
            "event": "dtmf",
            "stream_id": TELNYX_STREAM,
            "occurred_at": "2025-06-05T08:54:19.698408Z",
            "sequence_number": "5",
            "dtmf": {"digit": "1"},
        },
        KeyReceived("1"),
    ),
    (
        {"event": "mark", "sequence_number": "6", "stream_id": TELNYX_STREAM, "mark": {"name": "my label"}},
        MarkReturned("my label"),
    ),
    (
        {
            "event": "error",
            "payload": {"code": 100004, "title": "invalid_media", "detail": "…"},
            "stream_id": TELNYX_STREAM,
        },
        None,
    ),
    (
        {
            "event": "stop",
            "sequence_number": "5",
            "stop": {"user_id": "3E6F995F-85F7-4705-9741-53B116D28237", "call_control_id": TELNYX_CALL_ID},
            "stream_id": TELNYX_STREAM,
        },
        MediaStopped(),
    ),
]


def twilio() -> TwilioMedia:
    return TwilioMedia(ACCOUNT)


PROTOCOLS = [twilio, TelnyxMedia]


def error_of(protocol: MediaProtocol, message: object) -> str:
    with pytest.raises(CallerError) as caught:
        protocol.parse(json.dumps(message))
    return caught.value.code
