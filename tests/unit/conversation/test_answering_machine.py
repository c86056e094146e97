"""A machine takes the call that we placed."""

from __future__ import annotations

import pytest

from backend.domain.conversation.effects import (
    CancelReply,
    FlushPlayout,
    HangUp,
    ReplyKind,
    StartReply,
)
from backend.domain.entities.call import EndCause
from backend.domain.entities.telephone import Telephone
from backend.domain.value_objects.answerer import Answerer, OnMachine
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.policies import Policy
from tests.unit.conversation.builders import Talk
from tests.unit.conversation.policies import policy

GREETING = "Hello, this is Ada."
MESSAGE = "Please call us back."
HANGS_UP = policy(GREETING, telephone=Telephone())
LEAVES = policy(GREETING, telephone=Telephone(on_machine=OnMachine.LEAVE_MESSAGE, voicemail=MESSAGE))
CONTINUES = policy(GREETING, telephone=Telephone(on_machine=OnMachine.CONTINUE))
VOICEMAIL = StartReply(2, ReplyKind.VOICEMAIL, MESSAGE)


def greeted(policy: Policy) -> Talk:
    talk = Talk(policy)
    talk.agent_says(GREETING, at=300)
    return talk


def beeped() -> Talk:
    """The machine's greeting was over at 5 s, and the message is being left."""
    talk = greeted(LEAVES)
    talk.answered_by(Answerer.MACHINE, 1_000)
    talk.flushed("Hello,", reply_id=1)
    talk.answered_by(Answerer.MACHINE, 5_000, greeting_is_over=True)
    return talk


@pytest.mark.parametrize("policy", [HANGS_UP, LEAVES, CONTINUES])
@pytest.mark.parametrize("answerer", [Answerer.HUMAN, Answerer.UNKNOWN])
def test_a_person_is_talked_to(policy: Policy, answerer: Answerer) -> None:
    talk = greeted(policy)
    before = talk.state
    assert talk.answered_by(answerer, 1_000) == ()
    assert talk.state == before


def test_a_machine_is_hung_up_on_at_once_and_without_a_word() -> None:
    talk = greeted(HANGS_UP)
    assert talk.answered_by(Answerer.MACHINE, 1_000) == (FlushPlayout(1), CancelReply(1))
    assert talk.flushed("Hello,", reply_id=1)[-1] == HangUp(EndCause.ANSWERING_MACHINE)


@pytest.mark.parametrize("policy", [HANGS_UP, LEAVES, CONTINUES])
def test_so_is_a_fax_always(policy: Policy) -> None:
    talk = greeted(policy)
    talk.answered_by(Answerer.FAX, 1_000)
    assert talk.flushed("Hello,", reply_id=1)[-1] == HangUp(EndCause.ANSWERING_MACHINE)


def test_an_agent_may_talk_to_it_all_the_same() -> None:
    talk = greeted(CONTINUES)
    assert talk.answered_by(Answerer.MACHINE, 1_000, greeting_is_over=True) == ()


def test_nothing_is_said_while_the_machine_speaks() -> None:
    talk = greeted(LEAVES)
    assert talk.answered_by(Answerer.MACHINE, 1_000) == (FlushPlayout(1), CancelReply(1))
    talk.flushed("Hello,", reply_id=1)
    talk.says("You have reached Bob.", 1_500, 3_000)
    talk.types("I am a robot.", 3_100)
    assert talk.wait(20_000) == ()
    assert talk.state.reply is None


def test_then_the_message_is_left() -> None:
    talk = greeted(LEAVES)
    talk.answered_by(Answerer.MACHINE, 1_000)
    talk.flushed("Hello,", reply_id=1)
    assert talk.answered_by(Answerer.MACHINE, 5_000, greeting_is_over=True) == (VOICEMAIL,)


def test_a_machine_whose_greeting_is_over_gets_it_at_once() -> None:
    talk = greeted(LEAVES)
    effects = talk.answered_by(Answerer.MACHINE, 5_000, greeting_is_over=True)
    assert effects == (FlushPlayout(1), CancelReply(1), VOICEMAIL)


def test_a_greeting_whose_end_is_never_told_is_over_after_half_a_minute() -> None:
    talk = greeted(LEAVES)
    talk.answered_by(Answerer.MACHINE, 1_000)
    talk.flushed("Hello,", reply_id=1)
    assert talk.wait(30_999) == ()
    assert talk.wait(31_000) == (VOICEMAIL,)


def test_the_message_is_left_wholly_whatever_is_heard_and_then_the_call_is_over() -> None:
    talk = beeped()
    talk.agent_says(MESSAGE, at=5_300)
    assert talk.speaks(5_500) == ()
    assert talk.partial("Please leave a message now", 6_000) == ()
    assert talk.types("Stop.", 6_100) == ()
    assert talk.presses("1", 6_200) == ()
    assert talk.answered_by(Answerer.MACHINE, 6_300, greeting_is_over=True) == ()
    assert talk.ended(8_000)[-1] == HangUp(EndCause.ANSWERING_MACHINE)
    assert (Role.AGENT, MESSAGE) in talk.said


def test_a_long_message_is_not_cut_off() -> None:
    talk = beeped()
    talk.agent_says(MESSAGE, at=5_300)
    talk.wait(65_000)
    assert talk.state.reply is not None
    assert talk.ended(66_000)[-1] == HangUp(EndCause.ANSWERING_MACHINE)


def test_a_message_that_cannot_be_said_ends_the_call() -> None:
    talk = beeped()
    talk.fails(6_000)
    assert talk.flushed("")[-1] == HangUp(EndCause.ANSWERING_MACHINE)


def test_what_the_machine_said_stands_before_the_message() -> None:
    talk = greeted(LEAVES)
    talk.answered_by(Answerer.MACHINE, 1_000)
    talk.flushed("Hello,", reply_id=1)
    talk.says("You have reached Bob.", 1_500, 3_000)
    talk.wait(4_500)
    talk.answered_by(Answerer.MACHINE, 5_000, greeting_is_over=True)
    talk.agent_says(MESSAGE, at=5_300)
    talk.ended(7_000)
    assert talk.said == [
        (Role.AGENT, "Hello,"),
        (Role.CALLER, "You have reached Bob."),
        (Role.AGENT, MESSAGE),
    ]


def test_a_machine_that_is_found_out_during_the_goodbye_changes_nothing() -> None:
    talk = Talk(HANGS_UP)
    talk.hang_up(at=1_000)
    assert talk.answered_by(Answerer.MACHINE, 1_500) == ()
