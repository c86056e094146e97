"""The caller is put through to somebody else."""

from __future__ import annotations

from backend.domain.conversation.effects import (
    CancelReply,
    FlushPlayout,
    HangUp,
    ReplyKind,
    StartReply,
    TransferCall,
)
from backend.domain.conversation.events import CallerLeft, TransferRequested
from backend.domain.entities.call import EndCause
from backend.domain.entities.telephone import Telephone
from backend.domain.value_objects.answerer import Answerer
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.instant import ms
from tests.unit.conversation.builders import Talk, answering, asked
from tests.unit.conversation.policies import WORKSHOP, policy

POLICY = policy(telephone=Telephone(destinations=(WORKSHOP,)))
PHRASES = POLICY.phrases
NOBODY_THERE = StartReply(2, ReplyKind.TRANSFER_FAILED, PHRASES.transfer_failed)


def transferring() -> Talk:
    """The caller has heard at 4 s that they are put through, and now they are."""
    talk = answering("I put you through.", policy=POLICY)
    talk.wants_to_transfer(3_100, summary="A flat tyre.")
    talk.ended(4_000)
    return talk


def test_the_caller_is_put_through_when_they_have_heard_so() -> None:
    talk = answering("I put you through.", policy=POLICY)
    assert talk.wants_to_transfer(3_100, summary="A flat tyre.") == ()
    assert talk.ended(4_000)[-1] == TransferCall(WORKSHOP.name, "A flat tyre.")
    assert talk.of(TransferCall) == [TransferCall(WORKSHOP.name, "A flat tyre.")]


def test_who_interrupts_is_not() -> None:
    talk = answering("I put you through.", policy=POLICY)
    talk.wants_to_transfer(3_100)
    talk.says("No, wait!", 3_200, 3_600)
    talk.flushed("I put", reply_id=1)
    talk.wait(10_000)
    assert talk.of(TransferCall) == []


def test_a_reply_that_was_discarded_puts_nobody_through() -> None:
    talk = asked(policy=POLICY)
    talk.types("Never mind.", 2_600)
    assert talk.send(TransferRequested(ms(2_700), 1, WORKSHOP.name, "")) == ()
    talk.agent_says("All right.", at=3_000)
    talk.ended(4_000)
    assert talk.of(TransferCall) == []


def test_a_model_that_says_nothing_has_it_said() -> None:
    talk = asked("I need a mechanic.", policy=POLICY)
    talk.wants_to_transfer(2_600, summary="A flat tyre.")
    assert talk.ended(2_700)[-1] == StartReply(2, ReplyKind.TRANSFERRING, PHRASES.transferring)
    talk.agent_says(PHRASES.transferring, at=3_000)
    assert talk.ended(5_000)[-1] == TransferCall(WORKSHOP.name, "A flat tyre.")
    assert talk.said == [(Role.CALLER, "I need a mechanic."), (Role.AGENT, PHRASES.transferring)]


def test_not_while_the_caller_says_more() -> None:
    talk = asked("I need a mechanic.", policy=POLICY)
    talk.wants_to_transfer(2_600)
    talk.speaks(2_700)
    talk.ended(2_800)
    talk.final("Or rather your opening hours.", 3_500)
    talk.stops(3_500)
    talk.settled()
    assert talk.wait(4_500)[-1] == StartReply(
        2, ReplyKind.ANSWER, "I need a mechanic. Or rather your opening hours."
    )


def test_it_goes_before_the_wish_to_end_the_call() -> None:
    talk = answering("I put you through. Goodbye.", policy=POLICY)
    talk.wants_to_transfer(3_100)
    talk.wants_to_end_call(3_200)
    assert talk.ended(4_000)[-1] == TransferCall(WORKSHOP.name, "")


def test_while_it_is_under_way_nobody_answers_and_nobody_asks() -> None:
    talk = transferring()
    talk.says("Hello?", 6_000, 7_000)
    talk.types("Anybody?", 8_000)
    talk.presses("1#", 9_000)
    assert talk.wait(63_999) == ()
    assert talk.state.reply is None


def test_when_somebody_has_taken_the_caller_the_call_is_over() -> None:
    talk = transferring()
    talk.says("Hello?", 6_000, 7_000)
    effects = talk.send(CallerLeft(ms(9_000), EndCause.TRANSFERRED))
    assert effects[-1] == HangUp(EndCause.TRANSFERRED)
    assert talk.said[-1] == (Role.CALLER, "Hello?")


def test_when_nobody_has_the_caller_is_told_and_the_conversation_goes_on() -> None:
    talk = transferring()
    assert talk.transfer_fails(9_000) == (NOBODY_THERE,)
    talk.agent_says(PHRASES.transfer_failed, at=9_300)
    talk.ended(12_000)
    talk.says("When do you open?", 13_000, 14_000)
    assert talk.wait(14_480) == (StartReply(3, ReplyKind.ANSWER, "When do you open?"),)


def test_what_was_said_meanwhile_is_answered_then() -> None:
    talk = transferring()
    talk.says("Hello?", 6_000, 7_000)
    talk.wait(8_000)
    assert talk.transfer_fails(9_000) == (NOBODY_THERE,)
    talk.agent_says(PHRASES.transfer_failed, at=9_300)
    talk.speaks(10_000)
    talk.stops(10_200, voiced_ms=200)
    talk.settled()
    talk.wait(11_500)
    assert talk.ended(12_000)[-1] == StartReply(3, ReplyKind.ANSWER, "Hello?")


def test_after_a_minute_without_news_the_caller_is_taken_back() -> None:
    talk = transferring()
    assert talk.wait(63_999) == ()
    assert talk.wait(64_000) == (NOBODY_THERE,)
    assert talk.transfer_fails(65_000) == ()


def test_it_fails_once() -> None:
    talk = transferring()
    talk.transfer_fails(9_000)
    assert talk.transfer_fails(9_100) == ()


def test_somebody_who_does_not_exist_cannot_take_the_call() -> None:
    talk = answering("I put you through.", policy=POLICY)
    assert talk.transfer_fails(3_500, reply_id=1) == ()
    assert talk.ended(4_000)[-1] == NOBODY_THERE
    assert talk.of(TransferCall) == []


def test_nor_without_a_word() -> None:
    talk = asked("I need a mechanic.", policy=POLICY)
    talk.transfer_fails(2_600, reply_id=1)
    assert talk.ended(2_700)[-1] == NOBODY_THERE
    assert talk.said == [(Role.CALLER, "I need a mechanic.")]


def test_a_discarded_replys_wish_for_nobody_is_no_news() -> None:
    talk = asked(policy=POLICY)
    talk.types("Never mind.", 2_600)
    before = talk.state
    assert talk.transfer_fails(2_700, reply_id=1) == ()
    assert talk.state == before


def test_the_end_of_the_call_ends_it_too() -> None:
    talk = transferring()
    assert talk.hang_up(at=9_000) == (StartReply(2, ReplyKind.GOODBYE, PHRASES.goodbye),)
    assert talk.transfer_fails(9_500) == ()


def test_a_machine_that_is_found_out_late_does_not_end_it() -> None:
    talk = transferring()
    assert talk.answered_by(Answerer.MACHINE, 5_000) == ()


# --- the last rung --------------------------------------------------------------------------------


def failing(times: int) -> Talk:
    """Everything but the clips fails; that many apologies were heard."""
    talk = asked(policy=POLICY)
    for number in range(times):
        at = 3_000 + number * 4_000
        talk.fails(at)
        talk.clause(talk.last_reply.text)
        talk.audible(at + 100)
        talk.ended(at + 1_000)
        talk.says("Are you there?", at + 1_500, at + 2_500)
        talk.wait(at + 3_500)
    return talk


def test_when_nothing_works_somebody_else_helps() -> None:
    talk = failing(2)
    assert talk.fails(11_500)[-1] == StartReply(6, ReplyKind.TRANSFERRING, PHRASES.transferring)
    talk.agent_says(PHRASES.transferring, at=12_000)
    assert talk.ended(14_000)[-1] == TransferCall(WORKSHOP.name, "")


def test_nobody_interrupts_that_and_nothing_said_into_it_is_lost() -> None:
    talk = failing(2)
    talk.fails(11_500)
    talk.agent_says(PHRASES.transferring, at=12_000)
    assert talk.speaks(12_500) == ()
    assert talk.partial("what is going on", 13_000) == ()
    talk.ended(14_000)
    talk.final("What is going on?", 14_100)
    talk.send(CallerLeft(ms(15_000), EndCause.TRANSFERRED))
    assert talk.said[-1] == (Role.CALLER, "What is going on?")


def test_silently_if_even_that_cannot_be_said() -> None:
    talk = failing(2)
    talk.fails(11_500)
    assert talk.fails(12_000) == (FlushPlayout(6), CancelReply(6), TransferCall(WORKSHOP.name, ""))


def test_if_they_cannot_either_the_agent_takes_leave() -> None:
    talk = failing(2)
    talk.fails(11_500)
    talk.fails(12_000)
    talk.transfer_fails(20_000)
    assert talk.fails(21_000)[-1] == StartReply(8, ReplyKind.FAREWELL, PHRASES.farewell)


def test_on_a_line_that_cannot_put_through_the_agent_takes_leave() -> None:
    talk = asked()
    for at in (3_000, 4_000, 5_000):
        talk.fails(at)
        if talk.last_reply.kind is ReplyKind.APOLOGY:
            talk.types("Hello?", at + 100)
    assert talk.last_reply.kind is ReplyKind.FAREWELL


def test_an_apology_that_fails_calls_for_somebody_else_too() -> None:
    talk = failing(1)
    talk.fails(7_500)
    talk.fails(7_600)
    assert talk.last_reply.kind is ReplyKind.TRANSFERRING
