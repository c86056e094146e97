"""What a reply's samples say, and where to go on after a break."""

from __future__ import annotations

import pytest

from backend.application.processors.reply_audio import PACE_MS, STEP_BACK_MS, ReplyAudio
from backend.domain.value_objects.audio import NARROWBAND, AudioFrame
from backend.domain.value_objects.word_timing import WordTiming

MS = 8  # samples
TIMES = (WordTiming(0, 2, 0.0), WordTiming(3, 6, 250.0), WordTiming(7, 11, 600.0))


def audio(milliseconds: int, level: int = 1) -> AudioFrame:
    return AudioFrame(NARROWBAND, level.to_bytes(2, "little") * (milliseconds * MS))


def reply(*clauses: tuple[str, int, tuple[WordTiming, ...]], last_is_complete: bool = True) -> ReplyAudio:
    made = ReplyAudio(NARROWBAND)
    for number, (text, milliseconds, words) in enumerate(clauses, 1):
        made.begin_clause(text)
        made.append(audio(milliseconds), words)
        if last_is_complete or number < len(clauses):
            made.end_clause()
    return made


def test_words_count_when_the_next_one_has_begun() -> None:
    made = reply(("We are open", 1_000, TIMES))
    assert made.text_until(249 * MS) == ""
    assert made.text_until(250 * MS) == "We"
    assert made.text_until(999 * MS) == "We are"
    assert made.text_until(1_000 * MS) == "We are open"


def test_nothing_played_is_nothing_heard_even_of_a_clause_without_sound() -> None:
    assert reply(("...", 0, ()), ("Yes.", 500, ())).text_until(0) == ""


def test_without_timings_the_text_goes_along_with_the_audio() -> None:
    made = reply(("One two three four.", 1_900, ()))
    assert made.text_until(800 * MS) == "One two"


def test_an_unfinished_clause_is_not_taken_to_be_as_short_as_its_audio_so_far() -> None:
    text = "One two three four."
    made = reply((text, 300, ()), last_is_complete=False)
    assert made.text_until(300 * MS) == "One"
    made.append(audio(int(8 * PACE_MS)))
    assert made.text_until(int(8 * PACE_MS) * MS) == "One two"


def test_an_unfinished_clause_is_taken_to_be_spoken_as_fast_as_the_ones_before() -> None:
    made = reply(("Ten chars.", 200, ()), (" One two three four.", 160, ()), last_is_complete=False)
    assert made.text_until(360 * MS) == "Ten chars. One two"


def test_whole_clauses_are_told_only_when_all_their_audio_was_heard() -> None:
    made = reply(("One.", 400, ()), (" Two.", 400, ()), last_is_complete=False)
    assert made.whole_clauses_until(399 * MS) == ""
    assert made.whole_clauses_until(400 * MS) == "One."
    assert made.whole_clauses_until(800 * MS) == "One."


@pytest.mark.parametrize(
    ("heard_ms", "again_from_ms"), [(0, 0), (249, 0), (250, 250), (400, 250), (700, 600), (1_000, 1_000)]
)
def test_a_word_that_was_broken_off_is_said_again(heard_ms: int, again_from_ms: int) -> None:
    made = reply(("We are open", 1_000, TIMES), (" now", 300, ()))
    assert made.word_beginning(heard_ms * MS) == again_from_ms * MS


def test_without_timings_speech_goes_on_where_it_broke_off() -> None:
    assert reply(("We are open", 1_000, ())).word_beginning(433 * MS) == 433 * MS


def test_a_word_that_began_long_ago_is_not_said_again() -> None:
    made = reply(("Aaaah", 2_000, (WordTiming(0, 5, 0.0),)))
    assert made.word_beginning((STEP_BACK_MS + 1) * MS) == (STEP_BACK_MS + 1) * MS


def test_audio_that_was_heard_is_forgotten_but_not_what_may_be_said_again() -> None:
    made = ReplyAudio(NARROWBAND)
    made.begin_clause("A long story")
    for level in range(1, 6):
        made.append(audio(1_000, level))
    made.forget_heard(4_000 * MS)
    assert made.slice((4_000 - STEP_BACK_MS) * MS, 4_001 * MS)[-2:] == b"\x05\x00"
    with pytest.raises(AssertionError):
        made.slice(0, 1)
    assert made.text_until(5_000 * MS)


def test_a_filler_goes_before_what_has_not_begun_to_sound() -> None:
    made = ReplyAudio(NARROWBAND)
    made.begin_clause("Yes.")
    made.insert_first_clause("Hm. ", audio(100, 2))
    made.append(audio(200, 1))
    made.end_clause()
    assert made.slice(0, 1) == b"\x02\x00"
    assert made.slice(100 * MS, 100 * MS + 1) == b"\x01\x00"
    assert made.text_until(300 * MS) == "Hm. Yes."
