import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.infrastructure.adapters.local.speakable_text import speakable
from backend.infrastructure.adapters.local.speech_pieces import LONGEST_PIECE, cut_into_pieces


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Son **veinticinco** euros.", "Son veinticinco euros."),
        ("Mira [nuestra carta](https://example.com/a_b), por favor.", "Mira nuestra carta, por favor."),
        ("<speak>Hola <break time='1s'/>Ana</speak>", "Hola Ana"),
        ("Claro \N{GRINNING FACE}\N{VARIATION SELECTOR-16} que sí", "Claro que sí"),
        ("za\N{ZERO WIDTH SPACE}pa\N{SOFT HYPHEN}to", "zapato"),
        ("uno\x07dos\x00tres", "uno dos tres"),
        ("`pip` y user_name", "pip y user name"),
        ("# Horario\n\nDe lunes a viernes", "Horario. De lunes a viernes"),
        ("Tenemos:\n- pan\n- vino", "Tenemos: pan. vino"),
        ("dos líneas\nde una frase", "dos líneas de una frase"),
        ("3 * 4 son 12", "3\N{MULTIPLICATION SIGN}4 son 12"),
        ("somos el #1 en C#", "somos el #1 en C#"),
        ("25 °C, 10 €, 50 %", "25 °C, 10 €, 50 %"),
        ("cancio\N{COMBINING ACUTE ACCENT}n", "canción"),
        ("a --- b ===== c", "a b c"),
        ("hola 你好 привет", "hola "),
        ("\N{MATHEMATICAL BOLD CAPITAL H}ola", "Hola"),
    ],
)
def test_only_what_a_person_would_say_is_left(written: str, said: str) -> None:
    assert speakable(written).text.strip() == said.strip()


@given(st.text(max_size=400))
def test_every_character_knows_where_it_came_from(original: str) -> None:
    result = speakable(original)
    assert len(result.text) == len(result.starts) == len(result.ends)
    assert list(result.starts) == sorted(result.starts)
    assert all(
        0 <= start <= end <= len(original) for start, end in zip(result.starts, result.ends, strict=True)
    )
    assert not any(ord(character) < 32 for character in result.text)


@given(st.text(alphabet=st.sampled_from("ab ñ.,;!?*_#\n-<>[]()😀1"), max_size=1_500))
def test_pieces_are_short_and_lose_no_word(original: str) -> None:
    spoken = speakable(original)
    pieces = list(cut_into_pieces(spoken))
    assert all(0 < len(piece.text) <= LONGEST_PIECE for piece in pieces)
    letters = [c for piece in pieces for word in piece.words for c in piece.text[word.at : word.until]]
    assert [c for c in letters if c.isalnum()] == [c for c in spoken.text if c.isalnum()]
    places = [(word.start, word.end) for piece in pieces for word in piece.words]
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(places))


def test_a_long_text_is_cut_after_a_sentence_if_it_can_be() -> None:
    sentence = "Esta frase tiene más o menos cincuenta letras, y ya. "
    pieces = list(cut_into_pieces(speakable(sentence * 10)))
    assert len(pieces) > 1
    assert all(piece.is_sentence_end for piece in pieces)
    assert all(piece.text.strip().endswith("ya.") for piece in pieces)


def test_a_word_is_found_again_behind_the_marks() -> None:
    original = "Hola, **señora** [García](http://x.y)!"
    (piece,) = cut_into_pieces(speakable(original))
    assert [original[word.start : word.end] for word in piece.words] == ["Hola", "señora", "García"]


@pytest.mark.parametrize(
    "silent", ["", "   ", "...", "¿?", "\N{GRINNING FACE}", "***", "\u200b", "你好", "---\n---"]
)
def test_nothing_to_pronounce_makes_no_piece(silent: str) -> None:
    assert list(cut_into_pieces(speakable(silent))) == []
