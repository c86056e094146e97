"""Playout turned into text: what a caller can have understood."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.domain.conversation.heard import SpokenClause, heard_text
from backend.domain.value_objects.word_timing import WordTiming

TIMED = SpokenClause(
    "We open at nine. ",
    audio_ms=1_000,
    is_complete=True,
    words=(WordTiming(0, 2, 0), WordTiming(3, 7, 200), WordTiming(8, 10, 500), WordTiming(11, 16, 650)),
)
UNTIMED = replace(TIMED, words=())


@st.composite
def clauses(draw: st.DrawFn) -> SpokenClause:
    spoken = draw(st.lists(st.sampled_from(["yes", "we", "open", "nine.", "Zürich,", "¿qué?"]), max_size=6))
    text = " ".join(spoken) + draw(st.sampled_from(["", " "]))
    audio_ms = draw(st.floats(0, 3_000))
    timings, position = [], 0
    if draw(st.booleans()):
        for number, word in enumerate(spoken):
            timings.append(WordTiming(position, position + len(word), audio_ms * number / len(spoken)))
            position += len(word) + 1
    return SpokenClause(text, audio_ms, draw(st.booleans()), tuple(timings))


replies = st.lists(clauses(), max_size=4)
positions = st.floats(0, 12_000)


@given(replies, positions)
def test_what_was_heard_is_a_beginning_of_what_was_generated(
    reply: list[SpokenClause], played: float
) -> None:
    assert "".join(clause.text for clause in reply).startswith(heard_text(reply, played))


@given(replies, positions, positions)
def test_who_listens_longer_has_not_heard_less(reply: list[SpokenClause], one: float, other: float) -> None:
    shorter, longer = sorted((one, other))
    assert heard_text(reply, longer).startswith(heard_text(reply, shorter))


@given(replies, positions)
def test_words_are_heard_whole(reply: list[SpokenClause], played: float) -> None:
    text = "".join(clause.text for clause in reply)
    heard = heard_text(reply, played)
    assume(0 < len(heard) < len(text))
    ends = {sum(len(clause.text) for clause in reply[:count]) for count in range(len(reply) + 1)}
    assert len(heard) in ends or text[len(heard)].isspace() or heard[-1].isspace()


@given(replies)
def test_before_the_first_sample_nothing_was_heard_of_any_sound(reply: list[SpokenClause]) -> None:
    assume(all(clause.audio_ms > 0 for clause in reply))
    assert heard_text(reply, 0) == ""


@pytest.mark.parametrize(
    ("played_ms", "heard"),
    [
        (0, ""),
        (199, ""),
        (200, "We"),
        (640, "We open"),
        (650, "We open at"),
        (999, "We open at"),
        (1_000, "We open at nine. "),
        (5_000, "We open at nine. "),
    ],
)
def test_a_timed_word_was_heard_when_the_next_one_begins(played_ms: float, heard: str) -> None:
    assert heard_text([TIMED], played_ms) == heard


def test_the_last_word_of_an_unfinished_clause_has_not_been_heard() -> None:
    assert heard_text([replace(TIMED, is_complete=False)], 1_000) == "We open at"


@pytest.mark.parametrize(
    ("played_ms", "heard"), [(0, ""), (150, "We"), (500, "We open"), (999, "We open at nine.")]
)
def test_without_timing_text_is_taken_to_run_like_its_audio(played_ms: float, heard: str) -> None:
    assert heard_text([UNTIMED], played_ms) == heard


def test_clauses_are_heard_one_after_the_other() -> None:
    second = SpokenClause("We close at five.", audio_ms=1_000, is_complete=True)
    assert heard_text([TIMED, second], 1_500) == "We open at nine. We close"


def test_a_clause_without_sound_is_heard_in_passing() -> None:
    silent = SpokenClause("* ", audio_ms=0, is_complete=True)
    assert heard_text([silent, TIMED], 200) == "* We"
