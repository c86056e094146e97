"""Words begin with their first character, whatever the service does to spaces and marks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.infrastructure.adapters.local.speakable_text import speakable
from backend.infrastructure.adapters.tts.word_alignment import TimedCharacter, WordAlignment


def followed(text: str, told: str) -> tuple[list[tuple[str, float]], bool]:
    """Return the words found in ``text`` with their times when ``told`` takes 10 ms a character, and whether
    the end is missing."""
    alignment = WordAlignment(speakable(text))
    characters = [TimedCharacter(character, place * 10) for place, character in enumerate(told)]
    words = [(text[word.start : word.end], word.at_ms) for word in alignment.follow(characters)]
    return words, alignment.lacks_end


def test_words_begin_with_their_first_character() -> None:
    assert followed("¿Qué tal, tía?", "¿Qué tal, tía?") == ([("Qué", 10), ("tal", 50), ("tía", 100)], False)


def test_words_are_found_in_the_original_text() -> None:
    words, _ = followed("**Hola**, [mire](https://example.org)", "Hola, mire")
    assert words == [("Hola", 0), ("mire", 60)]


def test_spaces_more_or_less_do_no_harm() -> None:
    assert followed("uno dos tres", " uno  dostres ") == ([("uno", 10), ("dos", 60), ("tres", 90)], False)


def test_a_character_of_the_services_own_does_no_harm() -> None:
    words, _ = followed("uno dos tres", "uno~ dos tres")
    assert [word for word, _ in words] == ["uno", "dos", "tres"]


def test_words_that_the_service_passed_over_begin_with_the_next() -> None:
    words, lacks_end = followed("uno, dos y tres", "uno tres")
    assert [word for word, _ in words] == ["uno", "dos", "y", "tres"]
    assert not lacks_end


def test_an_end_that_was_not_spoken_shows() -> None:
    assert followed("uno dos tres", "uno dos ")[1]
    assert followed("uno dos tres", "uno dos t")[1] is False, "the rest of a word is not worth an error"


def test_nothing_is_certain_if_the_service_told_nothing_or_another_text() -> None:
    assert not followed("uno dos tres", "")[1]
    assert not followed("uno 2 tres", "uno zwei")[1]


@given(text=st.text(max_size=40), told=st.text(max_size=60))
def test_whatever_is_told_words_come_once_and_in_order(text: str, told: str) -> None:
    alignment = WordAlignment(speakable(text))
    characters = [TimedCharacter(character, place) for place, character in enumerate(told)]
    places = [(word.start, word.end) for word in alignment.follow(characters)]
    assert places == sorted(set(places))
    assert all(0 <= start < end <= len(text) for start, end in places)
