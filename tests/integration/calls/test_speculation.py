"""Answers that are begun early: not heard and not acted upon unless the caller has finished."""

from __future__ import annotations

import asyncio
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.application.services.reply import MAX_AHEAD_MS
from backend.domain.conversation.effects import CancelReply, Effect, ReleaseReply, StartReply
from backend.domain.conversation.events import EndCallRequested
from backend.domain.conversation.manners import manners_of
from backend.domain.entities.call import EndCause
from backend.domain.errors import ProviderError
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.language import ENGLISH
from tests.support.calls import Stage, agent
from tests.support.scripted import Say, ScriptedLlm, ScriptedStt, ScriptedTts, TtsTrouble

PHRASES = manners_of(ENGLISH).phrases
BROKEN = ProviderError("scripted", "the model broke", code="llm-broke")
HOUR_MS = 3_600_000
SILENT = agent(first_message="")
E = TypeVar("E", bound=Effect)


async def one_question(stage: Stage) -> None:
    """Ask, wait patiently for whatever comes, hang up."""
    await asyncio.sleep(0.5)
    await stage.say(1_000)
    await stage.until_answered(quiet_s=4.6)
    stage.hang_up()


def drafts(stage: Stage) -> set[int]:
    return {order.reply_id for order in effects(stage, StartReply) if order.speculative}


def effects(stage: Stage, kind: type[E]) -> list[E]:
    return [effect for entry in stage.entries for effect in entry.effects if isinstance(effect, kind)]


@settings(max_examples=60, deadline=None)
@given(
    pauses_ms=st.lists(st.integers(10, 60).map(lambda frames: 20 * frames), max_size=3),
    ttft_ms=st.integers(0, 900),
    ttfb_ms=st.integers(0, 400),
    final_ms=st.integers(0, 600),
    partials=st.booleans(),
)
def test_a_draft_that_is_discarded_runs_no_tool_and_is_not_heard(
    pauses_ms: list[int], ttft_ms: int, ttfb_ms: int, final_ms: int, partials: bool
) -> None:
    """Every answer would end the call; only one that was released may."""
    parts = [f"This is part {number} of it" for number in range(len(pauses_ms) + 1)]
    stage = Stage(
        agent=SILENT,
        stt=ScriptedStt(parts, final_ms=final_ms, ms_per_word=100, partials=partials),
        llm=ScriptedLlm([Say("Farewell to you.", ttft_ms=ttft_ms, ms_per_word=5, tool="end_call")]),
        tts=ScriptedTts(ttfb_ms=ttfb_ms),
    )

    async def caller(stage: Stage) -> None:
        await asyncio.sleep(0.5)
        for pause_ms in pauses_ms:
            await stage.say(800)
            await asyncio.sleep(pause_ms / 1_000)
        await stage.say(800)
        await stage.until_answered(quiet_s=3)
        stage.hang_up()

    stage.play(caller)

    released = {order.reply_id for order in effects(stage, ReleaseReply)}
    cancelled = {order.reply_id for order in effects(stage, CancelReply)}
    discarded = drafts(stage) - released
    assert discarded <= cancelled
    asked = {entry.event.reply_id for entry in stage.entries if isinstance(entry.event, EndCallRequested)}
    assert not asked & discarded
    assert stage.heard_by_caller.count("Farewell") <= len(released) + len(effects(stage, StartReply)) - len(
        drafts(stage)
    )
    assert {turn.reply_id for turn in stage.turns}.isdisjoint(discarded)
    assert stage.still_running == 0


def test_a_draft_speaks_one_clause_before_it_is_released_and_all_of_it_afterwards() -> None:
    said = "We open at nine. We close at five. Come and see us."
    stage = Stage(
        agent=SILENT,
        stt=ScriptedStt(["When do you open"], final_ms=1_500),  # until then, the partial has to do
        llm=ScriptedLlm([Say(said)]),
    )
    spoken_early = ""

    async def caller(stage: Stage) -> None:
        nonlocal spoken_early
        await asyncio.sleep(0.5)
        await stage.say(1_000)
        await asyncio.sleep(1.5)
        spoken_early = stage.tts.voiced.strip()
        await stage.until_answered(quiet_s=2)
        stage.hang_up()

    stage.play(caller)

    assert spoken_early == "We open at nine."
    assert stage.dialogue == [(Role.CALLER, "When do you open"), (Role.AGENT, said)]
    assert said in stage.heard_by_caller


def test_a_draft_is_made_no_further_ahead_than_a_reply() -> None:
    endless = "And " + "on it goes " * 20 + "to the end."  # one clause of some 230 characters
    tts = ScriptedTts(speed=100)
    assert len(endless) * tts.ms_per_character > MAX_AHEAD_MS
    stage = Stage(
        agent=SILENT,
        stt=ScriptedStt(["Go ahead"], final_ms=1_500),
        llm=ScriptedLlm([Say(endless, ms_per_word=0)]),
        tts=tts,
    )
    was_waiting = False

    async def caller(stage: Stage) -> None:
        nonlocal was_waiting
        await asyncio.sleep(0.5)
        await stage.say(1_000)
        await asyncio.sleep(1.6)
        was_waiting = bool(stage.tts.running) and not stage.line.sounds
        await stage.until_answered(quiet_s=2, within_s=30)
        stage.hang_up()

    stage.play(caller)

    assert was_waiting
    assert stage.dialogue[-1] == (Role.AGENT, endless)


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(Say("Never.", error=BROKEN, ttft_ms=0, ms_per_word=0), id="after its first clause"),
        pytest.param(Say("", error=BROKEN, ttft_ms=50), id="before its first token"),
    ],
)
def test_a_draft_whose_model_fails_is_asked_again_by_the_endpoint(trouble: Say) -> None:
    stage = Stage(
        agent=SILENT,
        stt=ScriptedStt(["Are you open?"]),
        llm=ScriptedLlm([trouble, Say("Yes, until five.")]),
        tts=ScriptedTts(troubles={"Never": TtsTrouble.FAILS_AT_FIRST_CHUNK}),
    )

    stage.play(one_question)

    assert stage.dialogue == [(Role.CALLER, "Are you open?"), (Role.AGENT, "Yes, until five.")]
    assert stage.longest_silence_s < 5


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Say("Never.", ttft_ms=HOUR_MS), id="hangs"),
        pytest.param(Say("", ttft_ms=3_000, error=BROKEN), id="fails late"),
        pytest.param(Say("", stalls=True), id="begins and says nothing"),
        pytest.param(Say(""), id="is empty"),
    ],
)
def test_a_draft_that_hangs_is_bridged_and_given_up_like_any_answer_from_the_decision_on(answer: Say) -> None:
    stage = Stage(agent=SILENT, stt=ScriptedStt(["Are you open?"]), llm=ScriptedLlm([answer]))

    stage.play(one_question)

    (released,) = (
        entry.event.at / 1e9
        for entry in stage.entries
        if any(isinstance(effect, ReleaseReply) for effect in entry.effects)
    )
    *fillers, apology = stage.line.played[:2]
    assert PHRASES.apology in {turn.content for turn in stage.turns}
    assert all(began - released == pytest.approx(1.8, abs=0.05) for began, _ in fillers)
    last_sound = max([released, *(ended for _, ended in fillers)])
    assert apology[0] - last_sound <= 4.05
    assert stage.longest_silence_s < 5


def test_a_caller_who_goes_on_closes_the_drafts_socket_at_once() -> None:
    stage = Stage(
        agent=SILENT,
        stt=ScriptedStt(["I would like a room", "with a view"]),
        llm=ScriptedLlm([Say("Gladly.", ttft_ms=HOUR_MS), Say("Gladly, with a view.")]),
    )
    running: list[int] = []

    async def caller(stage: Stage) -> None:
        await asyncio.sleep(0.5)
        await stage.say(1_250)
        await asyncio.sleep(0.3)
        running.append(stage.llm.running)
        asyncio.get_running_loop().call_later(0.2, lambda: running.append(stage.llm.running))
        await stage.say(1_000)
        await stage.until_answered(quiet_s=2)
        stage.hang_up()

    call = stage.play(caller)

    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert running == [1, 0]
    assert stage.dialogue == [
        (Role.CALLER, "I would like a room with a view"),
        (Role.AGENT, "Gladly, with a view."),
    ]
    assert [request.messages[-1].content for request in stage.llm.requests] == [
        "I would like a room",
        "I would like a room with a view",
    ]
