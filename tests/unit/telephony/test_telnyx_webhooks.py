"""What Telnyx' requests tell."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import CallerError
from backend.domain.ports.telephony_port import (
    AnswererTold,
    CallAnswered,
    CallOffered,
    CallProgressed,
    CallUnattended,
    CarrierEvent,
    CarrierStatus,
)
from backend.domain.value_objects.answerer import Answerer
from backend.infrastructure.adapters.telephony.telnyx.telnyx_state import ClientState, Leg, decoded
from backend.infrastructure.adapters.telephony.telnyx.telnyx_webhooks import parse_request

CALL = "v3:MdI91X4lWFEs7IgbBEOT9M4AigoY08M0WWZFISt1Yw2axZ_IiE4pqg"
ORDER = ClientState(Leg.ORDER, "order-1").encoded()

# The example of Telnyx' documents for an inbound call
# (https://developers.telnyx.com/docs/voice/programmable-voice/receiving-webhooks), November 2026.
INITIATED = b"""{"data": {"record_type": "event", "event_type": "call.initiated",
"id": "0ccc7b54-4df3-4bca-a65a-3da1ecc777f0", "occurred_at": "2018-02-02T22:25:27.521992Z",
"payload": {"call_control_id": "v2:T02llQxIyaRkhfRKxgAP8nY511EhFLizdvdUKJiSw8d6A9BborherQ",
"connection_id": "7267xxxxxxxxxxxxxx", "call_leg_id": "428c31b6-7af4-4bcb-b7f5-5013ef9657c1",
"call_session_id": "428c31b6-abf3-3bc1-b7f4-5013ef9657c1", "client_state": "aGF2ZSBhIG5pY2UgZGF5ID1d",
"from": "+35319605860", "to": "+35319605861", "direction": "incoming", "state": "parked"}},
"meta": {"attempt": 1, "delivered_to": "https://calls.example.com/webhook/telnyx"}}"""


def parsed(event_type: str, **payload: Any) -> CarrierEvent | None:
    event = {"event_type": event_type, "payload": {"call_control_id": CALL, **payload}}
    return parse_request(orjson.dumps({"data": event}))


def test_the_documents_example_is_a_call_to_us() -> None:
    assert parse_request(INITIATED) == CallOffered(
        "v2:T02llQxIyaRkhfRKxgAP8nY511EhFLizdvdUKJiSw8d6A9BborherQ", "+35319605860", "+35319605861"
    )


def test_a_call_of_ours_rings_and_is_answered() -> None:
    initiated = parsed("call.initiated", direction="outgoing", to="+34910000000", client_state=ORDER)

    assert initiated == CallProgressed(CALL, CarrierStatus.RINGING, "order-1")
    assert parsed("call.answered", client_state=ORDER) == CallAnswered(CALL, "order-1")


def test_that_we_have_answered_a_call_is_told() -> None:
    assert parsed("call.answered") == CallProgressed(CALL, CarrierStatus.ANSWERED)
    assert parsed("call.answered", client_state=None) == CallProgressed(CALL, CarrierStatus.ANSWERED)


@pytest.mark.parametrize(
    ("cause", "sip", "expected"),
    [
        ("normal_clearing", "200", CarrierStatus.COMPLETED),
        ("time_limit", "unspecified", CarrierStatus.COMPLETED),
        ("user_busy", "486", CarrierStatus.BUSY),
        ("call_rejected", "603", CarrierStatus.BUSY),
        ("call_rejected", "403", CarrierStatus.FAILED),
        ("timeout", "487", CarrierStatus.NO_ANSWER),
        ("no_answer", "480", CarrierStatus.NO_ANSWER),
        ("originator_cancel", "487", CarrierStatus.CANCELLED),
        ("not_found", "404", CarrierStatus.FAILED),
        ("unspecified", "", CarrierStatus.FAILED),
    ],
)
def test_how_a_call_has_ended(cause: str, sip: str, expected: CarrierStatus) -> None:
    event = parsed("call.hangup", hangup_cause=cause, sip_hangup_cause=sip, client_state=ORDER)

    assert event == CallProgressed(CALL, expected, "order-1")
    assert expected.is_end


@pytest.mark.parametrize(
    ("kind", "result", "answerer", "is_over"),
    [
        ("call.machine.detection.ended", "human", Answerer.HUMAN, False),
        ("call.machine.detection.ended", "machine", Answerer.MACHINE, False),
        ("call.machine.detection.ended", "not_sure", Answerer.UNKNOWN, False),
        ("call.machine.premium.detection.ended", "human_residence", Answerer.HUMAN, False),
        ("call.machine.premium.detection.ended", "silence", Answerer.UNKNOWN, False),
        ("call.machine.premium.detection.ended", "fax_detected", Answerer.FAX, False),
        ("call.machine.greeting.ended", "beep_detected", Answerer.MACHINE, True),
        ("call.machine.greeting.ended", "not_sure", Answerer.MACHINE, True),
        ("call.machine.premium.greeting.ended", "beep_detected", Answerer.MACHINE, True),
    ],
)
def test_who_has_answered(kind: str, result: str, answerer: Answerer, is_over: bool) -> None:
    assert parsed(kind, result=result, client_state=ORDER) == AnswererTold(CALL, answerer, is_over)
    assert parsed(kind, result=result) is None, "nobody asked"


@pytest.mark.parametrize("kind", ["streaming.stopped", "streaming.failed"])
def test_the_media_socket_is_gone(kind: str) -> None:
    assert parsed(kind) == CallUnattended(CALL)
    assert parsed(kind, client_state=ORDER) == CallUnattended(CALL)
    assert parsed(kind, client_state=ClientState(Leg.WARM, "r", "c").encoded()) is None


@pytest.mark.parametrize("kind", ["call.bridged", "call.gather.ended", "call.speak.ended"])
def test_steps_of_what_is_not_under_way_are_of_no_interest(kind: str) -> None:
    assert parsed(kind) is None
    assert parsed(kind, client_state=ORDER) is None


@pytest.mark.parametrize("kind", ["streaming.started", "call.dtmf.received", "call.cost", "message.received"])
def test_other_events_are_of_no_interest_whatever_is_in_them(kind: str) -> None:
    assert parse_request(orjson.dumps({"data": {"event_type": kind}})) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"data": []}',
        b'{"data": {"payload": {}}}',
        b'{"data": {"event_type": "call.answered"}}',
        b'{"data": {"event_type": "call.answered", "payload": {}}}',
        b'{"data": {"event_type": "call.answered", "payload": {"call_control_id": 1}}}',
        b'{"data": {"event_type": "call.initiated", "payload": {"call_control_id": "x"}}}',
    ],
)
def test_what_lacks_something_is_refused(body: bytes) -> None:
    with pytest.raises(CallerError) as caught:
        parse_request(body)

    assert caught.value.code == "bad-webhook"


@given(
    st.binary() | st.text().map(str.encode), st.sampled_from(["call.answered", "call.hangup", "call.bridged"])
)
def test_a_client_state_of_somebody_else_is_none(state: bytes, kind: str) -> None:
    text = b64encode(state).decode()

    assert decoded(text) is None
    assert parsed(kind, client_state=text) == parsed(kind)


@given(
    st.builds(
        ClientState,
        leg=st.sampled_from(Leg),
        reference=st.text(st.characters(codec="utf-8")),
        caller=st.text(st.characters(codec="utf-8")),
        text=st.text(st.characters(codec="utf-8")),
        language=st.text(st.characters(codec="utf-8")),
    )
)
def test_a_client_state_comes_back_as_it_went(state: ClientState) -> None:
    assert decoded(state.encoded()) == state


@pytest.mark.parametrize(
    "text", [None, 1, "", "!", "e30=", b64encode(b'{"victoria": {"leg": "x"}}').decode()]
)
def test_what_is_no_state_is_none(text: object) -> None:
    assert decoded(text) is None
