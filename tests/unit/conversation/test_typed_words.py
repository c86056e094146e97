"""A caller who writes instead of speaking."""

from __future__ import annotations

import pytest

from backend.domain.conversation.effects import (
    CancelReply,
    FlushPlayout,
    PublishLatency,
    ReplyKind,
    StartReply,
)
from backend.domain.value_objects.conversation_turn import Role
from tests.unit.conversation.builders import Talk, answering, asked
from tests.unit.conversation.policies import EAGER, POLICY, UNINTERRUPTIBLE, policy


def answer_to(text: str, reply_id: int = 1) -> StartReply:
    return StartReply(reply_id, ReplyKind.ANSWER, text)


def test_written_words_are_answered_at_once() -> None:
    assert Talk().types(" When do you open? ", 1_000) == (answer_to("When do you open?"),)


@pytest.mark.parametrize("text", ["", "  \n "])
def test_nothing_written_is_nothing(text: str) -> None:
    talk = answering()
    before = talk.state
    assert talk.types(text, 3_500) == ()
    assert talk.state == before


def test_signs_without_words_are_answered_too() -> None:
    assert Talk().types("👍", 1_000) == (answer_to("👍"),)


def test_they_interrupt_the_agent_without_a_moment_of_doubt() -> None:
    assert answering().types("ok", 4_000) == (FlushPlayout(1), CancelReply(1), answer_to("ok", 2))


def test_they_interrupt_even_who_cannot_be_talked_over() -> None:
    talk = answering(policy=UNINTERRUPTIBLE)
    assert talk.types("Stop.", 4_000)[-1] == answer_to("Stop.", 2)


def test_they_add_to_a_question_that_nobody_has_answered_audibly() -> None:
    talk = asked("When do you open?")
    assert talk.types("On Sundays.", 2_600)[-1] == answer_to("When do you open? On Sundays.", 2)


def test_they_become_a_turn_of_the_caller() -> None:
    talk = Talk()
    talk.types("When do you open?", 1_000)
    talk.agent_says("At nine.", at=1_800)
    talk.ended(3_000)
    assert talk.said == [(Role.CALLER, "When do you open?"), (Role.AGENT, "At nine.")]


def test_nobody_waited_for_the_end_of_a_voice_so_that_there_is_no_latency() -> None:
    talk = Talk()
    talk.types("When do you open?", 1_000)
    talk.agent_says("At nine.", at=1_800)
    assert talk.of(PublishLatency) == []


def test_while_the_caller_speaks_they_wait_for_the_end_of_that() -> None:
    talk = Talk()
    talk.speaks(1_000)
    assert talk.types("On Sundays.", 1_500) == ()
    talk.stops(2_000)
    talk.final("When do you open?")
    talk.settled()
    assert talk.wait(2_479) == ()
    assert talk.wait(2_480) == (answer_to("When do you open? On Sundays."),)


def test_while_the_caller_pauses_they_wait_as_well() -> None:
    talk = Talk()
    talk.says("When do you open", 1_000, 2_000)
    assert talk.types("on Sundays?", 2_100) == ()
    assert talk.wait(2_480) == (answer_to("When do you open on Sundays?"),)


def test_with_a_voice_that_has_no_words_they_are_answered_alone() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.types("👍", 1_500)
    talk.stops(2_000)
    talk.settled()
    assert talk.wait(3_200) == (answer_to("👍"),)


def test_they_are_not_among_words_that_are_still_being_recognised() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.stops(2_000)
    talk.partial("when do you open")
    talk.wait(4_500)  # the final transcript is late
    assert talk.last_reply.text == "when do you open"
    assert talk.types("Tell me,", 4_600)[-1] == answer_to("Tell me, when do you open", 2)


def test_nor_between_those_that_are_and_those_that_will_be() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.final("My number", 1_500)
    talk.partial("is five", 2_000)
    talk.stops(2_000)
    talk.wait(4_500)
    assert talk.types("Hello?", 4_600)[-1] == answer_to("Hello? My number is five", 2)


def test_a_draft_of_the_answer_is_no_answer_to_them() -> None:
    talk = Talk(EAGER)
    talk.says("When do you open?", 1_000, 2_000)
    talk.wait(2_210)
    assert talk.types("On Sundays.", 2_250) == (CancelReply(1),)
    assert talk.wait(2_480)[-1] == answer_to("When do you open? On Sundays.", 2)


def test_they_interrupt_a_goodbye_that_was_said_to_nobody() -> None:
    talk = Talk()
    for prompt_at in (10_000, 21_200):
        talk.wait(prompt_at)
        talk.agent_says(POLICY.phrases.idle_prompt, at=prompt_at + 100)
        talk.ended(prompt_at + 1_200)
    talk.wait(32_400)
    talk.agent_says(POLICY.phrases.goodbye, at=32_500)
    assert talk.types("Wait!", 33_000)[-1] == answer_to("Wait!", 4)
    talk.agent_says("Yes?", at=33_500)
    talk.ended(34_000)
    assert not talk.state.ended


def test_they_do_not_interrupt_the_last_goodbye_but_are_kept() -> None:
    talk = Talk()
    talk.hang_up(at=1_000)
    talk.agent_says(POLICY.phrases.goodbye, at=1_200)
    assert talk.types("One more thing.", 1_500) == ()
    talk.ended(3_000)
    assert talk.said[-1] == (Role.CALLER, "One more thing.")


def test_they_make_up_for_all_prompts() -> None:
    talk = Talk()
    talk.wait(10_000)
    talk.agent_says(POLICY.phrases.idle_prompt, at=10_100)
    talk.types("Yes.", 10_500)
    assert talk.state.prompts == 0


def test_instead_of_a_greeting_they_are_answered() -> None:
    talk = Talk(policy("Hello, this is Ada."))
    assert talk.types("Is this the bakery?", 100)[-1] == answer_to("Is this the bakery?", 2)


def test_what_waits_when_the_caller_leaves_is_in_the_transcript() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.types("On Sundays.", 1_500)
    talk.partial("when do you", 1_700)
    talk.leaves(1_800)
    assert talk.said == [(Role.CALLER, "when do you On Sundays.")]
