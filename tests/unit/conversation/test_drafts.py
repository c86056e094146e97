"""Answers that are begun before it is certain that the caller's turn is over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.conversation.effects import (
    CancelReply,
    FinalizeTranscript,
    FlushPlayout,
    HangUp,
    PlayFiller,
    PublishLatency,
    ReleaseReply,
    ReplyKind,
    StartReply,
)
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.latency import TurnLatency
from backend.domain.value_objects.policies import Speculation
from tests.unit.conversation.builders import Talk
from tests.unit.conversation.policies import EAGER, POLICY

# The defaults: a draft after 200 ms. Pauses are the plain ones here: 480 ms, 1200 ms in mid-sentence.
DRAFTS = replace(POLICY, speculation=Speculation())
QUESTION = "When do you open?"


def draft(reply_id: int, text: str = QUESTION) -> StartReply:
    return StartReply(reply_id, ReplyKind.ANSWER, text, speculative=True)


def answer(reply_id: int, text: str = QUESTION) -> StartReply:
    return StartReply(reply_id, ReplyKind.ANSWER, text)


def drafting(text: str = QUESTION) -> Talk:
    """The caller has been silent since 2 s; a draft has been on its way since 2.2 s."""
    talk = Talk(DRAFTS)
    talk.says(text, 1_000, 2_000)
    assert talk.wait(2_199) == ()
    assert talk.wait(2_200) == (draft(1, text),)
    return talk


# --- how it begins and is released ----------------------------------------------------------------


def test_the_model_is_asked_before_the_pause_is_over_and_heard_afterwards() -> None:
    talk = drafting()
    assert talk.wait(2_479) == ()
    assert talk.wait(2_480) == (ReleaseReply(1),)
    talk.agent_says("At nine.", at=2_500)
    talk.ended(3_000)
    assert talk.said == [(Role.CALLER, QUESTION), (Role.AGENT, "At nine.")]


def test_the_head_start_is_told_and_is_nobodys_share_of_the_wait() -> None:
    talk = drafting()
    talk.token(2_300)
    talk.clause("At nine.", 2_320)
    talk.audio(2_500)
    talk.audible(2_510)
    latency = TurnLatency(480, 0, 0, 0, 20, 10)
    assert talk.of(PublishLatency) == [PublishLatency(1, latency, head_start_ms=280)]


def test_an_answer_that_was_not_begun_early_has_no_head_start() -> None:
    talk = Talk()
    talk.says(QUESTION, 1_000, 2_000)
    talk.wait(2_480)
    talk.agent_says("At nine.", at=2_900)
    assert talk.of(PublishLatency)[0].head_start_ms == 0


def test_a_partial_is_enough_for_a_draft_and_a_final_with_the_same_words_keeps_it() -> None:
    talk = Talk(DRAFTS)
    talk.speaks(1_000)
    talk.partial("when do you open")
    talk.stops(2_000)
    assert talk.wait(2_200) == (draft(1, "when do you open"),)
    assert talk.final(QUESTION, 2_300) == ()
    talk.settled()
    assert talk.wait(2_480) == (ReleaseReply(1),)
    talk.agent_says("At nine.", at=2_500)
    assert talk.said == [(Role.CALLER, QUESTION)]


def test_words_that_come_late_are_drafted_when_they_come() -> None:
    talk = Talk(DRAFTS)
    talk.speaks(1_000)
    talk.stops(2_000)
    assert talk.final(QUESTION, 2_350) == ()
    assert talk.wait(2_350) == (draft(1),)


@pytest.mark.parametrize("text", ["I want a", "I want a pizza and", "I want a pizza,", "..."])
def test_nothing_is_drafted_for_a_sentence_that_sounds_unfinished(text: str) -> None:
    talk = Talk(DRAFTS)
    talk.says(text, 1_000, 2_000)
    assert talk.wait(3_199) == ()


def test_nothing_is_drafted_by_an_agent_that_is_not_eager() -> None:
    talk = Talk(POLICY)
    talk.says(QUESTION, 1_000, 2_000)
    assert talk.wait(2_480) == (answer(1),)


# --- how it is withdrawn --------------------------------------------------------------------------


def test_a_caller_who_goes_on_withdraws_the_draft_at_once() -> None:
    talk = drafting("I want a pizza")
    assert talk.speaks(2_300) == (CancelReply(1),)
    talk.stops(3_000)
    talk.final("with olives.", 3_100)
    talk.settled()
    assert talk.wait(3_480) == (
        draft(2, "I want a pizza with olives."),
        ReleaseReply(2),
    )


def test_other_words_withdraw_the_draft_and_are_drafted_anew() -> None:
    talk = Talk(DRAFTS)
    talk.speaks(1_000)
    talk.partial("I want a piece")
    talk.stops(2_000)
    talk.wait(2_200)
    assert talk.final("I want a pizza.", 2_300) == (CancelReply(1),)
    assert talk.wait(2_300) == (draft(2, "I want a pizza."),)
    talk.settled(2_310)
    assert talk.wait(2_480) == (ReleaseReply(2),)


def test_a_recogniser_that_cannot_decide_gets_three_drafts() -> None:
    talk = Talk(DRAFTS)
    talk.speaks(1_000)
    talk.stops(2_000)
    for number in range(1, 6):
        talk.partial(f"word{number}", 2_200 + 10 * number)
        talk.wait(2_200 + 10 * number)
    assert [order.text for order in talk.of(StartReply)] == ["word1", "word2", "word3"]
    talk.settled(2_300)
    assert talk.wait(2_480) == (answer(4, "word5"),)
    talk.agent_says("Fine.", at=3_000)
    talk.ended(4_000)
    talk.says(QUESTION, 5_000, 6_000)
    assert talk.wait(6_200) == (draft(5),)  # the next answer has three of its own


def test_a_stalled_line_withdraws_the_draft() -> None:
    talk = drafting()
    assert talk.line_stalls(2_300) == (CancelReply(1),)
    assert talk.line_resumes(3_300) == ()
    assert talk.wait(3_300) == (draft(2),)


def test_a_caller_who_leaves_withdraws_the_draft() -> None:
    talk = drafting()
    withdrawn, *_, hung_up = talk.leaves(2_300)
    assert (withdrawn, hung_up) == (CancelReply(1), HangUp(EndCause.CALLER_HUNG_UP))
    assert talk.said == [(Role.CALLER, QUESTION)]


def test_the_goodbye_withdraws_the_draft_before_it_is_said() -> None:
    talk = drafting()
    assert talk.hang_up(at=2_300) == (
        CancelReply(1),
        StartReply(2, ReplyKind.GOODBYE, talk.policy.phrases.goodbye),
    )


def test_what_a_withdrawn_draft_says_is_dropped() -> None:
    talk = drafting("I want a pizza")
    talk.speaks(2_300)
    before = talk.state
    for late in (talk.token, talk.audio, talk.wants_to_end_call, talk.fails):
        assert late() == ()
    assert talk.state == before


def test_a_withdrawn_draft_does_not_end_the_call() -> None:
    talk = drafting("That was all, goodbye.")
    talk.clause("Goodbye.", 2_250)
    talk.wants_to_end_call(2_260)
    talk.speaks(2_300)
    talk.stops(2_600)
    talk.final("No, wait.", 2_650)
    talk.settled()
    talk.wait(3_100)
    talk.agent_says("I wait.", at=3_200)
    talk.ended(4_000)
    assert not talk.state.ended


def test_a_released_draft_ends_the_call() -> None:
    talk = drafting("That was all, goodbye.")
    talk.wants_to_end_call(2_260)
    talk.wait(2_480)
    talk.agent_says("Goodbye.", at=2_500)
    assert HangUp(EndCause.AGENT_HUNG_UP) in talk.ended(3_000)


# --- when it fails --------------------------------------------------------------------------------


def test_a_draft_that_fails_is_dropped_and_the_endpoint_asks_anew() -> None:
    talk = drafting()
    assert talk.fails(2_300) == (CancelReply(1),)
    assert talk.wait(2_479) == ()
    assert talk.wait(2_480) == (answer(2),)
    assert talk.state.failures == 0


def test_a_draft_that_hangs_is_bridged_and_given_up_like_any_answer_from_the_decision_on() -> None:
    talk = drafting()
    talk.wait(2_480)
    assert talk.wait(4_279) == ()
    assert talk.wait(4_280) == (PlayFiller(1),)
    assert talk.wait(6_479) == ()
    assert talk.wait(6_480) == (
        FlushPlayout(1),
        CancelReply(1),
        StartReply(2, ReplyKind.APOLOGY, talk.policy.phrases.apology),
    )


# --- drafts and adaptive pauses --------------------------------------------------------------------


def test_a_short_pause_is_taken_when_the_draft_has_sound() -> None:
    talk = Talk(EAGER)
    talk.says(QUESTION, 1_000, 2_000)
    talk.wait(2_300)
    assert talk.audio(2_350) == ()
    assert talk.wait(2_359) == ()
    assert talk.wait(2_360) == (ReleaseReply(1),)


def test_while_the_draft_has_no_sound_the_caller_may_go_on() -> None:
    talk = Talk(EAGER)
    talk.says(QUESTION, 1_000, 2_000)
    assert talk.wait(2_400) == (draft(1),)
    talk.token()
    talk.clause("At nine.")
    talk.audio(2_410)
    assert talk.wait(2_410) == (ReleaseReply(1),)
    talk.audible(2_420)
    assert talk.of(PublishLatency)[0].latency == TurnLatency(410, 0, 0, 0, 0, 10)


def test_a_draft_without_sound_is_not_waited_for_beyond_the_usual_pause() -> None:
    talk = Talk(EAGER)
    talk.says(QUESTION, 1_000, 2_000)
    assert talk.wait(2_479) == (draft(1),)
    assert talk.wait(2_480) == (ReleaseReply(1),)


def test_the_recogniser_is_asked_for_its_final_words_all_the_same() -> None:
    talk = drafting()
    assert talk.of(FinalizeTranscript) == [FinalizeTranscript(1)]
