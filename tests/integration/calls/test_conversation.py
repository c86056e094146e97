"""Whole conversations in virtual time, told as the two sides would notice them."""

from __future__ import annotations

import asyncio

import pytest

from backend.domain.entities.call import CallStatus, EndCause
from backend.domain.value_objects.conversation_turn import Role
from tests.support.calls import Stage, agent
from tests.support.scripted import Say, ScriptedLlm, ScriptedStt
from tests.support.virtual_time import run_virtual


def test_a_question_is_answered_and_everything_is_kept() -> None:
    stage = Stage(
        stt=ScriptedStt(["What are your opening hours?"]), llm=ScriptedLlm([Say("From nine to five.")])
    )
    ended: list[float] = []

    async def caller(stage: Stage) -> None:
        await stage.until("reply_ended")
        await asyncio.sleep(0.5)
        ended.append(await stage.say(1_000))
        await stage.until("reply_ended", count=2)
        stage.hang_up()

    call = run_virtual(stage.run(caller))

    assert (call.status, call.end_cause) == (CallStatus.COMPLETED, EndCause.CALLER_HUNG_UP)
    assert [(turn.role, turn.heard.strip()) for turn in stage.turns] == [
        (Role.AGENT, "Hello, this is Ana."),
        (Role.CALLER, "What are your opening hours?"),
        (Role.AGENT, "From nine to five."),
    ]
    (latency,) = stage.latencies
    felt_ms = (stage.line.played[1][0] - ended[0]) * 1_000
    assert latency.voice_to_voice_ms == pytest.approx(felt_ms, abs=25)


def test_the_agent_falls_silent_when_the_caller_speaks_and_remembers_only_what_was_heard() -> None:
    answer = "We open at nine. We close at five. On Sundays we are closed all day long, sadly."
    stage = Stage(
        agent=agent(first_message=answer),
        stt=ScriptedStt(["Wait, stop please."]),
        llm=ScriptedLlm([Say("Yes?")]),
    )
    spoke_at: list[float] = []

    async def caller(stage: Stage) -> None:
        await stage.until("heard")
        await asyncio.sleep(0.4)
        spoke_at.append(asyncio.get_running_loop().time())
        await stage.say(1_000)
        await stage.until("reply_ended")
        stage.hang_up()

    run_virtual(stage.run(caller))

    silent_at = next(end for _, end in stage.line.played if end > spoke_at[0])
    assert silent_at - spoke_at[0] < 0.15
    interrupted = stage.turns[0]
    assert interrupted.interrupted
    assert interrupted.heard.startswith("We open at nine.")
    assert interrupted.content.startswith(interrupted.heard)
    assert "Sundays" not in interrupted.heard
    heard_by_model = stage.llm.requests[0].messages[1].content
    assert heard_by_model == interrupted.heard
