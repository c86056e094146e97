"""The packets of audio on the media sockets: in how many ways they are written, and which are none."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from backend.domain.ports.carrier_media_port import (
    MediaReceived,
)
from backend.infrastructure.adapters.telephony.telnyx.telnyx_media import TelnyxMedia
from tests.unit.telephony.media_messages import (
    AUDIO,
    PAYLOAD,
    PROTOCOLS,
    error_of,
)


@pytest.mark.parametrize("make", PROTOCOLS)
@pytest.mark.parametrize(
    ("media", "expected"),
    [
        ({"payload": ""}, MediaReceived(b"")),
        ({"payload": PAYLOAD}, MediaReceived(AUDIO)),
        ({"payload": PAYLOAD.rstrip("=")}, MediaReceived(AUDIO)),
        ({"payload": f"{PAYLOAD[:76]}\r\n{PAYLOAD[76:]}"}, MediaReceived(AUDIO)),
        ({"payload": PAYLOAD, "timestamp": 40, "chunk": 7}, MediaReceived(AUDIO, 40, 7)),
        ({"payload": PAYLOAD, "timestamp": "0", "chunk": None}, MediaReceived(AUDIO, 0)),
        ({"payload": b64encode(AUDIO * 2).decode()}, MediaReceived(AUDIO * 2)),
    ],
)
def test_a_packet_may_be_written_in_several_ways(
    make: type[TelnyxMedia], media: dict[str, Any], expected: MediaReceived
) -> None:
    assert make().parse(json.dumps({"event": "media", "media": media})) == expected


@pytest.mark.parametrize("make", PROTOCOLS)
@pytest.mark.parametrize(
    "media",
    [
        {},
        {"payload": None},
        {"payload": "!"},
        {"payload": "A"},
        {"payload": "AAAA=AAA"},
        {"payload": "ñ"},
        {"payload": b64encode(bytes(16_001)).decode()},
        {"payload": PAYLOAD, "chunk": "9" * 30},
        {"payload": PAYLOAD, "chunk": 2**60},
        [],
    ],
)
def test_a_packet_that_is_none_is_refused(make: type[TelnyxMedia], media: object) -> None:
    assert error_of(make(), {"event": "media", "media": media}) == "bad-media"


@pytest.mark.parametrize("make", PROTOCOLS)
@pytest.mark.parametrize("timestamp", [-1, "-1", "1.5", 1.5, "٣", True, "9" * 30, 2**60, "noon", [], {}])
def test_a_packet_whose_time_makes_no_sense_is_heard_all_the_same(
    make: type[TelnyxMedia], timestamp: object
) -> None:
    media = {"payload": PAYLOAD, "timestamp": timestamp, "chunk": 7}
    assert make().parse(json.dumps({"event": "media", "media": media})) == MediaReceived(AUDIO, None, 7)
