"""Words are found whatever their accents and case, and shown where they were said."""

from __future__ import annotations

import pytest

from backend.infrastructure.database.search_text import (
    MAX_BYTES,
    MAX_WORD,
    distinct_words,
    passage,
    terms_of,
    words_of,
)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("¿Qué pasó, Ñandú?", ["que", "paso", "nandu"]),
        ("cafe\u0301 CAFÉ café", ["cafe", "cafe", "cafe"]),
        ("Straße ﬁn İstanbul", ["strasse", "fin", "istanbul"]),
        ("e-mail: a.b@c.org, 3.5 snake_case", ["e", "mail", "a", "b", "c", "org", "3", "5", "snake", "case"]),
        ("مُحَمَّد שָׁלוֹם", ["محمد", "שלום"]),
        ("'); DROP TABLE -- \"* AND NOT", ["drop", "table", "and", "not"]),
        ("\0 \ud800 \u202e 🙂", []),
    ],
)
def test_words_lose_marks_and_case(said: str, words: list[str]) -> None:
    assert words_of(said) == words


def test_long_words_are_cut_alike_where_they_are_said_and_searched() -> None:
    (said,) = words_of("x" * 100_000)
    assert said == "x" * MAX_WORD
    assert terms_of("x" * 200) == [said]


def test_a_call_of_very_many_words_fits_into_an_index() -> None:
    words = distinct_words([" ".join(f"wort{number}ñ" for number in range(100_000))])
    assert sum(len(word.encode()) for word in words) <= MAX_BYTES
    assert len(words) > 10_000


def test_a_passage_surrounds_the_first_place_and_begins_with_a_whole_word() -> None:
    before, after = "Quería preguntar una cosa. " * 6, "Bueno. " * 40
    said = f"{before}¿Tienen cita con el DENTISTA el martes? {after}"
    found = passage(["Hola.", said], terms_of("dentista"))
    assert found is not None
    assert "cita con el DENTISTA el martes?" in found
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert len(found) < 200
    assert found.split()[1] in said.split()


def test_a_short_text_is_its_own_passage() -> None:
    assert passage(["One.", "See  you\non Tuesday"], terms_of("tue")) == "See you on Tuesday"


def test_short_words_are_found_whole_only() -> None:
    assert passage(["at once"], terms_of("on")) is None
    assert passage(["go on"], terms_of("on")) == "go on"


def test_a_word_of_100_kb_gives_a_short_passage() -> None:
    found = passage(["a" * 100_000], terms_of("aaa"))
    assert found is not None
    assert len(found) < 200
