"""What Azure is told to say is the text, whatever the text looks like."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.value_objects.language import Language
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.adapters.azure.account import AzureAccount, locale_of
from backend.infrastructure.adapters.azure.ssml import ssml
from backend.infrastructure.adapters.azure.voices import VOICES, azure_voice

PREFIX = "{http://www.w3.org/2001/10/synthesis}"


def document(text: str, config: VoiceConfig | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(
        ssml(text, voice="es-ES-ElviraNeural", locale="es-ES", config=config or VoiceConfig())
    )


def test_voice_and_language_are_named() -> None:
    root = document("Hola.")
    assert root.tag == f"{PREFIX}speak"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "es-ES"
    (voice,) = root
    assert (voice.tag, voice.get("name"), voice.text) == (f"{PREFIX}voice", "es-ES-ElviraNeural", "Hola.")


@pytest.mark.parametrize(
    ("config", "attributes"),
    [
        (VoiceConfig(speed=0.5), {"rate": "0.50"}),
        (VoiceConfig(pitch=3), {"pitch": "+3.0st"}),
        (VoiceConfig(speed=2, pitch=-12), {"rate": "2.00", "pitch": "-12.0st"}),
        (VoiceConfig(pitch=12), {"pitch": "+7.0st"}),
    ],
)
def test_pace_and_pitch_are_said_in_prosody(config: VoiceConfig, attributes: dict[str, str]) -> None:
    ((prosody,),) = document("Hola.", config)
    assert (prosody.tag, prosody.attrib, prosody.text) == (f"{PREFIX}prosody", attributes, "Hola.")


def test_a_style_is_said_around_pace_and_pitch() -> None:
    ((styled,),) = document("Hola.", VoiceConfig(style='"alegre" & <más>', speed=2))
    assert (styled.tag, styled.attrib) == (
        "{https://www.w3.org/2001/mstts}express-as",
        {"style": '"alegre" & <más>'},
    )
    (prosody,) = styled
    assert (prosody.attrib, prosody.text) == ({"rate": "2.00"}, "Hola.")


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))
)
def test_no_text_is_taken_for_markup(text: str) -> None:
    (voice,) = document(text)
    assert (voice.text or "", list(voice)) == (text, [])


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    (voice,) = document("a\x00b\x1bc\ud800d\uffff")
    assert voice.text == "a b c d "


@pytest.mark.parametrize(
    ("asked", "locale", "voice"),
    [
        ("", "es-ES", "es-ES-ElviraNeural"),
        ("", "es-MX", "es-MX-DaliaNeural"),
        ("", "es-PE", "es-ES-ElviraNeural"),
        ("", "xx", None),
        ("en-US-Ava:DragonHDLatestNeural", "en-US", "en-US-Ava:DragonHDLatestNeural"),
        ("nobody", "en-US", None),
        ('x"><audio src="http://example.com/"/>', "en-US", None),
    ],
)
def test_the_voice_is_the_one_asked_for_or_that_of_the_place(
    asked: str, locale: str, voice: str | None
) -> None:
    assert azure_voice(asked, locale) == voice


def test_all_voices_on_offer_can_be_asked_for() -> None:
    assert {azure_voice(voice.id, "en-US") for voice in VOICES} == {voice.id for voice in VOICES}


@pytest.mark.parametrize(
    ("tag", "locale"), [("es", "es-ES"), ("en", "en-US"), ("es-419", "es-MX"), ("en-GB", "en-GB")]
)
def test_a_language_without_a_place_gets_one(tag: str, locale: str) -> None:
    assert locale_of(Language(tag)) == locale


@pytest.mark.parametrize(
    ("account", "language", "is_ready"),
    [
        (AzureAccount("k", region="westeurope"), "es", True),
        (AzureAccount("k", endpoint="ws://127.0.0.1:1"), "en-GB", True),
        (AzureAccount("k"), "es", False),
        (AzureAccount("", region="westeurope"), "es", False),
        (AzureAccount("k", region="westeurope"), "de", False),
    ],
)
def test_an_account_is_ready_with_a_key_and_a_place(
    account: AzureAccount, language: str, is_ready: bool
) -> None:
    readiness = account.readiness(Language(language))
    assert readiness.is_ready == is_ready
    assert bool(readiness.detail) != is_ready


def test_a_key_is_not_shown() -> None:
    assert "secret" not in repr(AzureAccount("secret", region="westeurope"))
