"""A caller who presses the keys of the telephone."""

from __future__ import annotations

import pytest

from backend.domain.conversation.effects import (
    CancelReply,
    CommitTurn,
    FlushPlayout,
    HoldPlayout,
    ReplyKind,
    StartReply,
)
from backend.domain.conversation.keyed import MOST_KEYS, is_keys_text, keys_text, without_keys
from backend.domain.entities.telephone import Telephone
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.keypad import KEYS, Keypad
from tests.unit.conversation.builders import Talk, answering, asked
from tests.unit.conversation.policies import EAGER, UNINTERRUPTIBLE, policy

NO_END_KEY = policy(telephone=Telephone(keypad=Keypad(end_key="", pause_ms=1_000)))


def answer_to(text: str, reply_id: int = 1) -> StartReply:
    return StartReply(reply_id, ReplyKind.ANSWER, text)


def test_keys_are_words_between_brackets() -> None:
    assert keys_text("12*") == "[keys 1 2 *]"
    assert is_keys_text(keys_text(KEYS))
    assert is_keys_text(keys_text("1ww2"))
    assert not is_keys_text("[keys ]")
    assert not is_keys_text("the keys 1 2")
    assert without_keys("My number: [keys 1 2] please") == "My number: please"
    assert without_keys("[keys 1 2]") == "[keys 1 2]"


def test_the_end_key_completes_them_and_is_none_of_them() -> None:
    talk = Talk()
    assert talk.presses("123", 1_000) == ()
    assert talk.presses("#", 1_200) == (answer_to("[keys 1 2 3]"),)


def test_so_does_a_pause() -> None:
    talk = Talk()
    talk.presses("12", 1_000)
    talk.presses("3", 2_000)
    assert talk.wait(4_499) == ()
    assert talk.wait(4_500) == (answer_to("[keys 1 2 3]"),)


def test_and_their_number() -> None:
    assert Talk().presses("1" * MOST_KEYS, 1_000) == (answer_to(keys_text("1" * MOST_KEYS)),)


def test_alone_the_end_key_is_a_key() -> None:
    assert Talk().presses("#", 1_000) == (answer_to("[keys #]"),)


def test_an_agent_may_do_without_an_end_key() -> None:
    talk = Talk(NO_END_KEY)
    assert talk.presses("1#", 1_000) == ()
    assert talk.wait(2_000) == (answer_to("[keys 1 #]"),)


def test_keys_that_the_agent_presses_are_pressed_to_the_end_whoever_speaks() -> None:
    talk = answering("Sales. ")
    talk.clause("[keys 1 2] ", 3_400)
    talk.heard("Sales. ", 3_500)
    assert talk.speaks(3_600) == ()
    assert talk.final("Press one for sales.", 3_900) == ()
    assert talk.presses("5", 3_950) == ()
    talk.stops(4_000)
    talk.settled()
    assert talk.ended(4_100) == (CommitTurn(talk.turns[-1]),)
    assert talk.said[-1] == (Role.AGENT, "Sales. [keys 1 2] ")
    assert talk.wait(6_450) == (answer_to("Press one for sales. [keys 5]", 2),)


def test_before_and_after_its_keys_an_agent_is_interrupted_as_ever() -> None:
    for heard in ("", "Sales. [keys 1 2] "):
        talk = answering("Sales. ")
        talk.clause("[keys 1 2] ", 3_300)
        talk.clause("Hello.", 3_400)
        if heard:
            talk.heard(heard, 3_500)
        assert talk.speaks(3_600) == (HoldPlayout(1),)
        assert talk.final("Stop.", 3_900) == (FlushPlayout(1), CancelReply(1))


def test_an_agent_that_is_silent_already_presses_no_keys() -> None:
    talk = answering("Sales. ")
    talk.clause("[keys 1 2] ", 3_400)
    talk.speaks(3_500)
    talk.heard("Sales. ", 3_510)
    assert talk.final("Stop.", 3_900) == (FlushPlayout(1), CancelReply(1))


def test_the_first_key_silences_the_agent() -> None:
    talk = answering("Press one for opening hours.")
    assert talk.presses("1", 4_000) == (FlushPlayout(1), CancelReply(1))
    talk.flushed("Press one", reply_id=1)
    assert talk.wait(6_500) == (answer_to("[keys 1]", 2),)


def test_not_one_that_cannot_be_interrupted_but_the_keys_are_answered_after_it() -> None:
    talk = answering(policy=UNINTERRUPTIBLE)
    assert talk.presses("1#", 4_000) == ()
    assert talk.ended(5_000)[-1] == answer_to("[keys 1]", 2)


def test_they_are_answered_together_with_what_was_said() -> None:
    talk = asked("My number follows.")
    talk.presses("42#", 2_600)
    assert talk.last_reply == answer_to("My number follows. [keys 4 2]", 2)


def test_while_keys_are_pressed_what_was_said_is_not_answered() -> None:
    talk = Talk()
    talk.says("My number is", 1_000, 2_000)
    talk.presses("4", 2_100)
    assert talk.wait(4_599) == ()
    assert talk.wait(4_600) == (answer_to("My number is [keys 4]"),)


def test_they_are_never_among_words_that_are_being_said() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.final("My number", 1_400)
    talk.presses("4#", 1_500)
    talk.final("is that.", 2_000)
    talk.stops(2_000)
    talk.settled()
    assert talk.wait(2_480) == (answer_to("My number is that. [keys 4]"),)


def test_nobody_is_asked_whether_they_are_there_between_two_keys() -> None:
    talk = Talk(policy(telephone=Telephone(keypad=Keypad(pause_ms=10_000))))
    talk.presses("1", 9_000)
    assert talk.wait(18_999) == ()


@pytest.mark.parametrize("noise", ["b", "two", "Beep."])
def test_the_sound_of_a_key_is_not_taken_for_a_word(noise: str) -> None:
    talk = Talk()
    talk.presses("1", 1_000)
    talk.speaks(1_020)
    talk.stops(1_120, voiced_ms=100)
    talk.partial(noise, 1_300)
    talk.final(noise, 1_499)
    talk.settled()
    assert talk.presses("#", 1_600) == (answer_to("[keys 1]"),)


def test_two_words_are_no_sound_of_a_key_and_neither_is_one_that_comes_late() -> None:
    for text, at in (("Hello there.", 1_200), ("Hello.", 1_501)):
        talk = Talk()
        talk.presses("1", 1_000)
        talk.final(text, at)
        talk.presses("#", at + 100)
        talk.wait(4_000)
        assert talk.last_reply.text == f"{text} [keys 1]"


def test_a_word_with_keys_after_words_is_kept() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.final("My number", 1_400)
    talk.presses("4", 1_500)
    talk.final("please.", 1_900)
    talk.leaves(2_000)
    assert talk.said == [(Role.CALLER, "My number please. [keys 4]")]


def test_into_an_answer_that_nobody_interrupts_they_do_not_change_what_it_answers() -> None:
    talk = Talk(UNINTERRUPTIBLE)
    talk.speaks(1_000)
    talk.final("My number", 1_500)
    talk.partial("is five", 2_000)
    talk.stops(2_000)
    talk.wait(4_500)
    talk.presses("4#", 4_600)
    talk.agent_says("Thank you.", at=5_000)
    assert talk.ended(6_000)[-1] == answer_to("[keys 4]", 2)
    assert talk.said[0] == (Role.CALLER, "My number is five")


def test_no_draft_is_an_answer_while_keys_are_pressed() -> None:
    talk = Talk(EAGER)
    talk.says("My number follows.", 1_000, 2_000)
    talk.wait(2_210)
    assert talk.presses("4", 2_250) == (CancelReply(1),)
    assert talk.wait(4_000) == ()
    assert talk.presses("#", 4_100) == (answer_to("My number follows. [keys 4]", 2),)


def test_the_sound_of_the_keys_alone_is_not_waited_for() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.presses("1", 1_010)
    talk.stops(1_100, voiced_ms=100)
    assert talk.presses("#", 1_150) == (answer_to("[keys 1]"),)


def test_keys_that_are_not_complete_when_the_caller_leaves_are_in_the_transcript() -> None:
    talk = Talk()
    talk.presses("12", 1_000)
    talk.leaves(1_500)
    assert talk.said == [(Role.CALLER, "[keys 1 2]")]


def test_after_words_that_were_said_they_wait_for_the_end_of_these() -> None:
    talk = Talk()
    talk.says("My number", 1_000, 2_000)
    assert talk.presses("4#", 2_100) == ()
    assert talk.wait(2_480) == (answer_to("My number [keys 4]"),)
