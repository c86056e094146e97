"""What happens when nobody speaks."""

from __future__ import annotations

from backend.domain.conversation.effects import (
    CancelReply,
    Effect,
    FlushPlayout,
    HangUp,
    HoldPlayout,
    ReplyKind,
    ResumePlayout,
    StartReply,
)
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.policies import Silence
from tests.unit.conversation.builders import Talk, answering
from tests.unit.conversation.policies import POLICY, policy

PHRASES = POLICY.phrases


def prompted(times: int) -> Talk:
    """The caller was asked that often whether they are there, and said nothing."""
    talk = Talk()
    for _ in range(times):
        silence_of_ten_seconds(talk)
        talk.agent_says(PHRASES.idle_prompt, at=talk.now / 1e6 + 100)
        talk.ended(talk.now / 1e6 + 1_000)
    return talk


def silence_of_ten_seconds(talk: Talk) -> tuple[Effect, ...]:
    return talk.wait(talk.now / 1e6 + 10_000)


def test_a_silent_caller_is_asked_whether_they_are_there() -> None:
    talk = Talk()
    assert talk.wait(9_999) == ()
    assert talk.wait(10_000) == (StartReply(1, ReplyKind.IDLE_PROMPT, PHRASES.idle_prompt),)


def test_silence_begins_when_the_agent_stops_speaking() -> None:
    talk = answering("At nine.")
    talk.ended(5_000)
    assert talk.wait(14_999) == ()
    assert talk.wait(15_000) == (StartReply(2, ReplyKind.IDLE_PROMPT, PHRASES.idle_prompt),)


def test_nobody_is_asked_whether_they_are_there_while_they_speak() -> None:
    talk = Talk()
    talk.speaks(9_000)
    assert talk.wait(20_000) == ()


def test_after_a_cough_silence_begins_anew() -> None:
    talk = Talk()
    talk.speaks(8_000)
    talk.stops(8_300, voiced_ms=300)
    talk.settled()
    assert talk.wait(18_779) == ()
    assert talk.wait(18_780) != ()


def test_after_two_prompts_in_vain_the_agent_says_goodbye() -> None:
    talk = prompted(2)
    assert silence_of_ten_seconds(talk) == (StartReply(3, ReplyKind.GOODBYE, PHRASES.goodbye),)
    talk.agent_says(PHRASES.goodbye, at=33_000)
    assert talk.ended(35_000)[-1] == HangUp(EndCause.IDLE)


def test_an_agent_without_prompts_says_goodbye_at_once() -> None:
    talk = Talk(policy(silence=Silence(max_idle_prompts=0)))
    assert silence_of_ten_seconds(talk) == (StartReply(1, ReplyKind.GOODBYE, PHRASES.goodbye),)


def test_words_make_up_for_all_prompts() -> None:
    talk = prompted(2)
    talk.says("I am here.", 23_000, 24_000)
    talk.wait(24_500)
    talk.agent_says("Good.", at=25_000)
    talk.ended(26_000)
    assert silence_of_ten_seconds(talk)[-1] == StartReply(4, ReplyKind.IDLE_PROMPT, PHRASES.idle_prompt)


def test_asking_again_counts_as_a_prompt() -> None:
    talk = prompted(1)
    talk.speaks(12_000)
    talk.stops(13_000, voiced_ms=900)
    talk.settled()
    assert talk.wait(14_200)[-1] == StartReply(2, ReplyKind.REPROMPT, PHRASES.reprompt)
    talk.agent_says(PHRASES.reprompt, at=14_300)
    talk.ended(16_000)
    assert silence_of_ten_seconds(talk)[-1] == StartReply(3, ReplyKind.GOODBYE, PHRASES.goodbye)


def test_words_interrupt_a_goodbye_that_was_said_to_nobody() -> None:
    talk = prompted(2)
    silence_of_ten_seconds(talk)
    talk.agent_says(PHRASES.goodbye, at=33_000)
    assert talk.speaks(33_500) == (HoldPlayout(3),)
    assert talk.partial("I am still here", 34_000) == (FlushPlayout(3), CancelReply(3))
    talk.final("I am still here.", 34_500)
    talk.stops(34_500)
    talk.settled()
    talk.flushed("Thank you", reply_id=3)
    assert talk.wait(35_000)[-1] == StartReply(4, ReplyKind.ANSWER, "I am still here.")
    talk.agent_says("Good.", at=35_200)
    talk.ended(36_000)
    assert talk.wait(45_000) == ()
    assert not talk.state.ended


def test_a_cough_does_not_interrupt_that_goodbye() -> None:
    talk = prompted(2)
    silence_of_ten_seconds(talk)
    talk.agent_says(PHRASES.goodbye, at=33_000)
    talk.speaks(33_500)
    talk.stops(33_700, voiced_ms=200)
    talk.settled()
    assert talk.wait(34_500) == (ResumePlayout(3),)
    assert talk.ended(36_000)[-1] == HangUp(EndCause.IDLE)


def test_an_idle_prompt_is_interrupted_like_any_reply() -> None:
    talk = Talk()
    talk.wait(10_000)
    talk.agent_says(PHRASES.idle_prompt, at=10_100)
    talk.says("Yes, one moment please.", 10_300, 11_000)
    talk.flushed("Are you", reply_id=1)
    assert talk.wait(11_500)[-1] == StartReply(2, ReplyKind.ANSWER, "Yes, one moment please.")
    talk.agent_says("Of course.", at=12_000)
    assert talk.said == [(Role.AGENT, "Are you"), (Role.CALLER, "Yes, one moment please.")]


def test_words_that_stay_a_guess_without_a_voice_are_answered_before_anyone_asks_who_is_there() -> None:
    talk = Talk()
    talk.partial("hello is anyone there", 1_000)
    assert talk.wait(10_000) == (StartReply(1, ReplyKind.ANSWER, "hello is anyone there"),)
