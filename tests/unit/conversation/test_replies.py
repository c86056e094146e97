"""The agent's turn: latency, pauses, endings and failures."""

from __future__ import annotations

from backend.domain.conversation.effects import (
    CancelReply,
    CommitTurn,
    FlushPlayout,
    HangUp,
    PlayFiller,
    PublishLatency,
    ReplyKind,
    StartReply,
)
from backend.domain.conversation.events import (
    PlayoutStarted,
)
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.instant import ms
from backend.domain.value_objects.latency import TurnLatency
from tests.unit.conversation.builders import Talk, answering, asked
from tests.unit.conversation.policies import POLICY, policy

QUESTION = (Role.CALLER, "When do you open?")
APOLOGY = POLICY.phrases.apology
GOODBYE = POLICY.phrases.goodbye
FILLER = POLICY.phrases.filler


# --- being heard ----------------------------------------------------------------------------------


def test_both_turns_are_committed_in_the_order_they_were_heard() -> None:
    talk = answering("At nine.")
    assert talk.said == [QUESTION]  # from the first audible sample on, it can no longer grow
    talk.ended(4_000)
    assert talk.said == [QUESTION, (Role.AGENT, "At nine.")]
    question, answer = talk.turns
    assert (question.started_at, question.ended_at) == (ms(1_000), ms(2_000))
    assert (answer.started_at, answer.ended_at, answer.interrupted) == (ms(3_000), ms(4_000), False)


def test_the_latency_says_where_every_millisecond_went() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.partial("When do you open?")
    talk.stops(2_000)
    talk.final("When do you open?", 2_600)  # 480 ms are granted, the recogniser takes 120 ms more
    talk.settled()
    talk.wait(2_600)
    talk.token(2_900)
    talk.clause("At nine.", 3_100)
    talk.audio(3_150)
    *_, published = talk.send(PlayoutStarted(ms(3_200), 1, audible_at=ms(3_190)))
    latency = TurnLatency(
        pause_ms=480,
        transcript_ms=120,
        first_token_ms=300,
        first_clause_ms=200,
        first_audio_ms=50,
        playout_ms=40,
    )
    assert published == PublishLatency(1, latency)
    assert latency.voice_to_voice_ms == 1_190
    talk.ended(4_000)
    assert talk.turns[-1].latency == latency


def test_what_was_not_asked_for_has_no_latency() -> None:
    talk = Talk(policy("Hello."))
    talk.agent_says("Hello.", at=100)
    talk.ended(900)
    assert talk.of(PublishLatency) == []
    assert talk.turns[0].latency is None


def test_turns_are_counted_without_gaps() -> None:
    talk = answering("At nine.")
    talk.ended(4_000)
    talk.says("Thanks.", 5_000, 5_500)
    talk.wait(6_000)
    talk.agent_says("Goodbye.", at=6_200)
    talk.ended(7_000)
    assert [effect.turn.number for effect in talk.of(CommitTurn)] == [1, 2, 3, 4]


def test_a_reply_that_drains_and_goes_on_is_one_turn() -> None:
    talk = answering("One moment, I look it up. ")
    talk.drained(4_000)
    talk.clause("At nine.", 5_000)
    assert talk.audible(5_100) == ()
    talk.ended(6_000)
    assert talk.said == [QUESTION, (Role.AGENT, "One moment, I look it up. At nine.")]


# --- waiting --------------------------------------------------------------------------------------


def test_a_caller_who_waits_long_hears_a_filler() -> None:
    talk = asked()  # the answer is due since 2480
    assert talk.wait(4_279) == ()
    assert talk.wait(4_280) == (PlayFiller(1),)


def test_the_filler_is_part_of_what_was_said() -> None:
    talk = asked()
    talk.wait(4_280)
    talk.filler()
    talk.audible(4_300)
    talk.drained(5_300)
    talk.clause("At nine.", 5_500)
    talk.audible(5_600)
    talk.ended(6_500)
    assert talk.said == [QUESTION, (Role.AGENT, FILLER + "At nine.")]


def test_a_filler_takes_all_the_time_that_was_left_of_the_latency() -> None:
    talk = asked()
    talk.wait(4_280)
    talk.filler()
    talk.audible(4_300)
    (published,) = talk.of(PublishLatency)
    assert published.latency == TurnLatency(480, 0, 1_820, 0, 0, 0)
    assert published.latency.voice_to_voice_ms == 2_300


def test_one_filler_is_enough() -> None:
    talk = asked()
    talk.wait(4_280)
    assert talk.wait(6_479) == ()


def test_an_answer_that_is_heard_needs_no_filler() -> None:
    talk = answering()
    talk.drained(4_000)
    assert talk.wait(7_999) == ()


def test_only_answers_have_fillers() -> None:
    talk = Talk(policy("Hello."))
    assert talk.wait(3_999) == ()


def test_an_answer_that_does_not_come_is_given_up_for_an_apology() -> None:
    talk = asked()
    assert talk.wait(6_480)[1:] == (
        FlushPlayout(1),
        CancelReply(1),
        StartReply(2, ReplyKind.APOLOGY, APOLOGY),
    )


def test_patience_is_counted_from_the_last_sound() -> None:
    talk = answering("Let me see. ")
    talk.drained(4_000)
    assert talk.wait(7_999) == ()
    assert talk.wait(8_000)[-1] == StartReply(2, ReplyKind.APOLOGY, APOLOGY)


def test_nothing_is_given_up_while_the_caller_speaks() -> None:
    talk = asked()
    talk.speaks(2_600)
    assert talk.wait(4_000) == ()


# --- nothing to say -------------------------------------------------------------------------------


def test_an_empty_answer_is_a_failed_one() -> None:
    assert asked().ended(3_000) == (StartReply(2, ReplyKind.APOLOGY, APOLOGY),)


def test_the_caller_turn_that_got_only_an_apology_is_kept() -> None:
    talk = asked()
    talk.ended(3_000)
    talk.agent_says(APOLOGY, at=3_100)
    talk.ended(5_000)
    assert talk.said == [QUESTION, (Role.AGENT, APOLOGY)]


# --- the agent ends the call ----------------------------------------------------------------------


def test_the_call_ends_only_after_the_goodbye_was_heard() -> None:
    talk = answering("Goodbye, then.")
    assert talk.wants_to_end_call(3_100) == ()
    assert talk.wait(3_900) == ()
    assert talk.ended(4_000)[-1] == HangUp(EndCause.AGENT_HUNG_UP)


def test_an_answer_that_is_only_the_end_of_the_call_is_not_a_silent_one() -> None:
    talk = asked("That was all.")
    talk.wants_to_end_call(2_800)
    assert talk.ended(2_800) == (StartReply(2, ReplyKind.GOODBYE, GOODBYE),)
    talk.agent_says(GOODBYE, at=3_000)
    assert talk.ended(4_500)[-1] == HangUp(EndCause.AGENT_HUNG_UP)


def test_a_caller_who_says_more_before_the_goodbye_is_answered_first() -> None:
    talk = asked("That was all.")
    talk.speaks(2_700)
    talk.wants_to_end_call(2_800)
    assert talk.ended(2_800) == ()
    talk.final("No, wait, one more thing.", 3_500)
    talk.stops(3_500)
    talk.settled()
    assert talk.wait(3_980) == (StartReply(2, ReplyKind.ANSWER, "That was all. No, wait, one more thing."),)


def test_a_withdrawn_answer_does_not_end_the_call() -> None:
    talk = asked("That was all.")
    talk.speaks(2_700)
    talk.partial("no wait", 3_000)
    assert talk.state.reply is None
    assert talk.wants_to_end_call(3_050) == ()
    talk.final("No, wait.", 3_500)
    talk.stops(3_500)
    talk.settled()
    talk.wait(3_980)
    talk.agent_says("Yes?", at=4_200)
    talk.ended(5_000)
    assert not talk.state.ended
