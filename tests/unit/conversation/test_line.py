"""The line: it stalls, it is cut, and others may want the call to end."""

from __future__ import annotations

import pytest

from backend.domain.conversation.effects import (
    CancelReply,
    FinalizeTranscript,
    FlushPlayout,
    HangUp,
    ReplyKind,
    StartReply,
)
from backend.domain.conversation.events import CallerLeft, HangUpRequested, PlayoutStarted
from backend.domain.conversation.machine import step
from backend.domain.conversation.state import Phase, State
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.instant import ms
from tests.unit.conversation.builders import Talk, answering, asked
from tests.unit.conversation.policies import POLICY, UNINTERRUPTIBLE, policy

QUESTION = (Role.CALLER, "When do you open?")
LEFT = HangUp(EndCause.CALLER_HUNG_UP)


# --- a stalled line is not a silent caller --------------------------------------------------------


def test_a_stall_holds_the_endpoint() -> None:
    talk = Talk()
    talk.says("I want a pizza.", 1_000, 2_000)
    talk.line_stalls(2_200)
    assert talk.wait(5_000) == ()
    talk.line_resumes(5_000)
    assert talk.wait(5_279) == ()  # 200 of the 480 ms had passed
    assert talk.wait(5_280) == (StartReply(1, ReplyKind.ANSWER, "I want a pizza."),)


def test_a_stall_holds_the_idle_prompt() -> None:
    talk = Talk()
    talk.line_stalls(4_000)
    assert talk.wait(20_000) == ()
    talk.line_resumes(20_000)
    assert talk.wait(25_999) == ()
    assert [effect.kind for effect in talk.wait(26_000) if isinstance(effect, StartReply)] == [
        ReplyKind.IDLE_PROMPT
    ]


def test_silence_that_began_during_a_stall_is_not_granted_the_whole_stall() -> None:
    talk = answering("At nine.")
    talk.line_stalls(3_100)
    talk.ended(8_000)
    talk.line_resumes(9_000)
    assert talk.wait(18_999) == ()
    assert talk.wait(19_000) != ()


def test_a_stall_that_is_reported_twice_is_one() -> None:
    talk = Talk()
    talk.says("I want a pizza.", 1_000, 2_000)
    talk.line_stalls(2_200)
    talk.line_stalls(4_000)
    talk.line_resumes(5_000)
    assert talk.wait(5_279) == ()


def test_a_line_that_did_not_stall_may_resume() -> None:
    talk = Talk()
    before = talk.state
    talk.line_resumes(1_000)
    assert talk.state == before


# --- the caller leaves ----------------------------------------------------------------------------


def test_before_the_call_started() -> None:
    state, effects = step(State(), CallerLeft(ms(0), EndCause.CONNECTION_LOST), POLICY)
    assert effects == (HangUp(EndCause.CONNECTION_LOST),)
    assert state.ended


def test_while_nobody_speaks() -> None:
    assert Talk().leaves(1_000) == (LEFT,)


def test_in_mid_sentence_what_was_understood_is_kept() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.final("I want a pizza.", 2_000)
    talk.partial("with", 2_300)
    talk.leaves(2_500)
    assert talk.said == [(Role.CALLER, "I want a pizza. with")]
    assert (talk.turns[0].started_at, talk.turns[0].ended_at) == (ms(1_000), ms(2_500))


def test_while_the_agent_thinks() -> None:
    talk = asked()
    assert talk.leaves(2_700) == (FlushPlayout(1), CancelReply(1))
    assert talk.flushed("")[-1] == LEFT
    assert talk.said == [QUESTION]


def test_while_the_agent_speaks() -> None:
    talk = answering("We open at nine.")
    talk.leaves(3_500)
    assert talk.flushed("We open")[-1] == LEFT
    assert talk.said == [QUESTION, (Role.AGENT, "We open")]


def test_nobody_waits_long_to_learn_what_was_heard() -> None:
    talk = answering("We open at nine.")
    talk.heard("We", 3_400)
    talk.leaves(3_500)
    assert talk.wait(4_499) == ()
    assert talk.wait(4_500)[-1] == LEFT
    assert talk.said == [QUESTION, (Role.AGENT, "We")]


def test_two_cut_replies_are_both_waited_for() -> None:
    talk = answering("We open at nine.")
    talk.says("And on Sunday?", 3_500, 3_600)
    talk.wait(4_080)
    talk.leaves(4_200)
    assert LEFT not in talk.flushed("We open", reply_id=1)
    assert talk.flushed("", reply_id=2)[-1] == LEFT
    assert talk.said == [QUESTION, (Role.AGENT, "We open"), (Role.CALLER, "And on Sunday?")]


def test_while_the_goodbye_is_said() -> None:
    talk = Talk()
    talk.hang_up(at=1_000)
    talk.leaves(1_200)
    assert talk.flushed("")[-1] == LEFT


def test_words_said_to_an_uninterruptible_agent_are_kept_when_the_caller_leaves() -> None:
    talk = answering("We open at nine.", policy=UNINTERRUPTIBLE)
    talk.says("And on Sunday?", 3_500, 4_000)
    talk.leaves(4_200)
    talk.flushed("We open at nine.")
    assert talk.said == [QUESTION, (Role.AGENT, "We open at nine."), (Role.CALLER, "And on Sunday?")]


def test_after_the_call_nothing_happens_any_more() -> None:
    talk = Talk()
    talk.leaves(1_000)
    assert talk.speaks(1_100) == ()
    assert talk.leaves(1_200) == ()
    assert talk.hang_up(at=1_300) == ()
    assert talk.wait(1_000_000) == ()


def test_what_the_caller_says_while_the_call_ends_is_no_longer_heard() -> None:
    talk = answering("We open at nine.")
    talk.leaves(3_500)
    assert talk.speaks(3_600) == ()
    assert talk.final("Hello?", 3_700) == ()
    assert talk.leaves(3_800) == ()
    assert talk.wait_for_end()[-1] == LEFT
    assert (Role.CALLER, "Hello?") not in talk.said


# --- someone else wants the call to end -----------------------------------------------------------


@pytest.mark.parametrize("cause", [EndCause.REQUESTED, EndCause.DRAINED])
def test_a_requested_end_is_a_polite_one(cause: EndCause) -> None:
    talk = answering("We open at nine.")
    goodbye = POLICY.phrases.goodbye
    assert talk.hang_up(cause, at=3_500) == (
        FlushPlayout(1),
        CancelReply(1),
        StartReply(2, ReplyKind.GOODBYE, goodbye),
    )
    talk.flushed("We open", reply_id=1)
    talk.agent_says(goodbye, at=3_700)
    assert talk.ended(5_000)[-1] == HangUp(cause)
    assert talk.said == [QUESTION, (Role.AGENT, "We open"), (Role.AGENT, goodbye)]


def test_asking_twice_does_not_say_goodbye_twice() -> None:
    talk = Talk()
    talk.hang_up(at=1_000)
    assert talk.hang_up(EndCause.DRAINED, at=1_500) == ()


def test_a_requested_goodbye_cannot_be_interrupted() -> None:
    talk = Talk()
    talk.hang_up(at=1_000)
    talk.agent_says(POLICY.phrases.goodbye, at=1_100)
    assert talk.speaks(1_200) == ()
    assert talk.partial("wait", 1_500) == ()
    assert talk.stops(1_600) == (FinalizeTranscript(1),)
    assert talk.ended(2_500)[-1] == HangUp(EndCause.REQUESTED)
    assert talk.said[-1] == (Role.CALLER, "wait")


def test_a_goodbye_that_fails_ends_the_call_all_the_same() -> None:
    talk = Talk()
    talk.hang_up(at=1_000)
    talk.fails(1_100)
    assert talk.flushed("")[-1] == HangUp(EndCause.REQUESTED)


def test_a_call_that_is_not_wanted_any_more_before_it_started() -> None:
    _, effects = step(State(), HangUpRequested(ms(0), EndCause.DRAINED), policy("Hello."))
    assert effects == (HangUp(EndCause.DRAINED),)


# --- who was on the line when ---------------------------------------------------------------------


def test_a_turn_that_begins_before_the_last_answer_is_heard_has_its_own_time() -> None:
    talk = asked()
    talk.clause("At nine.", 2_900)
    talk.speaks(3_000)  # … and the news that the answer had become audible comes late
    talk.send(PlayoutStarted(ms(3_010), 1, audible_at=ms(2_990)))
    talk.final("And on Sunday?", 4_000)
    talk.stops(4_000)
    talk.settled()
    talk.flushed("At", reply_id=1)
    talk.wait(4_480)
    talk.agent_says("We are closed.", at=5_000)
    assert talk.said == [QUESTION, (Role.AGENT, "At"), (Role.CALLER, "And on Sunday?")]
    assert (talk.turns[0].started_at, talk.turns[0].ended_at) == (ms(1_000), ms(2_000))
    assert (talk.turns[2].started_at, talk.turns[2].ended_at) == (ms(3_000), ms(4_000))


def test_the_call_has_left_its_phases_in_order() -> None:
    talk = Talk()
    phases = [talk.state.phase]
    talk.hang_up(at=1_000)
    phases.append(talk.state.phase)
    talk.agent_says(POLICY.phrases.goodbye, at=1_100)
    talk.leaves(1_500)
    phases.append(talk.state.phase)
    talk.flushed("Thank you")
    phases.append(talk.state.phase)
    assert phases == [Phase.ACTIVE, Phase.CLOSING, Phase.LEAVING, Phase.ENDED]
