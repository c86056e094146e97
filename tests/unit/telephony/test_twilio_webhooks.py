"""What Twilio's requests tell."""

from __future__ import annotations

from dataclasses import replace

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
    CarrierRequest,
    CarrierStatus,
    TransferEnded,
    WhisperWanted,
)
from backend.domain.value_objects.answerer import Answerer
from backend.infrastructure.adapters.telephony.twilio.twilio_webhooks import (
    Hook,
    TransferAccepted,
    parse_request,
)
from tests.support.telephony.signing import twilio_request
from tests.support.telephony.twilio_rest import ACCOUNT_SID

CALL = "CA5ef8732a3c49700934481addd5ce1659"


def parsed(path: str, **fields: str) -> CarrierEvent | None:
    return parse_request(twilio_request(path, **{"CallSid": CALL, **fields}), ACCOUNT_SID)


def error_of(request: CarrierRequest) -> str:
    with pytest.raises(CallerError) as caught:
        parse_request(request, ACCOUNT_SID)
    return caught.value.code


def test_a_call_to_one_of_our_numbers() -> None:
    assert parsed("voice", From="+34911111111", To="+34600000000", CallStatus="ringing") == CallOffered(
        CALL, "+34911111111", "+34600000000"
    )
    assert parsed("voice", From="anonymous", To="+34600000000") == CallOffered(
        CALL, "anonymous", "+34600000000"
    )
    assert parsed("voice", To="+34600000000") == CallOffered(CALL, "", "+34600000000")


def test_a_call_of_ours_is_answered() -> None:
    assert parsed("answered/order-1", CallStatus="in-progress") == CallAnswered(CALL, "order-1")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("queued", CarrierStatus.RINGING),
        ("initiated", CarrierStatus.RINGING),
        ("ringing", CarrierStatus.RINGING),
        ("in-progress", CarrierStatus.ANSWERED),
        ("completed", CarrierStatus.COMPLETED),
        ("busy", CarrierStatus.BUSY),
        ("no-answer", CarrierStatus.NO_ANSWER),
        ("failed", CarrierStatus.FAILED),
        ("canceled", CarrierStatus.CANCELLED),
    ],
)
def test_how_far_a_call_has_come(status: str, expected: CarrierStatus) -> None:
    assert parsed("status/order-1", CallStatus=status, SequenceNumber="3") == CallProgressed(
        CALL, expected, "order-1", 3
    )
    assert parsed("status", CallStatus=status) == CallProgressed(CALL, expected)


def test_a_status_that_twilio_may_add_is_of_no_interest() -> None:
    assert parsed("status", CallStatus="levitating") is None


def test_the_media_socket_is_gone() -> None:
    assert parsed("unattended", CallStatus="in-progress") == CallUnattended(CALL)


@pytest.mark.parametrize(
    ("told", "answerer", "is_over"),
    [
        ("human", Answerer.HUMAN, False),
        ("machine_start", Answerer.MACHINE, False),
        ("machine_end_beep", Answerer.MACHINE, True),
        ("machine_end_silence", Answerer.MACHINE, True),
        ("machine_end_other", Answerer.MACHINE, True),
        ("fax", Answerer.FAX, False),
        ("unknown", Answerer.UNKNOWN, False),
        ("parrot", Answerer.UNKNOWN, False),
    ],
)
def test_who_has_answered(told: str, answerer: Answerer, is_over: bool) -> None:
    assert parsed("amd/order-1", AnsweredBy=told) == AnswererTold(CALL, answerer, is_over)


def test_a_destination_wants_to_be_told_and_takes_the_call() -> None:
    assert parsed("whisper/ref-7") == WhisperWanted("ref-7")
    assert parsed("accepted/ref-7", Digits="#") == TransferAccepted(CALL, CarrierStatus.ANSWERED)


@pytest.mark.parametrize(
    ("fields", "reached"),
    [
        ({"DialCallStatus": "completed", "DialBridged": "true"}, True),
        ({"DialCallStatus": "completed", "DialBridged": "false"}, False),  # told, and declined
        ({"DialCallStatus": "completed"}, True),
        ({"DialCallStatus": "answered"}, True),
        ({"DialCallStatus": "busy"}, False),
        ({"DialCallStatus": "no-answer", "DialBridged": "false"}, False),
        ({"DialCallStatus": "failed"}, False),
        ({"DialCallStatus": "canceled"}, False),
    ],
)
def test_how_a_transfer_went(fields: dict[str, str], reached: bool) -> None:
    assert parsed("transferred/ref-7", **fields) == TransferEnded(CALL, "ref-7", reached)


def test_a_request_of_another_account_is_refused_before_anything_else() -> None:
    assert error_of(twilio_request("voice", AccountSid="AC" + "1" * 32)) == "foreign-account"
    assert error_of(twilio_request("nonsense", AccountSid="AC" + "1" * 32)) == "foreign-account"


@pytest.mark.parametrize(
    "request_",
    [
        twilio_request("voice"),
        twilio_request("voice", CallSid=CALL),
        twilio_request("voice", CallSid="../Calls", To="+34600000000"),
        twilio_request("voice", CallSid=CALL, To="+34600000000", AccountSid=""),
        twilio_request("voice/more", CallSid=CALL, To="+34600000000"),
        twilio_request("", CallSid=CALL, To="+34600000000"),
        twilio_request("amd/order-1", CallSid=CALL),
        twilio_request("answered", CallSid=CALL),
        twilio_request("status", CallSid=CALL),
        twilio_request("status", CallSid=CALL, CallStatus="ringing", SequenceNumber="-1"),
        twilio_request("status", CallSid=CALL, CallStatus="ringing", SequenceNumber="١"),
        twilio_request("status/a b", CallSid=CALL, CallStatus="ringing"),
        twilio_request("transferred/ref-7", CallSid=CALL),
        twilio_request("whisper/ref-7/more", CallSid=CALL),
        replace(twilio_request("voice", CallSid=CALL), body=b"\xff"),
        replace(twilio_request("voice", CallSid=CALL), body=b""),
    ],
)
def test_what_lacks_something_is_refused(request_: CarrierRequest) -> None:
    assert error_of(request_) == "bad-webhook"


@given(
    path=st.sampled_from([*Hook, "x"]).flatmap(
        lambda hook: st.sampled_from([hook, f"{hook}/r", f"{hook}/é", f"{hook}/r/s"])
    ),
    fields=st.dictionaries(
        st.sampled_from(["To", "From", "CallStatus", "AnsweredBy", "DialCallStatus", "SequenceNumber"]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    ),
)
def test_any_signed_form_is_an_event_or_refused(path: str, fields: dict[str, str]) -> None:
    outcome = outcome_of(path, fields)

    if isinstance(outcome, CallerError):
        assert outcome.code == "bad-webhook"
        assert all(value not in outcome.message for value in fields.values() if len(value) > 3)
    else:
        assert outcome is None or getattr(outcome, "carrier_call_id", CALL) == CALL


def outcome_of(path: str, fields: dict[str, str]) -> CarrierEvent | CallerError | None:
    try:
        return parsed(path, **fields)
    except CallerError as error:
        return error
