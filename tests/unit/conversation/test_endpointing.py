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
from backend.domain.value_objects.policies import Endpointing
from tests.unit.conversation.builders import FIRST_SOUND_CUTS, Talk, asked, policy

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


# --- finals that come too late --------------------------------------------------------------------


def guessed(text: str) -> Talk:
    """The final transcript did not come in time; the agent answers the partial since 4.5 s."""
    talk = Talk()
    talk.speaks(1_000)
    talk.partial(text)
    talk.stops(2_000)
    talk.wait(4_500)
    assert talk.last_reply == answer(1, text)
    return talk


def test_a_late_final_with_other_words_starts_the_answer_anew() -> None:
    talk = guessed("I want a piece")
    assert talk.final("I want a pizza.", 4_600) == (
        FlushPlayout(1),
        CancelReply(1),
        answer(2, "I want a pizza."),
    )


def test_a_late_final_with_the_same_words_changes_nothing_but_the_spelling() -> None:
    talk = guessed("i want a pizza")
    assert talk.final("I want a pizza.", 4_600) == ()
    talk.settled()
    talk.agent_says("Coming.", at=5_000)
    assert talk.said == [(Role.CALLER, "I want a pizza.")]


def test_a_late_partial_does_not_disturb_the_answer() -> None:
    talk = guessed("I want a piece")
    assert talk.partial("I want a pizza", 4_600) == ()
    assert talk.state.reply is not None


def test_a_guess_that_no_final_will_replace_is_kept_apart_from_what_is_said_next() -> None:
    talk = guessed("I want a pizza")
    talk.settled(4_600)
    talk.speaks(4_700)
    assert talk.partial("with olives", 5_000) == (FlushPlayout(1), CancelReply(1))
    talk.final("With olives.", 5_500)
    talk.stops(5_500)
    talk.settled()
    assert talk.wait(5_980) == (answer(2, "I want a pizza With olives."),)


def test_two_late_finals_are_both_answered() -> None:
    talk = guessed("I want a pizza a large")
    talk.final("I want a pizza.", 4_600)
    talk.final("A large one.", 4_700)
    assert talk.last_reply == answer(3, "I want a pizza. A large one.")


def test_a_late_final_while_the_caller_speaks_again_waits_for_the_endpoint() -> None:
    talk = guessed("I want a piece")
    talk.speaks(4_600)
    assert talk.final("I want a pizza.", 4_700) == (FlushPlayout(1), CancelReply(1))
    talk.settled(utterance=1)
    talk.final("Please.", 5_000)
    talk.stops(5_000)
    talk.settled()
    assert talk.wait(5_480) == (answer(2, "I want a pizza. Please."),)


def test_a_late_final_of_a_turn_whose_answer_was_heard_is_dropped() -> None:
    talk = guessed("I want a pizza")
    talk.agent_says("Coming.", at=5_000)
    assert talk.final("I want a pizza.", 5_100) == ()
    talk.settled()
    talk.ended(6_000)
    assert talk.wait(9_000) == ()
    assert talk.said == [(Role.CALLER, "I want a pizza"), (Role.AGENT, "Coming.")]


def test_a_late_final_is_not_added_to_its_guess_when_speech_has_withdrawn_the_answer() -> None:
    talk = Talk(FIRST_SOUND_CUTS)
    talk.speaks(1_000)
    talk.partial("I want a pizza")
    talk.stops(2_000)
    talk.wait(4_500)
    talk.speaks(4_600)
    talk.stops(4_800)
    talk.final("I want a pizza.", 4_900)
    talk.settled()
    talk.wait(6_000)
    assert talk.last_reply.text == "I want a pizza."


def test_a_late_final_is_not_added_to_its_guess_when_the_answer_has_failed() -> None:
    talk = guessed("I want a piece")
    talk.fails(4_600)
    assert talk.last_reply.kind is ReplyKind.APOLOGY
    assert talk.final("I want a pizza.", 4_700) == ()
    talk.settled()
    talk.agent_says(talk.policy.phrases.apology, at=4_800)
    assert talk.said == [(Role.CALLER, "I want a pizza.")]


# --- voices and words that do not go together ------------------------------------------------------


def test_words_that_the_voice_detector_missed_are_answered() -> None:
    talk = Talk()
    talk.final("Hello?", 1_000)
    assert talk.wait(1_480) == (answer(1, "Hello?"),)


def test_a_transcript_that_comes_after_the_endpoint_is_answered_at_once() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.stops(1_400, voiced_ms=400)
    talk.wait(3_900)  # nobody waits longer than 2.5 s, and so short a sound is not asked about
    assert talk.effects == (FinalizeTranscript(1),)
    talk.final("Hello?", 4_000)
    talk.settled()
    assert talk.wait(4_480) == (answer(1, "Hello?"),)


def test_a_cough_is_no_turn() -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.stops(1_300, voiced_ms=300)
    talk.settled()
    assert talk.wait(9_000) == ()


@pytest.mark.parametrize("sounds_like", ["", ".", "...", "— —"])
def test_a_long_sound_without_words_is_asked_about(sounds_like: str) -> None:
    talk = Talk()
    talk.speaks(1_000)
    talk.stops(2_000, voiced_ms=900)
    talk.final(sounds_like)
    talk.settled()
    assert talk.wait(3_500) == (StartReply(1, ReplyKind.REPROMPT, talk.policy.phrases.reprompt),)


def test_a_caller_who_never_pauses_is_answered_all_the_same() -> None:
    talk = Talk(policy(endpointing=Endpointing(max_utterance_ms=5_000)))
    talk.speaks(1_000)
    talk.final("And another thing.", 5_900)
    assert talk.wait(6_000) == (FinalizeTranscript(1),)
    talk.settled(6_050)
    assert talk.wait(6_480) == (answer(1, "And another thing."),)
    assert talk.stops(7_000) == ()  # the voice detector notices at last
