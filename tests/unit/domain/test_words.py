"""Words, how finished they sound, and whether they take the floor, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.conversation.barge_in import takes_the_floor
from backend.domain.conversation.endpointing import completeness
from backend.domain.conversation.manners import manners_of, policy_for
from backend.domain.conversation.words import words
from backend.domain.entities.agent import Agent, TurnTaking
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.policies import BargeIn, Endpointing

AGENT = Agent(id="a" * 32, tenant="default", name="Ada", prompt="Be brief.")
ENGLISH_POLICY = policy_for(AGENT)
SPANISH_POLICY = policy_for(replace(AGENT, language=SPANISH))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¿Sí, señor?", ("si", "senor")),
        ("I don't know.", ("i", "don't", "know")),
        ("It\u2019s HALF past 3", ("it\u2019s", "half", "past", "3")),
        ("mm-hm", ("mm", "hm")),
        ("… — ¡!", ()),
        ("_", ()),
        ("", ()),
    ],
)
def test_words_are_compared_without_case_accents_and_signs(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "I want a pizza.",
        "Do you?",
        "Stop!",
        "He said “yes.”",
        "I want a pizza",
        "",
        "...?",
        "quiero una pizza.",
    ],
)
def test_what_sounds_finished(text: str) -> None:
    assert completeness(text, ENGLISH_POLICY.endpointing) > 0.5


@pytest.mark.parametrize(
    "text", ["I want a", "I want a pizza and", "pizza,", "Well...", "Well…", "It is —", "He said:"]
)
def test_what_does_not(text: str) -> None:
    assert completeness(text, ENGLISH_POLICY.endpointing) < 0.5


@pytest.mark.parametrize("text", ["quiero una", "no quiero porque", "Está en él", "mi número es"])
def test_what_does_not_in_spanish(text: str) -> None:
    assert completeness(text, SPANISH_POLICY.endpointing) < 0.5
    assert completeness(text, Endpointing()) > 0.5  # it is the language that knows


@pytest.mark.parametrize("text", ["quiero una pizza", "Sí.", "vale"])
def test_what_sounds_finished_in_spanish(text: str) -> None:
    assert completeness(text, SPANISH_POLICY.endpointing) > 0.5


@pytest.mark.parametrize(
    "text", ["", "...", "mm-hm", "Uh-huh, uh-huh.", "Yeah.", "of course", "I see, I see", "ok got it go on"]
)
def test_a_backchannel_leaves_the_floor(text: str) -> None:
    assert not takes_the_floor(text, ENGLISH_POLICY.barge_in)


@pytest.mark.parametrize("text", ["stop", "no", "of course not", "yes but", "see", "go", "course"])
def test_words_take_the_floor(text: str) -> None:
    assert takes_the_floor(text, ENGLISH_POLICY.barge_in)


@pytest.mark.parametrize(
    "text", ["ajá", "Sí, sí.", "Por supuesto.", "así es", "de acuerdo, muy bien", "¡Ah, ya veo!"]
)
def test_a_backchannel_leaves_the_floor_in_spanish(text: str) -> None:
    assert not takes_the_floor(text, SPANISH_POLICY.barge_in)


@pytest.mark.parametrize("text", ["espera", "no", "por supuesto que no", "sí pero", "acuerdo"])
def test_words_take_the_floor_in_spanish(text: str) -> None:
    assert takes_the_floor(text, SPANISH_POLICY.barge_in)


@pytest.mark.parametrize(("text", "takes"), [("wait", False), ("yeah wait", False), ("wait a", True)])
def test_only_words_that_are_no_backchannel_count(text: str, takes: bool) -> None:
    assert takes_the_floor(text, replace(ENGLISH_POLICY.barge_in, min_words=2)) is takes


def test_without_a_minimum_one_word_is_still_needed() -> None:
    assert not takes_the_floor("mm-hm", replace(ENGLISH_POLICY.barge_in, min_words=0))
    assert takes_the_floor("wait", replace(ENGLISH_POLICY.barge_in, min_words=0))


def test_an_owner_may_add_backchannels() -> None:
    own = TurnTaking(barge_in=BargeIn(backchannels=frozenset({"¡Claro que sí!", "Right on"})))
    barge_in = policy_for(replace(AGENT, turn_taking=own)).barge_in
    assert not takes_the_floor("claro que si, right on, yeah", barge_in)


@pytest.mark.parametrize("language", [ENGLISH, SPANISH, Language("es-419"), Language("en-GB")])
def test_what_is_compared_with_words_is_written_like_them(language: Language) -> None:
    manners = manners_of(language)
    for listed in manners.connectives:
        assert words(listed) == (listed,)
    unmatched = {listed for listed in manners.backchannels if " ".join(words(listed)) != listed}
    assert {" ".join(words(listed)) for listed in unmatched} <= manners.backchannels


def test_an_unknown_language_has_english_manners() -> None:
    assert manners_of(Language("fi")) is manners_of(ENGLISH)
    assert manners_of(Language("es-MX")) is manners_of(SPANISH)
