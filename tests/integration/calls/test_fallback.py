"""Whole calls in which an engine fails and another one stands in: the caller hardly notices."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.application.services.fallback.fallback_llm import FIRST_TOKEN_MS
from backend.application.services.fallback.fallback_stt_stream import SttPatience
from backend.application.services.fallback.fallback_tts import FIRST_CHUNK_MS
from backend.domain.conversation.manners import manners_of
from backend.domain.entities.call import EndCause
from backend.domain.errors import ProviderError
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.language import ENGLISH
from tests.support.calls import Stage
from tests.support.scripted import Say, ScriptedLlm, ScriptedStt, SttTrouble, TtsTrouble
from tests.support.troubled_calls import (
    CONVERSATION,
    Troubles,
    failures_told,
    play,
    stage,
    two_questions,
    words_after_s,
)

PHRASES = manners_of(ENGLISH).phrases
BROKEN = ProviderError("scripted", "the model broke", code="llm-broke")
HOUR_MS = 3_600_000
THROUGH_FALLBACK_S = 2.5  # from the fault's detection to an audible reply


@pytest.mark.parametrize(
    ("answer", "detected_after_s"),
    [
        pytest.param(Say("Never.", ttft_ms=HOUR_MS), FIRST_TOKEN_MS / 1_000, id="hangs"),
        pytest.param(Say("", ttft_ms=0, error=BROKEN), 0, id="fails at once"),
        pytest.param(Say("", ttft_ms=2_000, error=BROKEN), 2, id="fails late"),
        pytest.param(Say("", stalls=True), FIRST_TOKEN_MS / 1_000, id="begins and says nothing"),
        pytest.param(Say(""), 0.2, id="is empty"),
    ],
)
def test_another_model_answers(answer: Say, detected_after_s: float) -> None:
    it = stage()
    play(it, Troubles(llm=ScriptedLlm([answer])))

    said = [(role, text.removeprefix(PHRASES.filler)) for role, text in it.dialogue]
    assert said == CONVERSATION
    assert words_after_s(it, 0) < detected_after_s + THROUGH_FALLBACK_S
    assert words_after_s(it, 1) < THROUGH_FALLBACK_S, "the second turn waited for the model that rests"
    assert "Never" not in it.heard_by_caller


def test_a_model_that_breaks_off_is_not_repeated_by_another() -> None:
    it = stage()
    said = "We open at nine o'clock. We close at five o'clock. And"
    play(it, Troubles(llm=ScriptedLlm([Say(said, error=BROKEN)])))

    assert it.dialogue[2:4] == [
        (Role.AGENT, "We open at nine o'clock. We close at five o'clock."),
        (Role.AGENT, PHRASES.apology),
    ]
    assert it.dialogue[-1] == (Role.AGENT, "Yes, until five."), "the stand-in has the next turn"
    assert it.heard_by_caller.count("nine") == 1


@pytest.mark.parametrize(
    "trouble", [TtsTrouble.FAILS_AT_ONCE, TtsTrouble.FAILS_AT_FIRST_CHUNK, TtsTrouble.HANGS]
)
def test_another_voice_speaks(trouble: TtsTrouble) -> None:
    it = stage()
    play(it, Troubles(tts=trouble))

    assert it.dialogue == CONVERSATION
    detected_after_s = FIRST_CHUNK_MS / 1_000 if trouble is TtsTrouble.HANGS else 0
    assert it.line.sounds[0].at < detected_after_s + THROUGH_FALLBACK_S
    assert words_after_s(it, 0) < THROUGH_FALLBACK_S
    assert it.words_played == it.words_kept


@pytest.mark.parametrize("trouble", [TtsTrouble.FAILS_MIDWAY, TtsTrouble.STALLS_MIDWAY])
def test_a_voice_that_breaks_off_is_apologised_for_once_and_then_another_speaks(trouble: TtsTrouble) -> None:
    it = stage()
    play(it, Troubles(tts=trouble))

    assert [text for _, text in it.dialogue].count(PHRASES.apology) == 1
    assert it.dialogue[-2:] == CONVERSATION[-2:]
    assert it.heard_by_caller.count("Sure") == 1


@pytest.mark.parametrize("trouble", list(SttTrouble))
@pytest.mark.parametrize("speech_only", [True, False])
def test_another_recogniser_hears_what_was_being_said(trouble: SttTrouble, speech_only: bool) -> None:
    it = stage()
    play(it, Troubles(stt=ScriptedStt([trouble], speech_only=speech_only)))

    said = [(role, text.removeprefix(PHRASES.filler)) for role, text in it.dialogue]
    assert said == CONVERSATION
    assert it.troubles == [], "the caller need not know"
    detected_after_s = SttPatience().settle_ms / 1_000 if trouble is SttTrouble.NEVER_SETTLES else 0
    assert words_after_s(it, 0) < detected_after_s + THROUGH_FALLBACK_S


def test_another_recogniser_is_opened_if_one_cannot_be() -> None:
    it = stage()
    play(it, Troubles(stt=ScriptedStt([], refusals=1_000)))
    assert it.dialogue == CONVERSATION
    assert it.troubles == []


def test_all_first_engines_may_fail_in_the_same_call() -> None:
    it = stage()
    troubles = Troubles(
        stt=ScriptedStt([SttTrouble.FAILS_AT_THE_END]),
        llm=ScriptedLlm([Say("", error=BROKEN)]),
        tts=TtsTrouble.FAILS_AT_FIRST_CHUNK,
    )
    play(it, troubles)
    assert it.dialogue == CONVERSATION
    assert words_after_s(it, 0) < THROUGH_FALLBACK_S
    told = {(one.port, one.engine, one.successor) for one in failures_told(it)}
    assert {port for port, engine, successor in told if (engine, successor) == ("first", "stand-in")} == {
        "stt",
        "llm",
        "tts",
    }


def test_a_model_that_fails_at_once_answers_at_the_second_try_and_the_timeline_tells() -> None:
    it = stage()
    play(
        it,
        Troubles(llm=ScriptedLlm([Say("", ttft_ms=50, error=BROKEN), Say("Yes, until five."), Say("Sure.")])),
    )
    assert it.dialogue == CONVERSATION
    assert it.llm.requests == [], "nobody had to stand in"
    assert [(one.engine, one.code, one.successor) for one in failures_told(it)] == [
        ("first", "llm-broke", "first")
    ]


@settings(max_examples=60, deadline=None)
@given(
    ear=st.sampled_from([None, *SttTrouble]),
    model=st.sampled_from(
        [None, Say("", error=BROKEN), Say("", ttft_ms=HOUR_MS), Say("We open. At nine", error=BROKEN)]
    ),
    voice=st.sampled_from([None, *TtsTrouble]),
    hangs_up_after_s=st.floats(0, 20),
)
def test_whatever_fails_no_word_is_heard_twice_and_nothing_is_left_when_the_caller_leaves(
    ear: SttTrouble | None, model: Say | None, voice: TtsTrouble | None, hangs_up_after_s: float
) -> None:
    it = stage()
    troubles = Troubles(
        stt=None if ear is None else ScriptedStt([ear]),
        llm=None if model is None else ScriptedLlm([model]),
        tts=voice,
    )

    async def caller(stage: Stage) -> None:
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(two_questions(stage))
            await asyncio.sleep(hangs_up_after_s)
            asking.cancel()
        stage.hang_up()

    call = troubles.befall(it).play(caller)

    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert it.longest_silence_s < 5
    assert it.still_running == troubles.still_running == 0
    for text in ("until", "Sure", "nine"):
        assert it.heard_by_caller.count(text) <= 1
