"""What a caller cannot have said."""

from __future__ import annotations

import pytest

from backend.infrastructure.adapters.stt.whisper_inventions import spoken_words


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "...",
        "[BLANK_AUDIO]",
        " [Music] ♪♪ (applause)",
        "*coughs*",
        "Subtítulos realizados por la comunidad de Amara.org",
        "Subtitles by the Amara.org community",
        "Thanks for watching!",
        "¡Gracias por ver el video!",
        "¡Suscríbete!",
    ],
)
def test_credits_and_noises_are_no_words(text: str) -> None:
    assert spoken_words(text, voiced_ms=2_000) == ""


@pytest.mark.parametrize("text", ["Thank you.", "¡Gracias!", "you"])
def test_a_click_has_not_said_thank_you_and_a_caller_has(text: str) -> None:
    assert spoken_words(text, voiced_ms=120) == ""
    assert spoken_words(text, voiced_ms=400) == text


@pytest.mark.parametrize(
    "text",
    [
        "Sí.",
        "Yes (I think so).",
        "[laughs] No, gracias.",
        "Thank you for watching my dog.",
        "5",
        "Mi correo es ana@amara.com",
    ],
)
def test_whatever_else_was_said_stays(text: str) -> None:
    assert spoken_words(text, voiced_ms=120) == text


def test_line_breaks_and_the_space_in_front_are_not_spoken() -> None:
    assert spoken_words(" Hello,\n  it is me.\n", voiced_ms=900) == "Hello, it is me."


def test_a_long_answer_is_judged_quickly() -> None:
    text = "[a] " * 20_000 + "["
    assert spoken_words(text, voiced_ms=900) == text.strip()
