"""Hard ends: nothing lasts for ever."""

from __future__ import annotations

from backend.domain.conversation.effects import (
    CancelReply,
    FlushPlayout,
    HangUp,
    ReplyKind,
    StartReply,
)
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.policies import BargeIn, Endpointing, Limits, Silence
from tests.unit.conversation.builders import Talk, answering
from tests.unit.conversation.policies import POLICY, policy

GOODBYE = POLICY.phrases.goodbye
ONE_MINUTE = policy(limits=Limits(max_call_ms=60_000), silence=Silence(idle_prompt_after_ms=90_000))


def test_a_call_that_is_too_long_ends_politely() -> None:
    talk = Talk(ONE_MINUTE)
    assert talk.wait(59_999) == ()
    assert talk.wait(60_000) == (StartReply(1, ReplyKind.GOODBYE, GOODBYE),)
    talk.agent_says(GOODBYE, at=60_100)
    assert talk.ended(62_000)[-1] == HangUp(EndCause.MAX_DURATION)


def test_its_end_interrupts_the_agent() -> None:
    talk = Talk(ONE_MINUTE)
    talk.says("Tell me a story.", 1_000, 2_000)
    talk.wait(2_500)
    talk.agent_says("Once upon a time", at=3_000)
    assert talk.wait(60_000) == (
        FlushPlayout(1),
        CancelReply(1),
        StartReply(2, ReplyKind.GOODBYE, GOODBYE),
    )


def test_its_end_cannot_be_talked_away() -> None:
    talk = Talk(ONE_MINUTE)
    talk.wait(60_000)
    talk.agent_says(GOODBYE, at=60_100)
    talk.speaks(60_500)
    assert talk.partial("but I am not done", 61_000) == ()
    assert talk.ended(62_000)[-1] == HangUp(EndCause.MAX_DURATION)


def test_its_end_loses_no_word_of_a_caller_in_mid_sentence() -> None:
    talk = Talk(ONE_MINUTE)
    talk.speaks(59_000)
    talk.partial("and another", 59_900)
    talk.wait(60_000)
    talk.agent_says(GOODBYE, at=60_100)
    talk.final("And another thing.", 60_500)
    talk.ended(62_000)
    assert talk.said == [(Role.AGENT, GOODBYE), (Role.CALLER, "And another thing.")]


def test_a_goodbye_is_not_waited_for_longer_than_its_limit() -> None:
    talk = Talk()
    talk.hang_up(at=1_000)
    talk.agent_says(GOODBYE, at=4_000)
    assert talk.wait(8_999) == ()
    assert talk.wait(9_000) == (FlushPlayout(1), CancelReply(1))
    assert talk.flushed("Thank you for calling.")[-1] == HangUp(EndCause.REQUESTED)
    assert talk.said == [(Role.AGENT, "Thank you for calling.")]


def test_a_goodbye_that_never_sounds_is_given_up() -> None:
    talk = Talk()
    talk.hang_up(at=1_000)
    assert talk.wait(4_999) == ()
    assert talk.wait(5_000) == (FlushPlayout(1), CancelReply(1))
    assert talk.wait(6_000) == (HangUp(EndCause.REQUESTED),)


def test_a_noise_that_never_stops_is_asked_about_and_then_left_alone() -> None:
    talk = Talk(policy(endpointing=Endpointing(max_utterance_ms=20_000)))
    talk.speaks(1_000)
    talk.wait(21_000)
    talk.settled()
    assert talk.wait(22_200) == (StartReply(1, ReplyKind.REPROMPT, POLICY.phrases.reprompt),)


def test_an_agent_that_never_stops_speaking_is_stopped() -> None:
    talk = answering("And then, and then, and then.")
    effects = talk.wait_for_end()
    assert effects[-1] == HangUp(EndCause.MAX_DURATION)


def test_a_caller_who_is_gone_without_a_trace_costs_little_more_than_half_a_minute() -> None:
    talk = Talk(policy(barge_in=BargeIn(enabled=False)))
    talk.wait(10_000)
    for at in (10_100, 22_000):
        talk.agent_says(POLICY.phrases.idle_prompt, at=at)
        talk.ended(at + 900)
        talk.wait(at + 11_000)
    talk.agent_says(GOODBYE, at=33_500)
    assert talk.ended(35_000)[-1] == HangUp(EndCause.IDLE)


def test_two_machines_that_talk_to_each_other_come_to_an_end() -> None:
    talk = Talk(policy(limits=Limits(max_turns=2)))
    for at in (1_000, 4_000):
        talk.types("Hello?", at)
        talk.agent_says("Hello.", at=at + 500)
        talk.ended(at + 1_000)
    assert talk.wait(5_000) == (StartReply(3, ReplyKind.GOODBYE, GOODBYE),)
    talk.agent_says(GOODBYE, at=5_500)
    assert talk.ended(6_000)[-1] == HangUp(EndCause.MAX_DURATION)
