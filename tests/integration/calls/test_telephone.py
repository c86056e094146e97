"""Whole calls by telephone: keys, written words, transfers, holds, announcements and answering machines."""

from __future__ import annotations

import asyncio

import numpy as np
import orjson
import pytest

from backend.domain.conversation.effects import TransferCall
from backend.domain.conversation.events import TransferFailed
from backend.domain.conversation.manners import manners_of
from backend.domain.entities.call import CallStatus, Direction, EndCause
from backend.domain.entities.telephone import Destination, Telephone
from backend.domain.errors import ProviderError, VictoriaError
from backend.domain.value_objects.answerer import Answerer, OnMachine
from backend.domain.value_objects.audio import WIDEBAND
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.language import ENGLISH
from backend.domain.value_objects.phone_number import PhoneNumber
from tests.support.calls import Stage, agent
from tests.support.scripted import Say, ScriptedLlm, ScriptedStt, ScriptedTts, TtsTrouble
from tests.support.tones import keys_heard

PHRASES = manners_of(ENGLISH).phrases
AGENT, CALLER = Role.AGENT, Role.CALLER
GREETING = (AGENT, "Hello, this is Ana.")
NOTICE = "This call is recorded."
WORKSHOP = Destination("Workshop", PhoneNumber("+15550100"))
TELEPHONE = Telephone(announcement=NOTICE, destinations=(WORKSHOP,))


def telephone(llm: ScriptedLlm | None = None, telephone_: Telephone = TELEPHONE, **parts: object) -> Stage:
    """A call that comes in by telephone."""
    return Stage(
        agent=agent(telephone=telephone_),
        llm=llm or ScriptedLlm([Say("All right.")]),
        direction=Direction.INBOUND,
        can_transfer=True,
        **parts,  # type: ignore[arg-type]
    )


def putting_through(to: str = "workSHOP", then: str = "We open at nine.") -> ScriptedLlm:
    arguments = orjson.dumps({"destination": to, "summary": "A flat tyre."}).decode()
    return ScriptedLlm([Say("I put you through.", tool="transfer_call", arguments=arguments), Say(then)])


def failures(stage: Stage) -> list[str]:
    return [entry.event.code for entry in stage.entries if isinstance(entry.event, TransferFailed)]


def test_written_words_are_answered() -> None:
    stage = Stage(llm=ScriptedLlm([Say("From nine to five.")]))

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        stage.line.write("When do you open?")
        await stage.until_answered()
        stage.hang_up()

    stage.play(caller)
    assert stage.dialogue == [GREETING, (CALLER, "When do you open?"), (AGENT, "From nine to five.")]


def test_written_words_silence_the_agent() -> None:
    stage = Stage(agent=agent(first_message="One. Two. Three. Four. Five. Six. Seven. Eight."))

    async def caller(stage: Stage) -> None:
        await stage.until("heard")
        stage.line.write("Stop.")
        await stage.until("reply_ended")
        stage.hang_up()

    stage.play(caller)
    assert stage.turns[0].interrupted
    assert stage.dialogue[1:] == [(CALLER, "Stop."), (AGENT, "All right.")]


def test_keys_are_told_to_the_model_when_they_are_complete() -> None:
    stage = telephone()

    async def caller(stage: Stage) -> None:
        await stage.until("reply_ended", count=2)
        stage.line.press("42#")
        await stage.until("reply_ended", count=3)
        stage.hang_up()

    stage.play(caller)
    assert stage.dialogue == [(AGENT, NOTICE), GREETING, (CALLER, "[keys 4 2]"), (AGENT, "All right.")]
    assert stage.llm.requests[0].messages[-1].content == "[keys 4 2]"


def pressing(keys: str) -> ScriptedLlm:
    arguments = orjson.dumps({"keys": keys}).decode()
    return ScriptedLlm([Say("I choose sales.", tool="press_keys", arguments=arguments)])


def pressed_keys(stage: Stage) -> str:
    played = np.concatenate([sound.samples for sound in stage.line.sounds])
    return keys_heard(played, WIDEBAND.rate)


async def hears_a_menu(stage: Stage) -> None:
    await stage.until("reply_ended", count=2)
    stage.line.write("Press one for sales.")
    await stage.until("reply_ended", count=3)
    stage.hang_up()


def test_the_agent_presses_keys_which_are_heard_after_what_it_said() -> None:
    stage = telephone(pressing("1#"))
    stage.play(hears_a_menu)
    assert stage.dialogue[-1] == (AGENT, "I choose sales. [keys 1 #]")
    assert pressed_keys(stage) == "1#"


def test_nobody_presses_keys_in_a_browser() -> None:
    stage = Stage(llm=pressing("1#"))

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        stage.line.write("Press one for sales.")
        await stage.until_answered()
        stage.hang_up()

    stage.play(caller)
    assert stage.dialogue[-1] == (AGENT, "I choose sales.")
    assert pressed_keys(stage) == ""


def test_the_announcement_is_heard_wholly_and_what_was_said_meanwhile_is_answered() -> None:
    stage = telephone(stt=ScriptedStt(["are you open today"]))

    async def caller(stage: Stage) -> None:
        await stage.until("playout_started")
        await stage.say(600)
        await stage.until("reply_ended", count=2)
        stage.hang_up()

    stage.play(caller)
    assert stage.dialogue == [(AGENT, NOTICE), (CALLER, "are you open today"), (AGENT, "All right.")]


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


def test_a_caller_who_asks_for_a_moment_has_it() -> None:
    stage = telephone(ScriptedLlm([Say("Take your time.", tool="wait_for_caller"), Say("Good.")]))

    async def caller(stage: Stage) -> None:
        await stage.until("reply_ended", count=2)
        stage.line.write("One moment.")
        await stage.until("reply_ended", count=3)
        await asyncio.sleep(60)
        stage.hang_up()

    stage.play(caller)
    assert stage.dialogue[-1] == (AGENT, "Take your time.")


def test_a_message_is_left_on_a_machine_when_it_has_finished() -> None:
    message = "Please call us back. We are there from nine to five."
    stage = telephone(telephone_=Telephone(on_machine=OnMachine.LEAVE_MESSAGE, voicemail=message))
    stage.direction = Direction.OUTBOUND

    async def caller(stage: Stage) -> None:
        await stage.until("playout_started")
        stage.line.find_out(Answerer.MACHINE)
        await asyncio.sleep(6)
        stage.line.find_out(Answerer.MACHINE, greeting_is_over=True)

    call = stage.play(caller)
    assert (call.status, call.end_cause) == (CallStatus.COMPLETED, EndCause.ANSWERING_MACHINE)
    assert stage.dialogue[-1] == (AGENT, message)
    assert stage.heard_by_caller.strip().endswith("from nine to five.")


def test_a_machine_is_hung_up_on() -> None:
    stage = telephone(telephone_=Telephone())

    async def caller(stage: Stage) -> None:
        await stage.until("playout_started")
        stage.line.find_out(Answerer.MACHINE)

    assert stage.play(caller).end_cause is EndCause.ANSWERING_MACHINE


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
