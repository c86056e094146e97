"""The caller takes the floor, or does not."""

from __future__ import annotations

import pytest

from backend.domain.conversation.effects import (
    CancelReply,
    FlushPlayout,
    HoldPlayout,
    ReplyKind,
    ResumePlayout,
    StartReply,
)
from backend.domain.conversation.events import SpeechStarted
from backend.domain.conversation.machine import step
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.instant import ms
from backend.domain.value_objects.policies import BargeIn
from tests.unit.conversation.builders import agent_speaking, answering, asked
from tests.unit.conversation.policies import FIRST_SOUND_CUTS, POLICY, UNINTERRUPTIBLE, policy

QUESTION = (Role.CALLER, "When do you open?")
TWO_WORDS_CUT = policy(barge_in=BargeIn(min_words=2))


# --- silence at once ------------------------------------------------------------------------------


def test_the_agent_falls_silent_when_the_caller_speaks() -> None:
    _, effects = step(agent_speaking(reply_id=7), SpeechStarted(ms(2_400), since=ms(2_350)), POLICY)
    assert effects == (HoldPlayout(reply_id=7),)


def test_the_first_sound_can_be_enough_to_take_the_floor() -> None:
    _, effects = step(agent_speaking(reply_id=7), SpeechStarted(ms(2_400), since=ms(2_350)), FIRST_SOUND_CUTS)
    assert effects == (FlushPlayout(reply_id=7), CancelReply(reply_id=7))


def test_an_uninterruptible_agent_goes_on() -> None:
    _, effects = step(agent_speaking(reply_id=7), SpeechStarted(ms(2_400), since=ms(2_350)), UNINTERRUPTIBLE)
    assert effects == ()


# --- words decide ---------------------------------------------------------------------------------


def test_words_take_the_floor_silence_first() -> None:
    talk = answering()
    talk.speaks(3_500)
    assert talk.partial("wait", 3_800) == (FlushPlayout(1), CancelReply(1))


def test_a_final_transcript_takes_the_floor_as_well() -> None:
    talk = answering()
    talk.speaks(3_500)
    assert talk.final("Stop.", 3_800) == (FlushPlayout(1), CancelReply(1))


def test_words_that_the_voice_detector_missed_take_the_floor() -> None:
    talk = answering()
    assert talk.final("Stop.", 3_800) == (FlushPlayout(1), CancelReply(1))
    assert talk.wait(4_280) == (StartReply(2, ReplyKind.ANSWER, "Stop."),)


def test_the_agent_is_remembered_to_have_said_only_what_was_heard() -> None:
    talk = answering("We open at nine. We close at five.")
    talk.says("And on Sunday?", 3_500, 4_200)
    talk.flushed("We open at")
    talk.wait(4_700)
    talk.agent_says("We are closed.", at=5_000)
    assert talk.said == [QUESTION, (Role.AGENT, "We open at"), (Role.CALLER, "And on Sunday?")]
    answer = talk.turns[1]
    assert answer.interrupted
    assert answer.unheard == " nine. We close at five."
    assert [turn.started_at for turn in talk.turns] == [ms(1_000), ms(3_000), ms(3_500)]


def test_what_the_runner_does_not_report_is_taken_from_the_last_progress() -> None:
    talk = answering("We open at nine. We close at five.")
    talk.heard("We open at nine. ", 3_400)
    talk.says("And on Sunday?", 3_500, 4_200)
    talk.wait(5_300)
    assert talk.said == [QUESTION, (Role.AGENT, "We open at nine. ")]


def test_what_cannot_have_been_heard_is_not_believed() -> None:
    talk = answering("We open at nine. We close at five.")
    talk.heard("We open at nine. ", 3_400)
    talk.says("And on Sunday?", 3_500, 4_200)
    talk.flushed("We open at ten.")
    assert talk.said == [QUESTION, (Role.AGENT, "We open at nine. ")]


def test_progress_never_goes_back() -> None:
    talk = answering("We open at nine. We close at five.")
    talk.heard("We open at nine. ", 3_300)
    talk.heard("We open", 3_400)
    talk.says("And on Sunday?", 3_500, 4_200)
    talk.wait(5_300)
    assert talk.said[-1] == (Role.AGENT, "We open at nine. ")


def test_a_reply_that_nobody_heard_never_happened() -> None:
    talk = answering()
    talk.says("And on Sunday?", 3_100, 4_000)
    talk.flushed("")
    assert talk.said == [QUESTION]


def test_a_late_report_of_a_settled_cut_changes_nothing() -> None:
    talk = answering()
    talk.says("And on Sunday?", 3_500, 4_200)
    talk.flushed("We open")
    assert talk.flushed("We open at nine.", reply_id=1) == ()


def test_a_cut_that_is_not_reported_in_time_is_committed_before_the_next_reply() -> None:
    talk = answering("We open at nine.")
    talk.heard("We open", 3_400)
    talk.says("And on Sunday?", 3_500, 4_000)
    talk.wait(4_480)
    talk.agent_says("We are closed.", at=4_490)
    assert talk.said == [QUESTION, (Role.AGENT, "We open"), (Role.CALLER, "And on Sunday?")]


def test_a_question_stands_before_its_answer_even_if_the_cut_overtook_the_first_sound() -> None:
    talk = asked(policy=FIRST_SOUND_CUTS)
    talk.clause("Yes. At nine.", 2_900)
    talk.speaks(3_000)
    talk.flushed("Yes.")  # it was audible, but that was not known yet
    talk.final("And on Sunday?", 4_000)
    talk.stops(4_000)
    talk.settled()
    assert talk.wait(4_480)[-1] == StartReply(2, ReplyKind.ANSWER, "And on Sunday?")
    talk.agent_says("We are closed.", at=5_000)
    assert talk.said == [QUESTION, (Role.AGENT, "Yes."), (Role.CALLER, "And on Sunday?")]


def test_two_cut_replies_are_remembered_in_their_order() -> None:
    talk = answering("We open at nine.")
    talk.heard("We open", 3_400)
    talk.says("And on Sunday?", 3_500, 4_000)
    talk.wait(4_480)
    talk.clause("We are closed.")
    talk.says("And on Monday?", 4_490, 4_600)
    talk.flushed("We are", reply_id=2)
    assert talk.said == [
        QUESTION,
        (Role.AGENT, "We open"),
        (Role.CALLER, "And on Sunday?"),
        (Role.AGENT, "We are"),
    ]
    assert talk.flushed("We open at", reply_id=1) == ()


# --- what does not take the floor -----------------------------------------------------------------


@pytest.mark.parametrize("hum", ["mm-hm", "Uh-huh.", "Of course.", "Yeah, I see.", "OK, got it, all right."])
def test_a_backchannel_does_not_interrupt(hum: str) -> None:
    talk = answering()
    talk.says(hum, 3_500, 3_900)
    assert talk.wait(5_000) == (ResumePlayout(1),)
    talk.ended(7_000)
    talk.wait(8_000)
    assert len(talk.of(StartReply)) == 1  # nor is it answered
    assert talk.said[1:] == [(Role.AGENT, "We open at nine. We close at five.")]


def test_a_backchannel_and_a_word_do() -> None:
    talk = answering()
    talk.speaks(3_500)
    assert talk.partial("of course") == ()
    assert talk.partial("of course not") == (FlushPlayout(1), CancelReply(1))


def test_a_cough_does_not_interrupt() -> None:
    talk = answering()
    talk.speaks(3_500)
    talk.stops(3_800, voiced_ms=300)
    talk.settled()
    assert talk.wait(4_300) == (ResumePlayout(1),)


def test_a_cough_before_the_answer_is_heard_does_not_stop_it() -> None:
    talk = asked()
    assert talk.speaks(2_600) == (HoldPlayout(1),)
    talk.stops(2_800, voiced_ms=200)
    talk.settled()
    assert talk.wait(3_400) == (ResumePlayout(1),)
    talk.agent_says("At nine.", at=3_500)
    talk.ended(4_500)
    assert talk.said == [QUESTION, (Role.AGENT, "At nine.")]


def test_after_a_cough_the_answer_may_take_its_full_time_again() -> None:
    talk = asked()
    talk.speaks(2_600)
    talk.stops(3_000, voiced_ms=200)
    talk.settled()
    talk.wait(3_480)
    assert [effect for effect in talk.wait(7_479) if isinstance(effect, StartReply)] == []
    assert talk.wait(7_480)[-1] == StartReply(2, ReplyKind.APOLOGY, POLICY.phrases.apology)


def test_one_word_is_not_enough_when_two_are_asked_for() -> None:
    talk = answering(policy=TWO_WORDS_CUT)
    talk.says("Stop.", 3_500, 3_900)
    assert talk.wait(5_200) == (ResumePlayout(1),)


def test_two_words_are() -> None:
    talk = answering(policy=TWO_WORDS_CUT)
    talk.speaks(3_500)
    assert talk.partial("stop") == ()
    assert talk.partial("stop it") == (FlushPlayout(1), CancelReply(1))


def test_a_voice_that_goes_on_without_words_takes_the_floor() -> None:
    talk = answering()
    talk.speaks(3_500)
    assert talk.wait(4_999) == ()
    assert talk.wait(5_000) == (FlushPlayout(1), CancelReply(1))


def test_coughing_again_and_again_does_not() -> None:
    talk = answering()
    for at in (3_500, 4_300, 5_100):
        talk.speaks(at)
        talk.stops(at + 400, voiced_ms=400)
    assert FlushPlayout(1) not in talk.effects


# --- while the agent thinks, or may not be interrupted --------------------------------------------


def test_speech_while_the_agent_thinks_joins_the_turn() -> None:
    talk = asked("When do you open")
    talk.says("on Sunday?", 2_700, 3_400)
    assert talk.wait(3_900) == (StartReply(2, ReplyKind.ANSWER, "When do you open on Sunday?"),)


def test_speech_when_the_first_sound_cuts_joins_the_turn_too() -> None:
    talk = asked("When do you open", policy=FIRST_SOUND_CUTS)
    assert talk.speaks(2_700) == (FlushPlayout(1), CancelReply(1))
    talk.stops(3_000, voiced_ms=300)  # only a cough
    talk.settled()
    talk.flushed("", reply_id=1)
    assert talk.wait(3_480) == (StartReply(2, ReplyKind.ANSWER, "When do you open"),)


def test_words_said_to_an_uninterruptible_agent_are_answered_when_it_is_done() -> None:
    talk = answering(policy=UNINTERRUPTIBLE)
    talk.says("And on Sunday?", 3_500, 4_200)
    assert talk.wait(6_000) == ()
    assert talk.ended(6_500) == (*talk.effects[-2:-1], StartReply(2, ReplyKind.ANSWER, "And on Sunday?"))
    talk.agent_says("We are closed.", at=7_000)
    assert talk.said[2:] == [(Role.CALLER, "And on Sunday?")]


def test_an_uninterruptible_agent_lets_the_caller_finish_first() -> None:
    talk = answering(policy=UNINTERRUPTIBLE)
    talk.speaks(3_500)
    talk.ended(4_000)
    talk.final("And on Sunday?", 5_000)
    talk.stops(5_000)
    talk.settled()
    assert talk.wait(5_480) == (StartReply(2, ReplyKind.ANSWER, "And on Sunday?"),)


# --- an answer that comes early -------------------------------------------------------------------


def test_a_yes_over_the_end_of_a_question_answers_it() -> None:
    talk = answering("Would you like an appointment?")
    talk.says("yes", 3_500, 3_800)
    assert ResumePlayout(1) in talk.wait(4_400)
    talk.audible(4_500)
    assert talk.ended(5_000)[-1] == StartReply(2, ReplyKind.ANSWER, "yes")
    talk.agent_says("On Thursday, then.", at=5_500)
    assert talk.said[-2:] == [(Role.AGENT, "Would you like an appointment?"), (Role.CALLER, "yes")]


@pytest.mark.parametrize(
    ("reply", "ended_at"), [("All day. Would you like an appointment?", 9_000), ("We open at nine.", 5_000)]
)
def test_a_yes_that_answers_nothing_is_no_turn(reply: str, ended_at: int) -> None:
    talk = answering(reply)
    talk.says("yes", 3_500, 3_800)
    talk.wait(4_400)
    talk.audible(4_500)
    assert not any(isinstance(effect, StartReply) for effect in talk.ended(ended_at))
