"""Which words of a recogniser that takes over were already given by the one before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.application.services.fallback.repeated_words import repeated

WORDS = st.lists(st.sampled_from("yes no one two three".split()), max_size=12)


@pytest.mark.parametrize(
    ("before", "now", "new"),
    [
        ("turn on the", "turn on the lights", "lights"),
        ("Turn on, the", "turn on the lights.", "lights."),
        ("turn of the", "turn on the lights", "lights"),  # one of them has misheard
        ("turn the", "turn on the lights", "lights"),  # … or missed a word
        ("turn on the", "turn on", ""),
        ("no", "no no no", "no no"),
        ("one two three", "four five six seven", "seven"),
        ("", "hello", "hello"),
    ],
)
def test_only_words_after_those_given_are_new(before: str, now: str, new: str) -> None:
    words = now.split()
    _, spoken = repeated(before.split(), words)
    assert " ".join(words[spoken:]) == new


@pytest.mark.parametrize(
    ("before", "now", "new"),
    [
        ("we would like to book a table", "book a table for two", "for two"),
        ("we would like to book a table", "took a table for two", "for two"),
        ("we would like to book a table", "for two", "for two"),
        ("we would like to book a table", "like to", ""),
    ],
)
def test_it_may_begin_late_if_the_beginning_was_not_heard_again(before: str, now: str, new: str) -> None:
    words = now.split()
    _, spoken = repeated(before.split(), words, begins_late=True)
    assert " ".join(words[spoken:]) == new


@given(before=WORDS, after=WORDS)
def test_what_both_agree_on_is_neither_doubled_nor_lost(before: list[str], after: list[str]) -> None:
    assert repeated(before, before + after) == (len(before), len(before))


@given(before=WORDS, after=WORDS)
def test_what_is_not_there_yet_stays_owed(before: list[str], after: list[str]) -> None:
    assert repeated(before + after, before) == (len(before), len(before))
