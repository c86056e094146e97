"""The languages of the media sockets: the carriers' documented calls, and what is said to them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.ports.carrier_media_port import (
    MarkReturned,
    MediaEvent,
    MediaProtocol,
    MediaReceived,
)
from backend.infrastructure.adapters.telephony.telnyx.telnyx_media import TelnyxMedia
from tests.unit.telephony.media_messages import (
    AUDIO,
    PAYLOAD,
    PROTOCOLS,
    STREAM,
    TELNYX_CALL,
    TWILIO_CALL,
    TWILIO_START,
    twilio,
)


@pytest.mark.parametrize(("protocol", "call"), [(twilio(), TWILIO_CALL), (TelnyxMedia(), TELNYX_CALL)])
def test_a_documented_call(
    protocol: MediaProtocol, call: list[tuple[dict[str, Any], MediaEvent | None]]
) -> None:
    assert [protocol.parse(json.dumps(message)) for message, _ in call] == [event for _, event in call]


@pytest.mark.parametrize(("protocol", "call"), [(twilio(), TWILIO_CALL), (TelnyxMedia(), TELNYX_CALL)])
def test_a_call_is_told_once_that_it_has_begun(
    protocol: MediaProtocol, call: list[tuple[dict[str, Any], MediaEvent | None]]
) -> None:
    starts = [json.dumps(call[1][0]).encode()] * 2

    assert [protocol.parse(start) for start in starts] == [call[1][1], None]


def test_what_twilio_is_told_names_the_stream() -> None:
    protocol = twilio()
    protocol.parse(json.dumps(TWILIO_START))

    assert [
        json.loads(message) for message in (protocol.media(AUDIO), protocol.mark("a"), protocol.clear())
    ] == [
        {"event": "media", "streamSid": STREAM, "media": {"payload": PAYLOAD}},
        {"event": "mark", "streamSid": STREAM, "mark": {"name": "a"}},
        {"event": "clear", "streamSid": STREAM},
    ]


def test_what_telnyx_is_told() -> None:
    protocol = TelnyxMedia()

    assert [
        json.loads(message) for message in (protocol.media(AUDIO), protocol.mark("a"), protocol.clear())
    ] == [
        {"event": "media", "media": {"payload": PAYLOAD}},
        {"event": "mark", "mark": {"name": "a"}},
        {"event": "clear"},
    ]


@pytest.mark.parametrize("make", PROTOCOLS)
@given(audio=st.binary(max_size=2_000), name=st.text(st.characters(codec="utf-8"), min_size=1, max_size=50))
def test_what_comes_back_is_what_was_sent(make: type[TelnyxMedia], audio: bytes, name: str) -> None:
    protocol = make()

    # Telnyx takes nothing shorter than 20 ms.
    played = audio.ljust(160, b"\xff") if isinstance(protocol, TelnyxMedia) else audio
    assert protocol.parse(protocol.media(audio)) == MediaReceived(played)
    assert protocol.parse(protocol.mark(name)) == MarkReturned(name)
