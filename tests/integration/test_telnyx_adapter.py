"""What we have Telnyx do with calls and its account, on a local server that speaks its REST interface."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.errors import ConfigurationError, ProviderError
from backend.domain.ports.telephony_port import (
    Apologise,
    CallAnswered,
    CallOffered,
    CallProgressed,
    CallUnattended,
    CarrierStatus,
    Connect,
    DialRequest,
    MachineDetection,
    NoInstruction,
    TurnAway,
)
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.telephony.telnyx.telnyx_adapter import TelnyxAccount, TelnyxAdapter
from tests.support.memory import ManualClock
from tests.support.telephony.rest_server import RestAnswer, Silence
from tests.support.telephony.rigs import TelnyxRig
from tests.support.telephony.signing import PUBLIC_URL
from tests.support.telephony.telnyx_acting import MADRID, OURS, SPANISH, a_rig, react, told, transfer
from tests.support.telephony.telnyx_rest import CONNECTION_ID, TelnyxCall

HOOK = f"{PUBLIC_URL}/webhook/telnyx"
DIAL = DialRequest(MADRID, OURS, "order-1", max_seconds=600, ring_seconds=25)

rig = a_rig


def offered(call: TelnyxCall) -> CallOffered:
    return CallOffered(call.call_control_id, "+34911111111", str(OURS))


async def test_a_call_is_answered_with_a_stream_both_ways(rig: TelnyxRig) -> None:
    call = rig.rest.incoming()

    await react(rig, offered(call), Connect("ticket-1", max_seconds=900))

    (body,) = call.bodies("answer")
    assert body["stream_url"] == "wss://calls.example.com/voice/ws/telephone/telnyx/ticket-1"
    assert {name: body[name] for name in body if name.startswith("stream_") and name != "stream_url"} == {
        "stream_track": "inbound_track",
        "stream_codec": "PCMU",
        "stream_bidirectional_mode": "rtp",
        "stream_bidirectional_codec": "PCMU",
        "stream_bidirectional_target_legs": "self",
    }


async def test_a_webhook_that_comes_twice_answers_once(rig: TelnyxRig) -> None:
    call = rig.rest.incoming()

    for ticket in ("first", "second"):
        await react(rig, offered(call), Connect(ticket, max_seconds=900))

    (body,) = call.bodies("answer")
    assert body["stream_url"].endswith("/first")


async def test_a_stream_can_be_opened_again_in_the_same_call(rig: TelnyxRig) -> None:
    call = rig.rest.incoming()

    await react(rig, CallAnswered(call.call_control_id, "order-1"), Connect("first", max_seconds=900))
    await react(rig, CallUnattended(call.call_control_id), Connect("second", max_seconds=900))

    urls = [body["stream_url"].rpartition("/")[2] for body in call.bodies("streaming_start")]
    assert urls == ["first", "second"]


async def test_an_apology_is_said_wholly_before_the_call_ends(rig: TelnyxRig) -> None:
    call = rig.rest.incoming()

    await react(rig, offered(call), Apologise("Lo sentimos.", SPANISH))
    assert [action for action, _ in call.commands] == ["answer"], "before that nothing can be said"
    await react(rig, told(rig, "call.answered", call), NoInstruction())
    (said,) = call.bodies("speak")
    assert (said["payload"], said["language"], said["payload_type"]) == ("Lo sentimos.", "es-MX", "text")
    assert call.bodies("hangup") == []
    await react(rig, told(rig, "call.speak.ended", call), NoInstruction())

    assert len(call.bodies("hangup")) == 1
    assert told(rig, "call.hangup", call, hangup_cause="normal_clearing") == CallProgressed(
        call.call_control_id, CarrierStatus.COMPLETED
    )


async def test_a_call_in_progress_is_apologised_to_at_once(rig: TelnyxRig) -> None:
    call = rig.rest.incoming()

    await react(rig, CallUnattended(call.call_control_id), Apologise("Sorry.", Language("en")))
    await react(rig, told(rig, "call.speak.ended", call), NoInstruction())

    assert [action for action, _ in call.commands] == ["speak", "hangup"]


@pytest.mark.parametrize(("is_busy", "cause"), [(True, "USER_BUSY"), (False, "CALL_REJECTED")])
async def test_a_call_is_turned_away_before_it_is_answered(rig: TelnyxRig, is_busy: bool, cause: str) -> None:
    call = rig.rest.incoming()

    await react(rig, offered(call), TurnAway(is_busy))

    assert [body["cause"] for body in call.bodies("reject")] == [cause]


async def test_a_call_is_placed_with_its_limits_and_its_reference(rig: TelnyxRig) -> None:
    call = rig.rest.calls[await rig.adapter.dial(replace(DIAL, detection=MachineDetection.GREETING_END))]

    expected = {
        "connection_id": CONNECTION_ID,
        "to": str(MADRID),
        "from": str(OURS),
        "timeout_secs": 25,
        "time_limit_secs": 600,
        "webhook_url": HOOK,
        "webhook_url_method": "POST",
        "answering_machine_detection": "greeting_end",
    }
    assert expected.items() <= call.order.items()
    assert told(rig, "call.answered", call) == CallAnswered(call.call_control_id, "order-1")


async def test_two_calls_to_the_same_order_are_two_calls(rig: TelnyxRig) -> None:
    orders = [rig.rest.calls[await rig.adapter.dial(DIAL)].order for _ in range(2)]

    assert orders[0]["command_id"] != orders[1]["command_id"], "Telnyx would ignore the second"


@pytest.mark.parametrize("trouble", [Silence.BREAK, RestAnswer(500), RestAnswer(200, {"data": {}})])
async def test_a_call_is_not_placed_again_when_nobody_knows_whether_it_was(
    rig: TelnyxRig, trouble: RestAnswer | Silence
) -> None:
    rig.rest.troubles = [trouble]

    with pytest.raises(ProviderError) as caught:
        await rig.adapter.dial(DIAL)

    assert not caught.value.retryable
    assert len(rig.rest.requests) == 1


async def test_a_number_that_cannot_be_dialled_is_said(rig: TelnyxRig) -> None:
    rig.rest.troubles = [RestAnswer(422, {"errors": [{"code": "10016", "detail": "+34910000000"}]})]

    with pytest.raises(ProviderError) as caught:
        await rig.adapter.dial(DIAL)

    assert (caught.value.code, caught.value.retryable) == ("number-refused", False)
    assert "+34" not in caught.value.message


async def test_acting_on_a_call_that_is_over_is_no_error(rig: TelnyxRig) -> None:
    call = rig.rest.incoming()

    await rig.adapter.hang_up(call.call_control_id)
    await rig.adapter.hang_up(call.call_control_id)
    await rig.adapter.hang_up("v3:never")
    await rig.adapter.send_keys(call.call_control_id, "1")
    await rig.adapter.transfer(call.call_control_id, transfer(is_warm=False))
    await react(rig, offered(call), Connect("t", max_seconds=60))

    assert [action for action, _ in call.commands] == ["hangup"]


async def test_keys_are_pressed_as_often_as_they_are_ordered_and_no_more(rig: TelnyxRig) -> None:
    call = rig.rest.incoming()

    await rig.adapter.send_keys(call.call_control_id, "1w2#")
    rig.rest.troubles = [RestAnswer(502)]
    await rig.adapter.send_keys(call.call_control_id, "1w2#")

    assert [body["digits"] for body in call.bodies("send_dtmf")] == ["1w2#", "1w2#"]
    first, second, third = (request.json["command_id"] for request in rig.rest.requests)
    assert second == third != first, "only the second try is a repetition"


async def test_the_account_is_checked_with_its_application(rig: TelnyxRig) -> None:
    await rig.adapter.check()

    rig.rest.applications = {}
    with pytest.raises(ProviderError) as caught:
        await rig.adapter.check()
    assert (caught.value.code, caught.value.retryable) == ("not-found", False)


async def test_where_a_number_announces_its_calls_is_found(rig: TelnyxRig) -> None:
    rig.rest.applications[CONNECTION_ID] = HOOK
    rig.rest.numbers = {str(OURS): CONNECTION_ID, "+34600000001": "a-trunk", "+34600000002": ""}

    assert await rig.adapter.webhook_of(OURS) == HOOK
    assert await rig.adapter.webhook_of(PhoneNumber("+34600000001")) == ""
    assert await rig.adapter.webhook_of(PhoneNumber("+34600000002")) == ""
    assert await rig.adapter.webhook_of(MADRID) is None


def test_a_public_key_that_is_none_is_noticed_at_once() -> None:
    account = TelnyxAccount(Secret("key"), "bm90IGEga2V5", CONNECTION_ID)

    with pytest.raises(ConfigurationError, match="32 bytes"):
        TelnyxAdapter(account, PUBLIC_URL, ManualClock())
