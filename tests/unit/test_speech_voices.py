"""Catalogues of voices are read for what they tell, and a voice is found for every language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.ports.tts_port import Voice
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.infrastructure.adapters.tts import elevenlabs_voices, openai_voices

MEXICAN = Language("es-MX")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["voices", "voice_id", "id", "name", "labels", "verified_languages", "language"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


def test_an_elevenlabs_voice_is_on_offer_in_each_language_it_was_found_good_in() -> None:
    answer = {
        "voices": [
            {
                "voice_id": "v1",
                "name": "Lucía",
                "labels": {"gender": "female", "language": "es"},
                "verified_languages": [
                    {"language": "fr", "locale": "fr-FR"},
                    {"language": "es", "locale": "es-MX"},
                    {"language": "en", "locale": None},
                ],
            },
            {"voice_id": "v2", "name": "Rex", "labels": {"gender": "dog"}},
            {"voice_id": "", "name": "Nobody"},
            {"name": "Nobody"},
        ]
    }
    assert elevenlabs_voices.catalogue(answer) == (
        Voice("v1", "Lucía", MEXICAN, "female"),
        Voice("v1", "Lucía", ENGLISH, "female"),
        Voice("v2", "Rex", ENGLISH),
    )


def test_the_best_elevenlabs_voice_is_of_the_region_or_else_of_the_language() -> None:
    voices = (Voice("en", "", ENGLISH), Voice("es", "", SPANISH), Voice("mx", "", MEXICAN))
    assert elevenlabs_voices.choose(voices, MEXICAN) == "mx"
    assert elevenlabs_voices.choose(voices, Language("es-AR")) == "es"
    assert elevenlabs_voices.choose(voices[1:], ENGLISH) == "es", "any voice speaks every language"
    assert elevenlabs_voices.choose((), SPANISH) == elevenlabs_voices.DEFAULT_VOICES[0].id


def test_kokoros_names_tell_language_and_gender() -> None:
    answer = {"voices": ["ef_dora", {"id": "bm_george"}, {"name": "jf_alpha"}, "alloy", 7, None]}
    assert openai_voices.listed_voices(answer) == (
        Voice("ef_dora", "ef_dora", SPANISH, "female"),
        Voice("bm_george", "bm_george", Language("en-GB"), "male"),
        Voice("alloy", "alloy", SPANISH),
        Voice("alloy", "alloy", ENGLISH),
    )


def test_a_bare_list_of_names_is_a_catalogue_as_well() -> None:
    assert [voice.id for voice in openai_voices.listed_voices(["em_alex"])] == ["em_alex"]


def test_openais_voices_speak_both_languages_and_newer_models_have_more() -> None:
    old, new = openai_voices.openai_voices("tts-1"), openai_voices.openai_voices("gpt-4o-mini-tts")
    assert {voice.language for voice in old} == {SPANISH, ENGLISH}
    assert {voice.id for voice in old} < {voice.id for voice in new}
    assert {bool(voice.styles) for voice in old} == {False}
    assert {bool(voice.styles) for voice in new} == {True}


def test_a_server_without_a_voice_for_the_language_is_asked_for_the_common_one() -> None:
    assert openai_voices.choose((), SPANISH) == openai_voices.COMMON_VOICE
    assert openai_voices.choose((Voice("af_heart", "", Language("en-US")),), SPANISH) == "alloy"
    assert openai_voices.choose((Voice("af_heart", "", Language("en-US")),), ENGLISH) == "af_heart"


@pytest.mark.parametrize("read", [elevenlabs_voices.catalogue, openai_voices.listed_voices])
@given(answer=JSON)
def test_no_catalogue_does_harm(read: object, answer: object) -> None:
    assert callable(read)
    voices = read(answer)
    assert all(voice.id and voice.language.base in ("es", "en") for voice in voices)
    assert len(read({"voices": [{"voice_id": str(n), "id": str(n)} for n in range(2_000)]})) <= 300
