"""Who speaks first, and what becomes of the greeting."""

from __future__ import annotations

import pytest

from backend.domain.conversation.effects import HoldPlayout, ReplyKind, ResumePlayout, StartReply
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.policies import FirstSpeaker, Policy
from tests.unit.conversation.builders import Talk
from tests.unit.conversation.policies import POLICY, policy

GREETING = "Hello, this is Ada. How can I help?"
GREETS = policy(GREETING)


def test_the_agent_greets_the_moment_the_call_starts() -> None:
    assert Talk(GREETS).opening == (StartReply(1, ReplyKind.FIRST_MESSAGE, GREETING),)


def test_the_greeting_is_the_first_turn() -> None:
    talk = Talk(GREETS)
    talk.agent_says(GREETING, at=300)
    talk.ended(2_500)
    assert talk.said == [(Role.AGENT, GREETING)]


@pytest.mark.parametrize(
    "silent",
    [POLICY, policy("   "), policy(GREETING, first_speaker=FirstSpeaker.CALLER)],
    ids=["nothing to say", "only spaces", "the caller speaks first"],
)
def test_the_agent_waits_for_the_caller(silent: Policy) -> None:
    assert Talk(silent).opening == ()


def test_an_agent_that_waited_answers_the_first_words() -> None:
    talk = Talk(policy(GREETING, first_speaker=FirstSpeaker.CALLER))
    talk.says("Hello?", 500, 900)
    assert talk.wait(1_400) == (StartReply(1, ReplyKind.ANSWER, "Hello?"),)


def test_noise_before_the_greeting_is_heard_does_not_wipe_it() -> None:
    talk = Talk(GREETS)
    assert talk.speaks(100) == (HoldPlayout(1),)
    talk.stops(250, voiced_ms=150)
    talk.settled()
    assert talk.wait(1_000) == (ResumePlayout(1),)
    talk.agent_says(GREETING, at=1_050)
    talk.ended(3_000)
    assert talk.said == [(Role.AGENT, GREETING)]


def test_words_before_the_greeting_is_heard_are_answered_instead_of_it() -> None:
    talk = Talk(GREETS)
    talk.says("Is this the bakery?", 100, 900)
    assert talk.wait(1_400) == (StartReply(2, ReplyKind.ANSWER, "Is this the bakery?"),)


def test_a_caller_who_interrupts_the_greeting_has_heard_its_beginning() -> None:
    talk = Talk(GREETS)
    talk.agent_says(GREETING, at=300)
    talk.says("Is this the bakery?", 1_000, 2_000)
    talk.flushed("Hello, this is")
    assert talk.said == [(Role.AGENT, "Hello, this is")]
