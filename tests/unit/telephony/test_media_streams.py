"""How a media stream begins: only as agreed with the carrier."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.domain.ports.carrier_media_port import (
    MediaStarted,
)
from backend.domain.value_objects.audio import MULAW_8K
from backend.infrastructure.adapters.telephony.telnyx.telnyx_media import TelnyxMedia
from tests.unit.telephony.media_messages import (
    CALL,
    TELNYX_START,
    TWILIO_START,
    error_of,
    twilio,
)


def test_a_stream_without_a_ticket_has_an_empty_one() -> None:
    start = {name: value for name, value in TWILIO_START["start"].items() if name != "customParameters"}

    started = twilio().parse(json.dumps({**TWILIO_START, "start": start}))

    assert started == MediaStarted(CALL, MULAW_8K, "")


@pytest.mark.parametrize(
    "change",
    [
        {"accountSid": "AC" + "0" * 32},
        {"callSid": ""},
        {"callSid": 7},
        {"streamSid": None},
        {"mediaFormat": {"encoding": "audio/x-l16", "sampleRate": 8000, "channels": 1}},
        {"mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 16000, "channels": 1}},
        {"mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 2}},
        {"mediaFormat": {}},
        {"mediaFormat": "audio/x-mulaw"},
        {"customParameters": {"ticket": 1}},
        {"customParameters": {"ticket": "t" * 300}},
        {"customParameters": []},
    ],
)
def test_a_stream_of_twilios_that_is_not_as_agreed_is_refused(change: dict[str, Any]) -> None:
    assert error_of(twilio(), {**TWILIO_START, "start": {**TWILIO_START["start"], **change}}) == "bad-media"


@pytest.mark.parametrize(
    "change",
    [
        {"call_control_id": ""},
        {"media_format": {"encoding": "PCMA", "sample_rate": 8000, "channels": 1}},
        {"media_format": {"encoding": "L16", "sample_rate": 16000, "channels": 1}},
        {"media_format": {"encoding": "PCMU", "sample_rate": 8000, "channels": 2}},
        {"media_format": {"encoding": "PCMU"}},
        {"media_format": None},
    ],
)
def test_a_stream_of_telnyx_that_is_not_as_agreed_is_refused(change: dict[str, Any]) -> None:
    assert (
        error_of(TelnyxMedia(), {**TELNYX_START, "start": {**TELNYX_START["start"], **change}}) == "bad-media"
    )


def test_numbers_of_telnyx_may_be_strings() -> None:
    media_format = {"encoding": "audio/x-mulaw", "sample_rate": "8000", "channels": "1"}
    start = {**TELNYX_START["start"], "media_format": media_format}

    assert isinstance(TelnyxMedia().parse(json.dumps({**TELNYX_START, "start": start})), MediaStarted)
