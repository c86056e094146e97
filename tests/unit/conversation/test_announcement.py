"""The announcement: what every caller on the telephone hears first."""

from __future__ import annotations

from dataclasses import replace

from backend.domain.conversation.effects import ReplyKind, StartReply
from backend.domain.conversation.manners import policy_for
from backend.domain.entities.telephone import Telephone
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.policies import FirstSpeaker
from tests.unit.conversation.builders import Talk
from tests.unit.conversation.policies import AGENT, policy

NOTICE = "This call is recorded."
GREETING = "Hello, this is Ada."
RECORDED = Telephone(announcement=NOTICE)
ANNOUNCES = policy(GREETING, telephone=RECORDED)


def announcing() -> Talk:
    """The caller hears the announcement from 300 ms on."""
    talk = Talk(ANNOUNCES)
    talk.agent_says(NOTICE, at=300)
    return talk


def greeting(reply_id: int = 2) -> StartReply:
    return StartReply(reply_id, ReplyKind.FIRST_MESSAGE, GREETING)


def test_it_comes_first_and_then_the_greeting() -> None:
    talk = announcing()
    assert talk.opening == (StartReply(1, ReplyKind.ANNOUNCEMENT, NOTICE),)
    assert talk.ended(2_000)[-1] == greeting()


def test_in_a_browser_there_is_none() -> None:
    browser = policy_for(replace(AGENT, first_message=GREETING, telephone=RECORDED))
    assert Talk(browser).opening == (greeting(reply_id=1),)


def test_an_agent_that_lets_the_caller_begin_announces_all_the_same() -> None:
    talk = Talk(policy(GREETING, first_speaker=FirstSpeaker.CALLER, telephone=RECORDED))
    talk.agent_says(NOTICE, at=300)
    assert talk.opening[0].type == "start_reply"
    assert [effect.type for effect in talk.ended(2_000)] == ["commit_turn"]


def test_nobody_can_interrupt_it_and_what_was_said_is_answered_after_it() -> None:
    talk = announcing()
    assert talk.speaks(500) == ()
    assert talk.partial("Is this the bakery?", 900) == ()
    talk.stops(1_000)
    talk.final("Is this the bakery?")
    talk.settled()
    assert talk.wait(1_900) == ()
    assert talk.ended(2_000)[-1] == StartReply(2, ReplyKind.ANSWER, "Is this the bakery?")
    talk.agent_says("It is.", at=2_500)
    assert talk.said == [(Role.AGENT, NOTICE), (Role.CALLER, "Is this the bakery?")]


def test_neither_can_keys_or_written_words() -> None:
    talk = announcing()
    assert talk.types("Hello?", 500) == ()
    assert talk.presses("1#", 600) == ()
    assert talk.ended(2_000)[-1] == StartReply(2, ReplyKind.ANSWER, "Hello? [keys 1]")


def test_a_caller_who_still_speaks_is_listened_to_first() -> None:
    talk = announcing()
    talk.speaks(1_500)
    talk.ended(2_000)
    talk.stops(2_300)
    talk.final("Hello?")
    talk.settled()
    assert talk.wait(2_800) == (StartReply(2, ReplyKind.ANSWER, "Hello?"),)


def test_a_noise_at_its_end_does_not_keep_the_greeting_from_being_said() -> None:
    talk = announcing()
    talk.speaks(1_900)
    talk.ended(2_000)
    talk.stops(2_700, voiced_ms=800)
    talk.settled()
    assert talk.wait(3_900) == (greeting(),)


def test_if_it_fails_it_is_said_again_before_anything_else() -> None:
    talk = Talk(ANNOUNCES)
    talk.types("Hello?", 100)
    assert talk.fails(200)[-1].type == "start_reply"
    assert talk.last_reply.kind is ReplyKind.APOLOGY
    talk.clause(talk.last_reply.text, 300)
    talk.audible()
    assert talk.ended(2_000)[-1] == StartReply(3, ReplyKind.ANNOUNCEMENT, NOTICE)


def test_silence_after_a_failed_apology_leads_back_to_it() -> None:
    talk = Talk(ANNOUNCES)
    talk.fails(200)
    talk.fails(300)
    assert talk.wait(10_300)[-1] == StartReply(3, ReplyKind.ANNOUNCEMENT, NOTICE)


def test_who_talks_into_the_apology_for_it_hears_it_before_an_answer() -> None:
    talk = Talk(ANNOUNCES)
    talk.fails(200)
    talk.clause(talk.last_reply.text, 300)
    talk.audible()
    talk.flushed("", reply_id=1)
    assert talk.types("Hello?", 500)[-1] == StartReply(3, ReplyKind.ANNOUNCEMENT, NOTICE)
    talk.flushed("I'm sorry", reply_id=2)
    talk.agent_says(NOTICE, at=800)
    assert talk.ended(2_000)[-1] == StartReply(4, ReplyKind.ANSWER, "Hello?")


def noise(talk: Talk, at: float) -> None:
    talk.speaks(at)
    talk.stops(at + 300, voiced_ms=300)
    talk.settled()
    talk.wait(at + 2_000)


def test_a_greeting_is_said_once() -> None:
    talk = announcing()
    talk.ended(2_000)
    talk.agent_says(GREETING, at=2_200)
    talk.ended(4_000)
    noise(talk, 4_500)
    assert talk.last_reply == greeting()


def test_who_was_answered_instead_of_greeted_is_not_greeted_later() -> None:
    talk = announcing()
    talk.types("Hello?", 500)
    talk.ended(2_000)
    talk.agent_says("Good morning.", at=2_200)
    talk.ended(4_000)
    noise(talk, 4_500)
    assert talk.last_reply.kind is ReplyKind.ANSWER
