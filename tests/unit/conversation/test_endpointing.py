"""When the caller's turn is over, and which words belong to it."""

from __future__ import annotations

import pytest

from backend.domain.conversation.effects import (
    CancelReply,
    FinalizeTranscript,
    FlushPlayout,
    ReplyKind,
    StartReply,
)
from backend.domain.value_objects.conversation_turn import Role
from tests.unit.conversation.builders import Talk, asked

# The defaults: 480 ms after a finished sentence, 1200 ms otherwise, 2500 ms for the final transcript.


def answer(reply_id: int, text: str) -> StartReply:
    return StartReply(reply_id, ReplyKind.ANSWER, text)


# --- the two waits --------------------------------------------------------------------------------


def test_the_recogniser_is_asked_for_its_final_words_the_moment_the_caller_pauses() -> None:
    talk = Talk()
    talk.speaks(1_000)
    assert talk.stops(2_000) == (FinalizeTranscript(utterance=1),)


@pytest.mark.parametrize(
    ("text", "wait_ms"),
    [
        ("I want a pizza.", 480),
        ("Do you have pizza?", 480),
        ("I want a pizza", 480),  # not every recogniser writes full stops
        ("I want a", 1_200),
        ("I want a pizza and", 1_200),
        ("I want a pizza,", 1_200),
        ("Well...", 1_200),
        ("My number is:", 1_200),
    ],
)
def test_a_pause_in_mid_sentence_is_granted_more_time(text: str, wait_ms: int) -> None:
    talk = Talk()
    talk.says(text, 1_000, 2_000)
    assert talk.wait(2_000 + wait_ms - 1) == ()
    assert talk.wait(2_000 + wait_ms) == (answer(1, text),)


def test_the_answer_waits_for_the_final_transcript() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.partial("I want a piece")
    talk.stops(2_000)
    assert talk.wait(2_900) == ()
    talk.final("I want a pizza.", 3_000)
    talk.settled()
    assert talk.wait(3_000) == (answer(1, "I want a pizza."),)


def test_a_final_transcript_that_comes_early_does_not_shorten_the_pause() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.final("I want a pizza.", 1_900)
    talk.stops(2_000)
    talk.settled(2_010)
    assert talk.wait(2_479) == ()
    assert talk.wait(2_480) == (answer(1, "I want a pizza."),)


def test_a_final_transcript_that_never_comes_is_replaced_by_the_last_partial() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.partial("I want")
    talk.partial("I want a pizza")
    talk.stops(2_000)
    assert talk.wait(4_499) == ()
    assert talk.wait(4_500) == (answer(1, "I want a pizza"),)


def test_nobody_waits_for_a_recogniser_that_is_gone() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.partial("I want a pizza")
    talk.stops(2_000)
    talk.recogniser_fails(2_100)
    assert talk.wait(2_480) == (answer(1, "I want a pizza"),)


def test_a_recogniser_that_comes_back_in_mid_sentence_is_waited_for() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.partial("I want")
    talk.recogniser_fails(1_400)
    talk.partial("a pizza with")
    talk.stops(2_000)
    assert talk.wait(2_900) == ()
    talk.final("a pizza with olives.", 2_950)
    talk.settled()
    assert talk.wait(2_950) == (answer(1, "I want a pizza with olives."),)


@pytest.mark.parametrize("nothing", ["", "   "])
def test_an_empty_final_transcript_leaves_the_partial(nothing: str) -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.partial("I want a pizza")
    talk.stops(2_000)
    talk.final(nothing, 2_100)
    talk.settled()
    assert talk.wait(2_480) == (answer(1, "I want a pizza"),)


def test_two_finals_of_one_utterance_are_one_turn() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.final("I want a pizza.", 1_600)
    talk.final("A large one.", 2_050)
    talk.stops(2_000)
    talk.settled(2_100)
    assert talk.wait(2_480) == (answer(1, "I want a pizza. A large one."),)


def test_settling_twice_or_out_of_order_is_no_news() -> None:
    talk = Talk()
    talk.says("Hello.", 1_000, 1_300)
    talk.says("I want a pizza.", 1_500, 2_500)
    before = talk.state
    assert talk.settled(utterance=1) == ()
    assert talk.settled(utterance=2) == ()
    assert talk.state == before


# --- pauses inside a turn -------------------------------------------------------------------------


def test_a_number_dictated_with_pauses_is_one_turn() -> None:
    talk = Talk()
    talk.says("My number is", 1_000, 2_000)
    talk.says("five five five", 3_000, 4_000)
    talk.says("one two three four.", 4_400, 5_400)
    assert talk.wait(5_900) == (answer(1, "My number is five five five one two three four."),)


def test_words_that_were_only_guessed_survive_the_next_ones() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.partial("my number is")
    talk.stops(2_000)
    talk.settled(2_100)  # and no final: the engine lost its connection to the words, not to us
    talk.speaks(2_300)
    talk.partial("five five")
    talk.stops(3_000)
    talk.final("five five five", 3_100)
    talk.settled()
    talk.wait(3_500)
    assert talk.last_reply.text == "my number is five five five"


def test_a_caller_who_goes_on_after_the_answer_was_begun_gets_one_answer_to_everything() -> None:
    talk = asked("My number is five five five.")
    talk.token(2_800)
    talk.clause("Your number")
    talk.speaks(3_000)
    assert talk.partial("one two", 3_400) == (FlushPlayout(1), CancelReply(1))
    talk.stops(4_000)
    talk.final("one two three four.", 4_100)
    talk.settled()
    assert talk.wait(4_480) == (answer(2, "My number is five five five. one two three four."),)
    talk.flushed("", reply_id=1)
    talk.agent_says("Thank you.", at=5_000)
    assert talk.said == [(Role.CALLER, "My number is five five five. one two three four.")]
