"""The languages of the media sockets, with the messages of the carriers' documents.

Twilio: https://www.twilio.com/docs/voice/media-streams/websocket-messages. Telnyx:
https://developers.telnyx.com/api-reference/websockets/stream-call-media-over-websocket. Both as of November
2026; the audio, which they abbreviate, is ours.
"""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize("make", PROTOCOLS)
@pytest.mark.parametrize("key", ["w", "12", "é", "e"])
def test_a_key_that_no_telephone_has_is_of_no_interest(make: type[TelnyxMedia], key: str) -> None:
    assert make().parse(json.dumps({"event": "dtmf", "dtmf": {"digit": key}})) is None


@pytest.mark.parametrize("make", PROTOCOLS)
@pytest.mark.parametrize(
    "message", ["", "nonsense", "[]", "1", "{}", '{"event": 1}', b"\xff\xfe", "{" * 50_000]
)
def test_what_is_no_message_is_refused(make: type[TelnyxMedia], message: str | bytes) -> None:
    with pytest.raises(CallerError) as caught:
        make().parse(message)
    assert caught.value.code == "bad-media"


@pytest.mark.parametrize("make", PROTOCOLS)
def test_a_message_that_is_too_long_is_refused_unread(make: type[TelnyxMedia]) -> None:
    with pytest.raises(CallerError):
        make().parse(json.dumps({"event": "other", "padding": "x" * 70_000}))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
events = st.sampled_from(["connected", "start", "media", "mark", "dtmf", "stop", "error", "clear"])


@pytest.mark.parametrize("make", PROTOCOLS)
@given(event=events, content=json_values)
def test_nothing_makes_it_fail_otherwise(make: type[TelnyxMedia], event: str, content: object) -> None:
    message = json.dumps({"event": event, event: content})

    assert outcome_of(make(), message) in {"nothing", "event", "bad-media"}


@pytest.mark.parametrize("make", PROTOCOLS)
@given(audio=st.binary(max_size=2_000), name=st.text(st.characters(codec="utf-8"), min_size=1, max_size=50))
def test_what_comes_back_is_what_was_sent(make: type[TelnyxMedia], audio: bytes, name: str) -> None:
    protocol = make()

    # Telnyx takes nothing shorter than 20 ms.
    played = audio.ljust(160, b"\xff") if isinstance(protocol, TelnyxMedia) else audio
    assert protocol.parse(protocol.media(audio)) == MediaReceived(played)
    assert protocol.parse(protocol.mark(name)) == MarkReturned(name)


def error_of(protocol: MediaProtocol, message: object) -> str:
    with pytest.raises(CallerError) as caught:
        protocol.parse(json.dumps(message))
    return caught.value.code


def outcome_of(protocol: MediaProtocol, message: str) -> str:
    try:
        return "nothing" if protocol.parse(message) is None else "event"
    except CallerError as error:
        return error.code
