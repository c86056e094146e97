"""Whole conversations in virtual time, told as the two sides would notice them."""

from __future__ import annotations

import asyncio

import pytest

from backend.domain.conversation.manners import manners_of
from backend.domain.entities.call import CallStatus, EndCause
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.language import ENGLISH
from backend.domain.value_objects.policies import BargeIn, Limits
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


def test_the_agent_falls_silent_when_the_caller_speaks_and_remembers_only_what_was_heard() -> None:
    stage = Stage(
        agent=agent(first_message=HOURS),
        stt=ScriptedStt(["Wait, stop please."]),
        llm=ScriptedLlm([Say("Yes?")]),
    )

    async def caller(stage: Stage) -> None:
        await stage.until("heard")
        await asyncio.sleep(0.4)
        await stage.say(1_000)
        await stage.until("reply_ended")
        stage.hang_up()

    stage.play(caller)

    spoke_at = stage.spoken[0][0]
    silent_at = next(end for _, end in stage.line.played if end > spoke_at)
    assert silent_at - spoke_at < 0.15
    interrupted = stage.turns[0]
    assert interrupted.interrupted
    assert interrupted.heard.startswith("We open at nine.")
    assert interrupted.content.startswith(interrupted.heard)
    assert "Sundays" not in interrupted.heard
    assert stage.llm.requests[0].messages[1].content == interrupted.heard
    assert stage.dialogue[1:] == [(CALLER, "Wait, stop please."), (AGENT, "Yes?")]


@pytest.mark.parametrize("word_timestamps", [True, False])
def test_a_backchannel_holds_the_agent_for_a_moment_and_nothing_is_lost(word_timestamps: bool) -> None:
    stage = Stage(agent=agent(first_message=HOURS), stt=ScriptedStt(["mm-hm"]))
    stage.tts.word_timestamps = word_timestamps

    async def caller(stage: Stage) -> None:
        await stage.until("heard")
        await asyncio.sleep(0.47)
        await stage.say(300)
        await stage.until("reply_ended")
        stage.hang_up()

    stage.play(caller)

    assert len(stage.line.played) == 2
    assert stage.dialogue == [(AGENT, HOURS)]
    assert not stage.turns[0].interrupted
    before, after = _said_in_two(stage)
    said_twice = before[len(HOURS.replace(". ", ".")) - len(after) :]
    if word_timestamps:
        assert after.startswith(said_twice)
        assert 0 < len(said_twice) <= len("close")
        assert _is_word_beginning(after)
    else:
        assert len(said_twice) <= 1  # the character that was broken off


def _said_in_two(stage: Stage) -> tuple[str, str]:
    """Return what the speaker played before and after its one pause."""
    pause = stage.line.played[0][1]
    texts = []
    for sounds in (
        [s for s in stage.line.sounds if s.at < pause],
        [s for s in stage.line.sounds if s.at >= pause],
    ):
        characters = dict.fromkeys(c for sound in sounds for c in stage.tts.characters_in(sound.samples))
        texts.append("".join(stage.tts.voiced[c] for c in characters))
    return texts[0], texts[1]


def _is_word_beginning(text: str) -> bool:
    said = HOURS.replace(". ", ".")
    at = said.index(text)
    return at == 0 or said[at - 1] in " ."


def test_an_interrupted_agent_stops_thinking_and_speaking() -> None:
    answer = Say(HOURS * 20, ms_per_word=500)
    stage = Stage(
        stt=ScriptedStt(["Are you open?", "Wait, stop please."]), llm=ScriptedLlm([answer, Say("")])
    )

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        await stage.say(800)
        await stage.until_heard("close at")
        assert stage.llm.running == 1
        await stage.say(800)
        assert (stage.llm.running, stage.tts.running) == (0, 0)
        stage.hang_up()

    stage.play(caller)

    assert stage.turns[2].interrupted


def test_a_cough_holds_the_agent_for_a_moment_and_is_not_answered() -> None:
    stage = Stage(agent=agent(first_message=HOURS), stt=ScriptedStt([""]))

    async def caller(stage: Stage) -> None:
        await stage.until("heard")
        await stage.say(200)
        await stage.until("reply_ended")
        stage.hang_up()

    stage.play(caller)

    assert stage.dialogue == [(AGENT, HOURS)]
    assert len(stage.line.played) == 2
    assert stage.llm.requests == []


def test_a_cough_right_after_the_question_does_not_cost_the_answer() -> None:
    stage = Stage(stt=ScriptedStt(["Are you open?", ""]), llm=ScriptedLlm([Say("Yes, we are.", ttft_ms=900)]))

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        await stage.say(1_000)
        await asyncio.sleep(0.9)
        await stage.say(160)
        await stage.until_answered()
        stage.hang_up()

    stage.play(caller)

    assert stage.dialogue == [GREETING, (CALLER, "Are you open?"), (AGENT, "Yes, we are.")]


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


def test_an_interrupted_goodbye_does_not_end_the_call() -> None:
    stage = Stage(
        stt=ScriptedStt(["That was all.", "No, wait, one more thing."]),
        llm=ScriptedLlm([Say("Goodbye then, have a very nice day.", tool="end_call"), Say("Yes?")]),
    )

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        await stage.say(800)
        await stage.until("end_call_requested")
        await asyncio.sleep(0.8)
        await stage.say(1_200)
        await stage.until_answered()
        stage.hang_up()

    call = stage.play(caller)

    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert stage.dialogue[-1] == (AGENT, "Yes?")


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


def test_an_agent_that_may_not_be_interrupted_answers_afterwards() -> None:
    stage = Stage(
        agent=agent(first_message=HOURS, turn_taking=manners(barge_in=BargeIn(enabled=False))),
        stt=ScriptedStt(["And on Saturdays?"]),
        llm=ScriptedLlm([Say("Until noon.")]),
    )

    async def caller(stage: Stage) -> None:
        await stage.until("heard")
        await stage.say(800)
        await stage.until("reply_ended", count=2)
        stage.hang_up()

    stage.play(caller)

    assert stage.dialogue == [(AGENT, HOURS), (CALLER, "And on Saturdays?"), (AGENT, "Until noon.")]
    assert stage.line.flushes == []


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
