"""A caller who asks for a moment is left in peace."""

from __future__ import annotations

from backend.domain.conversation.effects import ReplyKind, StartReply
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.policies import Silence
from tests.unit.conversation.builders import Talk, answering, asked
from tests.unit.conversation.policies import POLICY, policy

PROMPT = POLICY.phrases.idle_prompt


def on_hold() -> Talk:
    """From 4 s on."""
    talk = answering("Take your time.")
    talk.wants_to_wait(3_100)
    talk.ended(4_000)
    return talk


def test_nobody_asks_whether_they_are_there_for_two_minutes() -> None:
    talk = on_hold()
    assert talk.wait(123_999) == ()
    assert talk.wait(124_000) == (StartReply(2, ReplyKind.IDLE_PROMPT, PROMPT),)


def test_the_time_is_the_agents_setting() -> None:
    talk = answering("Take your time.", policy=policy(silence=Silence(hold_ms=30_000)))
    talk.wants_to_wait(3_100)
    talk.ended(4_000)
    assert talk.wait(33_999) == ()
    assert talk.wait(34_000) != ()


def test_a_noise_changes_nothing_about_it() -> None:
    talk = on_hold()
    talk.speaks(10_000)
    talk.stops(10_300, voiced_ms=300)
    talk.settled()
    assert talk.wait(123_999) == ()


def test_when_they_speak_again_it_is_over() -> None:
    talk = on_hold()
    talk.says("I am back.", 20_000, 21_000)
    talk.wait(21_480)
    talk.agent_says("Good.", at=22_000)
    talk.ended(23_000)
    assert talk.wait(33_000) == (StartReply(3, ReplyKind.IDLE_PROMPT, PROMPT),)


def test_a_model_that_grants_it_without_a_word_has_not_failed() -> None:
    talk = asked("One moment.")
    talk.wants_to_wait(2_600)
    assert [effect.type for effect in talk.ended(2_700)] == ["commit_turn"]
    assert talk.said == [(Role.CALLER, "One moment.")]
    assert talk.wait(122_000) == ()


def test_who_interrupts_the_answer_does_not_wait() -> None:
    talk = answering("Take your time.")
    talk.wants_to_wait(3_100)
    talk.types("I am here.", 3_200)
    talk.flushed("Take", reply_id=1)
    talk.agent_says("Good.", at=4_000)
    talk.ended(5_000)
    assert talk.wait(15_000) == (StartReply(3, ReplyKind.IDLE_PROMPT, PROMPT),)
