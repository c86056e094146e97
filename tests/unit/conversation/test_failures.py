"""What the caller hears when a reply fails, and what they never hear of a retired one."""

from __future__ import annotations

import pytest

from backend.domain.conversation.effects import (
    CancelReply,
    FlushPlayout,
    HangUp,
    HoldPlayout,
    ReplyKind,
    ResumePlayout,
    StartReply,
)
from backend.domain.conversation.events import (
    ClauseGenerated,
    EndCallRequested,
    FillerQueued,
    FirstAudioReceived,
    FirstTokenReceived,
    Heard,
    PlayoutDrained,
    PlayoutStarted,
    ReplyEnded,
    ReplyEvent,
    ReplyFailed,
)
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.instant import ms
from backend.domain.value_objects.policies import Silence
from tests.unit.conversation.builders import answering, asked
from tests.unit.conversation.policies import POLICY, UNINTERRUPTIBLE, policy

QUESTION = (Role.CALLER, "When do you open?")
APOLOGY = POLICY.phrases.apology
FILLER = POLICY.phrases.filler


# --- failures -------------------------------------------------------------------------------------


def test_a_failed_answer_is_apologised_for_at_once() -> None:
    assert asked().fails(2_700) == (
        FlushPlayout(1),
        CancelReply(1),
        StartReply(2, ReplyKind.APOLOGY, APOLOGY),
    )


def test_an_apology_does_not_talk_over_the_caller() -> None:
    talk = asked()
    talk.speaks(2_600)
    assert talk.fails(2_700)[2:] == (StartReply(2, ReplyKind.APOLOGY, APOLOGY), HoldPlayout(2))
    assert talk.partial("and when do you close", 3_000) == (FlushPlayout(2), CancelReply(2))
    talk.stops(3_500)
    talk.final("And when do you close?", 3_600)
    talk.settled()
    talk.wait(3_980)
    assert talk.last_reply.text == "When do you open? And when do you close?"


def test_an_apology_that_waited_for_a_cough_is_heard_after_it() -> None:
    talk = asked()
    talk.speaks(2_600)
    talk.ended(2_700)
    talk.stops(2_900, voiced_ms=300)
    talk.settled()
    assert talk.wait(3_400) == (ResumePlayout(2),)
    talk.agent_says(APOLOGY, at=3_500)
    assert talk.said == [QUESTION]


def test_words_said_under_an_uninterruptible_apology_are_answered() -> None:
    talk = asked(policy=UNINTERRUPTIBLE)
    talk.speaks(2_600)
    talk.fails(2_700)
    talk.agent_says(APOLOGY, at=2_800)
    talk.final("And when do you close?", 3_500)
    talk.stops(3_500)
    talk.settled()
    talk.wait(4_500)
    assert talk.ended(5_000)[-1] == StartReply(3, ReplyKind.ANSWER, "And when do you close?")


def test_what_was_synthesised_before_the_failure_is_said_to_its_end() -> None:
    talk = answering("We open at nine. ")
    assert talk.fails(3_100) == ()
    assert talk.wait(3_900) == ()
    assert talk.state.reply is not None


@pytest.mark.parametrize("over", ["ended", "drained"])
def test_what_was_not_synthesised_any_more_was_not_heard(over: str) -> None:
    talk = answering("We open at nine. ")
    talk.clause("We close at five.", 3_050)
    talk.fails(3_100)
    talk.heard("We open at nine. ", 3_900)
    effects = talk.ended(4_000) if over == "ended" else talk.drained(4_000)
    assert effects == (FlushPlayout(1), CancelReply(1), StartReply(2, ReplyKind.APOLOGY, APOLOGY))
    talk.flushed("We open at nine. ", reply_id=1)
    assert talk.said == [QUESTION, (Role.AGENT, "We open at nine. ")]
    assert talk.turns[-1].unheard == "We close at five."
    assert talk.state.failures == 1


def test_an_apology_that_fails_is_not_apologised_for() -> None:
    talk = asked()
    talk.fails(2_700)
    assert talk.fails(2_800) == (FlushPlayout(2), CancelReply(2))
    assert talk.wait(8_000) == ()


def test_three_failures_in_a_row_end_the_call_politely() -> None:
    talk = asked()
    for at in (3_000, 6_000):
        talk.fails(at)
        talk.agent_says(APOLOGY, at=at + 100)
        talk.ended(at + 1_500)
        talk.says("When do you open?", at + 1_600, at + 2_000)
        talk.wait(at + 2_500)
    assert talk.fails(9_000)[-1] == StartReply(6, ReplyKind.FAREWELL, POLICY.phrases.farewell)
    talk.agent_says(POLICY.phrases.farewell, at=9_100)
    assert talk.ended(10_000)[-1] == HangUp(EndCause.ENGINES_FAILED)


def test_an_answer_that_is_heard_forgives_the_failures_before_it() -> None:
    talk = asked()
    talk.fails(2_700)
    talk.agent_says(APOLOGY, at=2_800)
    talk.ended(4_000)
    assert talk.state.failures == 1
    talk.says("When do you open?", 5_000, 6_000)
    talk.wait(6_480)
    talk.agent_says("At nine.", at=7_000)
    talk.ended(8_000)
    assert talk.state.failures == 0


def test_when_even_the_last_apology_fails_the_call_ends_at_once() -> None:
    talk = asked(policy=policy(silence=Silence(max_failures=1)))
    assert talk.fails(2_700)[-1] == StartReply(2, ReplyKind.FAREWELL, POLICY.phrases.farewell)
    talk.fails(2_800)
    talk.flushed("", reply_id=1)
    assert talk.flushed("", reply_id=2)[-1] == HangUp(EndCause.ENGINES_FAILED)


def test_an_apology_that_fails_again_and_again_ends_the_call() -> None:
    talk = asked(policy=policy(silence=Silence(max_failures=2)))
    talk.fails(2_700)
    talk.fails(2_800)
    assert talk.wait(4_000)[-1] == HangUp(EndCause.ENGINES_FAILED)


@pytest.mark.parametrize(
    "late",
    [
        FirstTokenReceived(ms(3_000), 1),
        ClauseGenerated(ms(3_000), 1, "Too late."),
        FillerQueued(ms(3_000), 1, FILLER),
        FirstAudioReceived(ms(3_000), 1),
        PlayoutStarted(ms(3_000), 1, audible_at=ms(2_950)),
        Heard(ms(3_000), 1, "Too late."),
        PlayoutDrained(ms(3_000), 1),
        ReplyEnded(ms(3_000), 1),
        ReplyFailed(ms(3_000), 1, "cancelled"),
        EndCallRequested(ms(3_000), 1),
    ],
    ids=lambda event: event.type,
)
def test_nothing_that_a_withdrawn_reply_still_sends_is_noticed(late: ReplyEvent) -> None:
    talk = asked()
    talk.speaks(2_600)
    talk.partial("and one more thing", 2_900)
    before = talk.state
    assert before.reply is None
    assert talk.send(late) == ()
    assert talk.state == before


@pytest.mark.parametrize(
    "late", [Heard(ms(5_000), 1, ""), ReplyEnded(ms(5_000), 1)], ids=lambda event: event.type
)
def test_nor_is_it_taken_for_news_of_the_next_reply(late: ReplyEvent) -> None:
    talk = asked()
    talk.says("And on Sunday?", 2_600, 3_400)
    talk.wait(3_880)
    talk.agent_says("At nine.", at=4_000)
    before = talk.state
    assert talk.send(late) == ()
    assert talk.state == before
