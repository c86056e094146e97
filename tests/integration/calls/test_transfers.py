"""Whole calls by telephone whose caller is put through to a person, or is not."""

from __future__ import annotations

import asyncio

import orjson
import pytest

from backend.domain.conversation.effects import TransferCall
from backend.domain.conversation.events import TransferFailed
from backend.domain.conversation.manners import manners_of
from backend.domain.entities.call import CallStatus, EndCause
from backend.domain.entities.telephone import Telephone
from backend.domain.errors import ProviderError, VictoriaError
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.language import ENGLISH
from tests.support.calls import Stage
from tests.support.scripted import Say, ScriptedLlm, ScriptedTts, TtsTrouble
from tests.support.telephone_calls import WORKSHOP, telephone

PHRASES = manners_of(ENGLISH).phrases
AGENT, CALLER = Role.AGENT, Role.CALLER


def putting_through(to: str = "workSHOP", then: str = "We open at nine.") -> ScriptedLlm:
    arguments = orjson.dumps({"destination": to, "summary": "A flat tyre."}).decode()
    return ScriptedLlm([Say("I put you through.", tool="transfer_call", arguments=arguments), Say(then)])


def failures(stage: Stage) -> list[str]:
    return [entry.event.code for entry in stage.entries if isinstance(entry.event, TransferFailed)]


async def asks_for_a_mechanic(stage: Stage) -> None:
    await stage.until("reply_ended", count=2)
    stage.line.write("I need a mechanic.")
    await stage.until("reply_ended", count=3)


def test_the_caller_is_put_through() -> None:
    stage = telephone(putting_through())

    async def caller(stage: Stage) -> None:
        await asks_for_a_mechanic(stage)
        await asyncio.sleep(1)
        stage.hang_up(EndCause.TRANSFERRED)

    call = stage.play(caller)
    assert stage.line.transfers == [("+15550100", "A flat tyre.")]
    assert (call.status, call.end_cause) == (CallStatus.COMPLETED, EndCause.TRANSFERRED)
    assert stage.dialogue[2:] == [(CALLER, "I need a mechanic."), (AGENT, "I put you through.")]
    orders = [effect for entry in stage.entries for effect in entry.effects]
    assert orders.count(TransferCall("Workshop", "A flat tyre.")) == 1


@pytest.mark.parametrize(
    ("error", "transfer_s", "code"),
    [
        (ProviderError("carrier", "busy", code="transfer-failed"), 0.1, "transfer-failed"),
        (None, 60, "transfer-timeout"),
    ],
)
def test_a_carrier_that_will_not_put_them_through_is_made_up_for(
    error: VictoriaError | None, transfer_s: float, code: str
) -> None:
    stage = telephone(putting_through())

    async def caller(stage: Stage) -> None:
        stage.line.transfer_error, stage.line.transfer_s = error, transfer_s
        await asks_for_a_mechanic(stage)
        await stage.until("transfer_failed")
        await stage.until("reply_ended", count=4)
        stage.line.write("When do you open, then?")
        await stage.until("reply_ended", count=5)
        stage.hang_up()

    stage.play(caller)
    assert failures(stage) == [code]
    assert stage.dialogue[4:] == [
        (AGENT, PHRASES.transfer_failed),
        (CALLER, "When do you open, then?"),
        (AGENT, "We open at nine."),
    ]
    assert stage.still_running == 0


def test_so_is_somebody_who_does_not_take_the_call() -> None:
    stage = telephone(putting_through())

    async def caller(stage: Stage) -> None:
        await asks_for_a_mechanic(stage)
        await asyncio.sleep(5)
        stage.line.write("Hello?")
        await asyncio.sleep(5)
        stage.line.refuse_transfer("no-answer")
        await stage.until("reply_ended", count=5)
        stage.hang_up()

    stage.play(caller)
    assert failures(stage) == ["no-answer"]
    assert stage.dialogue[4:] == [
        (AGENT, PHRASES.transfer_failed),
        (CALLER, "Hello?"),
        (AGENT, "We open at nine."),
    ]


def test_a_number_that_is_not_the_agents_is_never_dialled() -> None:
    stage = telephone(putting_through("+1 900 555 0199"))

    async def caller(stage: Stage) -> None:
        await asks_for_a_mechanic(stage)
        await stage.until("reply_ended", count=4)
        stage.hang_up()

    stage.play(caller)
    assert stage.line.transfers == []
    assert failures(stage) == ["unknown-destination"]
    assert stage.dialogue[-1] == (AGENT, PHRASES.transfer_failed)


def test_a_line_that_cannot_put_through_does_not_offer_it() -> None:
    stage = telephone(putting_through())
    stage.can_transfer = False

    async def caller(stage: Stage) -> None:
        await asks_for_a_mechanic(stage)
        stage.hang_up()

    stage.play(caller)
    assert "transfer_call" not in [tool.name for tool in stage.llm.requests[0].tools]
    assert stage.line.transfers == []


def test_a_caller_who_hangs_up_during_a_transfer_leaves_nothing_behind() -> None:
    stage = telephone(putting_through())

    async def caller(stage: Stage) -> None:
        stage.line.transfer_s = 10
        await asks_for_a_mechanic(stage)
        await asyncio.sleep(1)
        stage.hang_up()

    call = stage.play(caller)
    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert stage.line.transfers == []


def test_when_no_engine_works_a_person_does() -> None:
    broken = ScriptedTts(troubles=dict.fromkeys(("All right", "put you"), TtsTrouble.FAILS_AT_ONCE))
    stage = telephone(telephone_=Telephone(destinations=(WORKSHOP,)), tts=broken)

    async def caller(stage: Stage) -> None:
        await stage.until("reply_ended")
        for number in (1, 2, 3):
            stage.line.write("Hello?")
            await stage.until("reply_failed", count=number)
            await asyncio.sleep(5)
        stage.hang_up(EndCause.TRANSFERRED)

    assert stage.play(caller).end_cause is EndCause.TRANSFERRED
    assert stage.line.transfers == [("+15550100", "")]
