"""Whole calls by telephone: keys, written words, holds, announcements and answering machines."""

from __future__ import annotations

import asyncio

import numpy as np
import orjson

from backend.domain.entities.call import CallStatus, Direction, EndCause
from backend.domain.entities.telephone import Telephone
from backend.domain.value_objects.answerer import Answerer, OnMachine
from backend.domain.value_objects.audio import WIDEBAND
from backend.domain.value_objects.conversation_turn import Role
from tests.support.calls import Stage, agent
from tests.support.scripted import Say, ScriptedLlm, ScriptedStt
from tests.support.telephone_calls import NOTICE, telephone
from tests.support.tones import keys_heard

AGENT, CALLER = Role.AGENT, Role.CALLER
GREETING = (AGENT, "Hello, this is Ana.")


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


def test_who_hangs_up_in_a_pause_has_heard_the_keys_before_it() -> None:
    stage = telephone(pressing("123ww4"))

    async def caller(stage: Stage) -> None:
        await stage.until("reply_ended", count=2)
        stage.line.write("Press one for sales.")
        await stage.until("heard", count=3)  # what was said before the keys
        await asyncio.sleep(1.0)
        stage.hang_up()

    stage.play(caller)
    assert stage.dialogue[-1] == (AGENT, "I choose sales. [keys 1 2 3")


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
