"""Whole conversations in virtual time, told as the two sides would notice them."""

from __future__ import annotations

import asyncio

import pytest

from backend.domain.conversation.manners import manners_of
from backend.domain.entities.call import CallStatus, EndCause
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.language import ENGLISH
from backend.domain.value_objects.policies import Limits
from tests.support.calls import Stage, agent, manners
from tests.support.scripted import Say, ScriptedLlm, ScriptedStt

PHRASES = manners_of(ENGLISH).phrases
AGENT, CALLER = Role.AGENT, Role.CALLER
GREETING = (AGENT, "Hello, this is Ana.")
HOURS = "We open at nine. We close at five. On Sundays we are closed all day long, sadly."


def test_a_question_is_answered_and_everything_is_kept() -> None:
    stage = Stage(
        stt=ScriptedStt(["What are your opening hours?"]), llm=ScriptedLlm([Say("From nine to five.")])
    )

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        await stage.say(1_000)
        await stage.until_answered()
        stage.hang_up()

    call = stage.play(caller)

    assert (call.status, call.end_cause) == (CallStatus.COMPLETED, EndCause.CALLER_HUNG_UP)
    assert stage.log.calls == {call.id: call}
    assert stage.line.closed is EndCause.CALLER_HUNG_UP
    assert stage.committed[-1] == len(stage.entries)
    assert stage.dialogue == [
        GREETING,
        (CALLER, "What are your opening hours?"),
        (AGENT, "From nine to five."),
    ]
    (latency,) = stage.latencies
    felt_ms = (stage.line.played[1][0] - stage.spoken[0][1]) * 1_000
    assert latency.voice_to_voice_ms == pytest.approx(felt_ms, abs=25)


def test_what_the_caller_adds_while_the_agent_thinks_is_part_of_the_question() -> None:
    stage = Stage(
        stt=ScriptedStt(["Are you open on Monday?", "Or rather on Tuesday?"]),
        llm=ScriptedLlm([Say("On Monday, yes.", ttft_ms=1_500), Say("On Tuesday, no.")]),
    )

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        await stage.say(1_200)
        await asyncio.sleep(0.9)
        await stage.say(1_000)
        await stage.until_answered()
        stage.hang_up()

    stage.play(caller)

    assert stage.dialogue == [
        GREETING,
        (CALLER, "Are you open on Monday? Or rather on Tuesday?"),
        (AGENT, "On Tuesday, no."),
    ]
    assert "Monday" not in stage.heard_by_caller
    assert stage.llm.requests[-1].messages[-1].content == "Are you open on Monday? Or rather on Tuesday?"


def test_a_number_dictated_with_pauses_is_one_turn() -> None:
    stage = Stage(stt=ScriptedStt(["My number is,", "six five five,", "one two three."]))

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        for _ in range(3):
            await stage.say(800)
            await asyncio.sleep(0.8)
        await stage.until_answered()
        stage.hang_up()

    stage.play(caller)

    assert stage.dialogue == [
        GREETING,
        (CALLER, "My number is, six five five, one two three."),
        (AGENT, "All right."),
    ]
    assert len(stage.llm.requests) == 1


def test_a_caller_who_says_nothing_is_asked_twice_and_then_left() -> None:
    stage = Stage()

    async def caller(stage: Stage) -> None:
        await asyncio.Event().wait()

    call = stage.play(caller)

    assert call.end_cause is EndCause.IDLE
    assert stage.dialogue == [
        GREETING,
        (AGENT, PHRASES.idle_prompt),
        (AGENT, PHRASES.idle_prompt),
        (AGENT, PHRASES.goodbye),
    ]
    assert stage.longest_silence_s == pytest.approx(10, abs=0.2)


def test_a_caller_who_answers_the_goodbye_is_still_there() -> None:
    stage = Stage(stt=ScriptedStt(["Wait, I am here."]))

    async def caller(stage: Stage) -> None:
        await stage.until_heard("Thank")
        await stage.say(1_000)
        await stage.until_answered()
        stage.hang_up()

    call = stage.play(caller)

    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert stage.dialogue[-2:] == [(CALLER, "Wait, I am here."), (AGENT, "All right.")]


@pytest.mark.parametrize("text", ["Goodbye, have a nice day.", ""])
def test_the_agent_hangs_up_only_when_its_goodbye_was_heard(text: str) -> None:
    stage = Stage(stt=ScriptedStt(["That was all."]), llm=ScriptedLlm([Say(text, tool="end_call")]))

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        await stage.say(800)

    call = stage.play(caller)

    assert call.end_cause is EndCause.AGENT_HUNG_UP
    said = text or PHRASES.goodbye
    assert stage.dialogue[-1] == (AGENT, said)
    assert stage.heard_by_caller.endswith(said)


def test_a_call_does_not_last_longer_than_it_may() -> None:
    limits = Limits(max_call_ms=20_000)
    stage = Stage(
        agent=agent(turn_taking=manners(limits=limits)),
        stt=ScriptedStt(["And then?"] * 50),
        llm=ScriptedLlm([Say("Then something else happened, and it took its time.")]),
    )

    async def caller(stage: Stage) -> None:
        while True:
            await stage.until_answered()
            await stage.say(600)

    call = stage.play(caller)

    assert call.end_cause is EndCause.MAX_DURATION
    assert [text for who, text in stage.dialogue if who is AGENT][-1] == PHRASES.goodbye
    assert call.duration_ms is not None
    assert 20_000 < call.duration_ms < 24_000


def test_whoever_asks_for_the_end_gets_a_polite_one() -> None:
    stage = Stage(agent=agent(first_message=HOURS))

    async def caller(stage: Stage) -> None:
        await stage.until("heard")
        stage.orchestrator.hang_up(EndCause.REQUESTED)

    call = stage.play(caller)

    assert (call.status, call.end_cause) == (CallStatus.COMPLETED, EndCause.REQUESTED)
    assert stage.turns[0].interrupted
    assert stage.heard_by_caller.endswith(PHRASES.goodbye)
    assert stage.line.times_closed == 1


def test_the_caller_may_speak_first() -> None:
    stage = Stage(agent=agent(first_message=""), stt=ScriptedStt(["Hello?"]))

    async def caller(stage: Stage) -> None:
        await asyncio.sleep(0.5)
        await stage.say(600)
        await stage.until_answered()
        stage.hang_up()

    stage.play(caller)

    assert stage.dialogue == [(CALLER, "Hello?"), (AGENT, "All right.")]


def test_nothing_is_left_of_a_call() -> None:
    stage = Stage(agent=agent(first_message=HOURS))

    async def caller(stage: Stage) -> None:
        await stage.until("heard")
        stage.hang_up()

    stage.play(caller)

    assert stage.still_running == 0
    assert stage.log.open_calls == []
    assert stage.recordings.recordings[stage.call_id].is_closed
