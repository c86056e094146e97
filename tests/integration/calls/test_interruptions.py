"""Callers who speak while the agent does, in virtual time: who falls silent, and what is remembered of it."""

from __future__ import annotations

import asyncio

import pytest

from backend.domain.entities.call import EndCause
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.policies import BargeIn
from tests.support.calls import Stage, agent, manners
from tests.support.scripted import Say, ScriptedLlm, ScriptedStt

AGENT, CALLER = Role.AGENT, Role.CALLER
GREETING = (AGENT, "Hello, this is Ana.")
HOURS = "We open at nine. We close at five. On Sundays we are closed all day long, sadly."


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
