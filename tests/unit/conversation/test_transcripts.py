"""Transcripts that come late, doubled, without a voice, or never."""

from __future__ import annotations

import pytest

from backend.domain.conversation.effects import (
    CancelReply,
    FinalizeTranscript,
    FlushPlayout,
    HangUp,
    ReplyKind,
    StartReply,
)
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.policies import Endpointing
from tests.unit.conversation.builders import Talk
from tests.unit.conversation.policies import FIRST_SOUND_CUTS, POLICY, policy


def answer(reply_id: int, text: str) -> StartReply:
    return StartReply(reply_id, ReplyKind.ANSWER, text)


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


def test_a_caller_whom_nobody_can_hear_is_not_blamed_for_it() -> None:
    talk = deaf()
    assert talk.wait(3_500) == (StartReply(1, ReplyKind.APOLOGY, POLICY.phrases.apology),)


def test_a_call_that_stays_deaf_ends_with_an_apology() -> None:
    talk = deaf()
    for reply, start in ((1, 3_500), (2, 13_500)):
        talk.wait(start)
        talk.agent_says(POLICY.phrases.apology, at=start + 100)
        talk.ended(start + 4_000)
        says_unheard(talk, start + 5_000)
        assert talk.state.failures == reply
    assert talk.wait(21_000)[-1] == StartReply(3, ReplyKind.FAREWELL, POLICY.phrases.farewell)
    talk.agent_says(POLICY.phrases.farewell, at=21_100)
    assert talk.ended(26_000)[-1] == HangUp(EndCause.ENGINES_FAILED)


def test_a_word_shows_that_the_recogniser_is_back() -> None:
    talk = deaf()
    talk.wait(3_500)
    talk.agent_says(POLICY.phrases.apology, at=3_600)
    talk.ended(7_000)
    talk.says("Hello?", 8_000, 9_000)
    assert talk.wait(9_480) == (answer(2, "Hello?"),)
    talk.agent_says("Good morning.", at=9_600)
    talk.ended(11_000)
    says_unheard(talk, 12_000)
    assert talk.wait(15_500)[-1] == StartReply(3, ReplyKind.REPROMPT, POLICY.phrases.reprompt)


def deaf() -> Talk:
    """A call whose recogniser is gone when the caller says something for the first time."""
    talk = Talk()
    talk.recogniser_fails(500)
    says_unheard(talk, 1_000)
    return talk


def says_unheard(talk: Talk, start: float) -> None:
    talk.speaks(start)
    talk.stops(start + 1_000, voiced_ms=900)
    talk.settled()


def test_a_caller_who_never_pauses_is_answered_all_the_same() -> None:
    talk = Talk(policy(endpointing=Endpointing(max_utterance_ms=5_000)))
    talk.speaks(1_000)
    talk.final("And another thing.", 5_900)
    assert talk.wait(6_000) == (FinalizeTranscript(1),)
    talk.settled(6_050)
    assert talk.wait(6_480) == (answer(1, "And another thing."),)
    assert talk.stops(7_000) == ()  # the voice detector notices at last
