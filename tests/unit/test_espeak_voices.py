import pytest

from backend.domain.value_objects.language import Language
from backend.infrastructure.adapters.tts.espeak_voices import VOICES, espeak_voice


@pytest.mark.parametrize(
    ("tag", "voice"),
    [
        ("es", "es"),
        ("es-ES", "es"),
        ("es-419", "es-419"),
        ("es-MX", "es-419"),
        ("en", "en-us"),
        ("en-US", "en-us"),
        ("en-GB", "en"),
        ("en-AU", "en"),
    ],
)
def test_a_language_gets_the_voice_of_its_region(tag: str, voice: str) -> None:
    assert espeak_voice("", Language(tag)) == voice


def test_a_voice_that_was_chosen_is_kept_in_any_language() -> None:
    assert espeak_voice("es+f3", Language("en")) == "es+f3"


def test_there_is_no_voice_for_unknown_names_and_languages() -> None:
    assert espeak_voice("nobody", Language("es")) is None
    assert espeak_voice("", Language("pt")) is None


def test_each_language_offers_a_man_and_a_woman_by_names_that_differ() -> None:
    assert len({voice.id for voice in VOICES}) == len(VOICES)
    for language in {voice.language for voice in VOICES}:
        genders = {voice.gender for voice in VOICES if voice.language == language}
        assert genders == {"male", "female"}
