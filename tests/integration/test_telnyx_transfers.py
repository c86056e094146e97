"""Putting callers through with Telnyx, blind or warm, on a local server that speaks its REST interface."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.ports.telephony_port import (
    HangUpCall,
    NoInstruction,
    TransferEnded,
    Whisper,
    WhisperWanted,
)
from tests.support.telephony.rigs import TelnyxRig
from tests.support.telephony.telnyx_acting import MADRID, OURS, SPANISH, a_rig, react, told, transfer
from tests.support.telephony.telnyx_rest import TelnyxCall

rig = a_rig


def only_destination(rig: TelnyxRig, caller: TelnyxCall) -> TelnyxCall:
    (leg,) = (call for call in rig.rest.calls.values() if call is not caller)
    return leg


async def test_a_caller_is_put_through_blindly(rig: TelnyxRig) -> None:
    caller = rig.rest.incoming()

    await rig.adapter.transfer(caller.call_control_id, transfer(is_warm=False))

    (body,) = caller.bodies("transfer")
    assert (body["to"], body["from"]) == (str(MADRID), str(OURS))
    assert (body["timeout_secs"], body["time_limit_secs"]) == (20, 600)
    leg = TelnyxCall("v3:leg", client_state=body["target_leg_client_state"])
    reached = TransferEnded(caller.call_control_id, "ref-7", reached=True)
    assert told(rig, "call.initiated", leg, direction="outgoing", to=str(MADRID)) is None
    assert told(rig, "call.answered", leg) is None
    assert told(rig, "call.bridged", leg) == replace(reached, leg_is_over=False)
    assert told(rig, "call.hangup", leg, hangup_cause="normal_clearing") == reached
    for cause in ("timeout", "user_busy", "not_found", "call_rejected", "originator_cancel"):
        assert told(rig, "call.hangup", leg, hangup_cause=cause) == replace(reached, reached=False)


async def test_a_warm_destination_is_told_and_takes_the_call(rig: TelnyxRig) -> None:
    caller = rig.rest.incoming()

    await rig.adapter.transfer(caller.call_control_id, transfer(is_warm=True))
    leg = only_destination(rig, caller)
    assert (leg.order["to"], leg.order["time_limit_secs"]) == (str(MADRID), 600)
    answered = told(rig, "call.answered", leg)
    assert isinstance(answered, WhisperWanted)
    assert answered.reference == "ref-7"
    await react(rig, answered, Whisper("Ana, alguien quiere comprar.", SPANISH))
    (whispered,) = leg.bodies("gather_using_speak")
    assert whispered["payload"] == "Ana, alguien quiere comprar."
    assert (whispered["maximum_digits"], whispered["maximum_tries"]) == (1, 1)
    await react(rig, told(rig, "call.gather.ended", leg, status="valid", digits="5"), NoInstruction())

    (bridged,) = leg.bodies("bridge")
    assert bridged["call_control_id"] == caller.call_control_id
    reached = TransferEnded(caller.call_control_id, "ref-7", reached=True)
    assert told(rig, "call.bridged", leg) == replace(reached, leg_is_over=False)
    assert told(rig, "call.hangup", leg, hangup_cause="normal_clearing") == reached
    assert caller.commands == [], "the caller has been with us all the time"


@pytest.mark.parametrize("status", ["timeout", "invalid", "call_hangup", "cancelled"])
async def test_a_warm_destination_declines(rig: TelnyxRig, status: str) -> None:
    caller = rig.rest.incoming()
    await rig.adapter.transfer(caller.call_control_id, transfer(is_warm=True))
    leg = only_destination(rig, caller)
    await react(rig, told(rig, "call.answered", leg), Whisper("…", SPANISH))

    await react(rig, told(rig, "call.gather.ended", leg, status=status), NoInstruction())

    assert leg.has_ended
    assert leg.bodies("bridge") == []
    assert told(rig, "call.hangup", leg, hangup_cause="normal_clearing") == TransferEnded(
        caller.call_control_id, "ref-7", reached=False
    )


async def test_a_destination_is_not_left_on_a_dead_line_when_the_caller_has_gone(rig: TelnyxRig) -> None:
    caller = rig.rest.incoming()
    await rig.adapter.transfer(caller.call_control_id, transfer(is_warm=True))
    leg = only_destination(rig, caller)
    await react(rig, told(rig, "call.answered", leg), Whisper("…", SPANISH))
    caller.has_ended = True

    await react(rig, told(rig, "call.gather.ended", leg, status="valid", digits="1"), NoInstruction())

    assert leg.has_ended


async def test_a_destination_that_nobody_needs_any_more_is_hung_up_on(rig: TelnyxRig) -> None:
    caller = rig.rest.incoming()
    await rig.adapter.transfer(caller.call_control_id, transfer(is_warm=True))
    leg = only_destination(rig, caller)

    await react(rig, told(rig, "call.answered", leg), HangUpCall())

    assert leg.has_ended
