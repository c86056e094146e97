"""What we have Twilio do, on a local server that speaks its REST interface."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

import pytest

from backend.domain.entities.call import Direction
from backend.domain.entities.telephone import Destination
from backend.domain.errors import ProviderError
from backend.domain.ports.telephony_port import (
    AnswererTold,
    Apologise,
    CallAnswered,
    CallOffered,
    CallProgressed,
    CallUnattended,
    CarrierReply,
    CarrierStatus,
    Connect,
    DialRequest,
    HangUpCall,
    MachineDetection,
    NoInstruction,
    TransferEnded,
    TransferRequest,
    TurnAway,
    Whisper,
    WhisperWanted,
)
from backend.domain.value_objects.answerer import Answerer
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.phone_number import PhoneNumber
from tests.support.telephony.rest_server import RestAnswer, Silence
from tests.support.telephony.rigs import TwilioRig, twilio_rig
from tests.support.telephony.signing import PUBLIC_URL, twilio_request

HOOKS = f"{PUBLIC_URL}/webhook/twilio"
MADRID = PhoneNumber("+34910000000")
OURS = PhoneNumber("+34600000000")
SPANISH = Language("es")
DIAL = DialRequest(MADRID, OURS, "order-1", max_seconds=600, ring_seconds=25)


@pytest.fixture
async def rig() -> AsyncIterator[TwilioRig]:
    async with twilio_rig() as running:
        yield running


def transfer(*, is_warm: bool) -> TransferRequest:
    destination = Destination("Ana", MADRID, is_warm=is_warm)
    return TransferRequest(
        destination, OURS, "ref-7", "Wants to buy.", SPANISH, ring_seconds=20, max_seconds=99_999
    )


def document(reply: CarrierReply) -> Element:
    assert (reply.status, reply.content_type) == (200, "text/xml")
    return fromstring(reply.body)


def verbs(reply: CarrierReply) -> list[str]:
    return [verb.tag for verb in document(reply)]


async def test_a_caller_is_connected_to_a_stream_and_comes_back_when_it_ends(rig: TwilioRig) -> None:
    call = rig.rest.incoming()

    reply = await rig.adapter.answer(
        CallOffered(call.sid, "+34911111111", str(OURS)), Connect("ticket-1", max_seconds=900)
    )

    response = document(reply)
    assert [verb.tag for verb in response] == ["Connect", "Redirect"]
    stream = response[0][0]
    assert (stream.tag, stream.attrib) == (
        "Stream",
        {"url": "wss://calls.example.com/voice/ws/telephone/twilio"},
    )
    assert stream[0].attrib == {"name": "ticket", "value": "ticket-1"}
    assert (response[1].text, response[1].attrib) == (f"{HOOKS}/unattended", {"method": "POST"})
    assert call.time_limit == "900", "Twilio ends the call, should we not"
    assert "ticket-1" not in repr(Connect("ticket-1", max_seconds=900))


async def test_a_caller_is_answered_although_the_limit_cannot_be_set(rig: TwilioRig) -> None:
    call = rig.rest.incoming()
    rig.rest.troubles = [RestAnswer(400, {"code": 21218}), RestAnswer(500)]

    reply = await rig.adapter.answer(CallOffered(call.sid, "", str(OURS)), Connect("t", max_seconds=900))

    assert verbs(reply) == ["Connect", "Redirect"]


async def test_a_call_is_turned_away_before_it_is_answered(rig: TwilioRig) -> None:
    offered = CallOffered(rig.rest.incoming().sid, "", str(OURS))

    busy = document(await rig.adapter.answer(offered, TurnAway(is_busy=True)))
    unknown = document(await rig.adapter.answer(offered, TurnAway(is_busy=False)))

    assert [busy[0].attrib, unknown[0].attrib] == [{"reason": "busy"}, {"reason": "rejected"}]
    assert verbs(await rig.adapter.answer(CallUnattended("CA1"), TurnAway(is_busy=True))) == ["Hangup"]


async def test_what_an_agent_says_stays_text(rig: TwilioRig) -> None:
    text = "</Say><Dial>+1900</Dial>&\x00\ud800 ñ"

    reply = await rig.adapter.answer(CallAnswered("CA1", "r"), Apologise(text, SPANISH))

    response = document(reply)
    assert [verb.tag for verb in response] == ["Say", "Hangup"]
    assert response[0].text == "</Say><Dial>+1900</Dial>&   ñ"
    assert response[0].attrib == {"language": "es-ES"}


async def test_whom_a_caller_is_put_through_to_is_told_first_and_takes_the_call_with_any_key(
    rig: TwilioRig,
) -> None:
    reply = await rig.adapter.answer(WhisperWanted("ref-7"), Whisper("Ana wants to buy.", SPANISH))

    response = document(reply)
    assert [verb.tag for verb in response] == ["Gather", "Hangup"], "without a key the call ends"
    gather = response[0]
    assert gather.attrib["action"] == f"{HOOKS}/accepted/ref-7"
    assert (gather.attrib["numDigits"], gather.attrib["finishOnKey"]) == ("1", ""), "# is a key as well"
    assert gather[0].text == "Ana wants to buy."

    accepted = rig.adapter.parse(twilio_request("accepted/ref-7", CallSid="CA2", Digits="1"))
    assert accepted is not None
    assert verbs(await rig.adapter.answer(accepted, NoInstruction())) == [], "they are connected"


@pytest.mark.parametrize(
    "event", [CallProgressed("CA", CarrierStatus.ANSWERED), AnswererTold("CA", Answerer.FAX, False)]
)
async def test_a_call_is_ended_over_rest_where_twilio_ignores_the_answer(
    rig: TwilioRig, event: CallProgressed | AnswererTold
) -> None:
    call = rig.rest.incoming()

    reply = await rig.adapter.answer(replace(event, carrier_call_id=call.sid), HangUpCall())

    assert verbs(reply) == []
    assert call.status == "completed"


async def test_a_call_that_a_transfer_has_come_back_from_goes_on(rig: TwilioRig) -> None:
    reply = await rig.adapter.answer(TransferEnded("CA1", "ref-7", False), Connect("t", max_seconds=60))

    assert verbs(reply) == ["Connect", "Redirect"]
    assert rig.rest.requests == [], "its length has been limited before"


async def test_a_call_is_placed_with_its_limits_and_its_reference(rig: TwilioRig) -> None:
    call = await rig.adapter.dial(replace(DIAL, detection=MachineDetection.GREETING_END))

    assert rig.rest.calls[call].order == {
        "To": [str(MADRID)],
        "From": [str(OURS)],
        "Url": [f"{HOOKS}/answered/order-1"],
        "Method": ["POST"],
        "StatusCallback": [f"{HOOKS}/status/order-1"],
        "StatusCallbackMethod": ["POST"],
        "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        "Timeout": ["25"],
        "TimeLimit": ["600"],
        "MachineDetection": ["DetectMessageEnd"],
        "AsyncAmd": ["true"],
        "AsyncAmdStatusCallback": [f"{HOOKS}/amd/order-1"],
        "AsyncAmdStatusCallbackMethod": ["POST"],
    }
    without = await rig.adapter.dial(DIAL)
    assert "MachineDetection" not in rig.rest.calls[without].order


@pytest.mark.parametrize(
    "trouble", [Silence.BREAK, RestAnswer(500), RestAnswer(503), RestAnswer(200, b"<"), RestAnswer(201)]
)
async def test_a_call_is_not_placed_again_when_nobody_knows_whether_it_was(
    rig: TwilioRig, trouble: RestAnswer | Silence
) -> None:
    rig.rest.troubles = [trouble]

    with pytest.raises(ProviderError) as caught:
        await rig.adapter.dial(DIAL)

    assert not caught.value.retryable
    assert len(rig.rest.requests) == 1


async def test_a_call_that_was_certainly_not_placed_may_be_tried_again(rig: TwilioRig) -> None:
    rig.rest.troubles = [RestAnswer(429, {"code": 20429}, {"Retry-After": "2"})]

    with pytest.raises(ProviderError) as caught:
        await rig.adapter.dial(DIAL)

    assert (caught.value.code, caught.value.retryable) == ("rate-limited", True)
    assert caught.value.retry_after_ms == 2_000


@pytest.mark.parametrize(
    ("number", "code"), [(21211, "number-refused"), (21215, "number-refused"), (21210, "caller-id-refused")]
)
async def test_what_is_wrong_with_an_order_is_said(rig: TwilioRig, number: int, code: str) -> None:
    rig.rest.troubles = [RestAnswer(400, {"code": number, "message": "+34910000000 is not"})]

    with pytest.raises(ProviderError) as caught:
        await rig.adapter.dial(DIAL)

    assert (caught.value.code, caught.value.retryable) == (code, False)
    assert str(number) in caught.value.message
    assert "+34" not in caught.value.message


async def test_a_call_is_ended_and_ending_it_again_is_no_error(rig: TwilioRig) -> None:
    call = rig.rest.incoming()

    await rig.adapter.hang_up(call.sid)
    await rig.adapter.hang_up(call.sid)
    await rig.adapter.hang_up("CA" + "f" * 32)
    await rig.adapter.transfer(call.sid, transfer(is_warm=False))

    assert call.status == "completed"
    assert call.documents == []


@pytest.mark.parametrize("trouble", [Silence.BREAK, RestAnswer(500)])
async def test_a_hang_up_is_tried_twice(rig: TwilioRig, trouble: RestAnswer | Silence) -> None:
    call = rig.rest.incoming()
    rig.rest.troubles = [trouble]

    await rig.adapter.hang_up(call.sid)

    assert call.has_ended


async def test_a_caller_is_put_through(rig: TwilioRig) -> None:
    call = rig.rest.incoming()

    await rig.adapter.transfer(call.sid, transfer(is_warm=False))
    await rig.adapter.transfer(call.sid, transfer(is_warm=True))

    blind, warm = (fromstring(text)[0] for text in call.documents)
    expected = {
        "action": f"{HOOKS}/transferred/ref-7",
        "method": "POST",
        "timeout": "20",
        "timeLimit": "14400",  # Twilio allows no more
        "callerId": str(OURS),
    }
    assert (blind.tag, blind.attrib, blind[0].text, blind[0].attrib) == ("Dial", expected, str(MADRID), {})
    assert warm[0].attrib == {"url": f"{HOOKS}/whisper/ref-7", "method": "POST"}
    assert "Wants to buy" not in call.documents[1], "the summary is asked for when it is needed"


async def test_the_agents_limit_does_not_end_a_call_that_was_put_through(rig: TwilioRig) -> None:
    call = rig.rest.incoming()
    await rig.adapter.answer(CallOffered(call.sid, "", str(OURS)), Connect("t", max_seconds=900))
    came_in = transfer(is_warm=False)
    await rig.adapter.transfer(call.sid, replace(came_in, direction=Direction.OUTBOUND))
    assert call.time_limit == "900"
    await rig.adapter.transfer(call.sid, came_in)
    assert call.time_limit == "14400"


async def test_keys_are_refused_because_they_would_end_the_stream(rig: TwilioRig) -> None:
    with pytest.raises(ProviderError) as caught:
        await rig.adapter.send_keys("CA1", "12#")

    assert (caught.value.code, caught.value.retryable) == ("keys-are-audio", False)
    assert rig.rest.requests == []


async def test_an_account_is_checked(rig: TwilioRig) -> None:
    await rig.adapter.check()

    rig.rest.status = "suspended"
    with pytest.raises(ProviderError) as caught:
        await rig.adapter.check()
    assert caught.value.code == "account-not-active"


async def test_where_a_number_announces_its_calls_is_found(rig: TwilioRig) -> None:
    rig.rest.numbers = {
        "+34600000000": {"voice_url": f"{HOOKS}/voice", "voice_application_sid": ""},
        "+34600000001": {"voice_url": "https://elsewhere.example", "voice_application_sid": "AP1"},
        "+34600000002": {},
    }
    rig.rest.applications = {"AP1": "https://application.example"}

    assert await rig.adapter.webhook_of(OURS) == f"{HOOKS}/voice"
    assert await rig.adapter.webhook_of(PhoneNumber("+34600000001")) == "https://application.example"
    assert await rig.adapter.webhook_of(PhoneNumber("+34600000002")) == ""
    assert await rig.adapter.webhook_of(MADRID) is None
