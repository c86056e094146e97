"""Azure's list of voices becomes ours: our languages, the usual voices first, nothing that cannot be used."""

from __future__ import annotations

from typing import Any

import pytest

from backend.infrastructure.adapters.azure.account import AzureAccount
from backend.infrastructure.adapters.azure.voices import parse_voices


def entry(name: str, **changes: object) -> dict[str, Any]:
    language, region, rest = name.split("-")
    usual = {"ShortName": name, "LocalName": rest, "Locale": f"{language}-{region}", "Gender": "Male"}
    return usual | changes


def test_the_usual_voices_come_first_and_other_languages_not_at_all() -> None:
    listed = [entry(f"{name}Neural") for name in ("de-DE-Katja", "en-US-Zoe", "es-ES-Alvaro", "es-ES-Elvira")]
    ids = [voice.id for voice in parse_voices(listed)]
    assert ids == ["es-ES-ElviraNeural", "es-ES-AlvaroNeural", "en-US-ZoeNeural"]


@pytest.mark.parametrize(
    "changes",
    [
        {"Status": "Deprecated"},
        {"ShortName": 'x"/><audio src="y"/>'},
        {"ShortName": 7},
        {"Locale": "es-nowhere"},
        {"Gender": None},
        {"StyleList": 7},
    ],
)
def test_what_cannot_be_used_is_left_out(changes: dict[str, object]) -> None:
    listed = [entry("es-ES-ElviraNeural", **changes), entry("es-ES-AlvaroNeural")]
    assert [voice.id for voice in parse_voices(listed)] == ["es-ES-AlvaroNeural"]


@pytest.mark.parametrize("listed", [None, {}, {"error": "no"}, "voices", [None, 7, "x", []]])
def test_what_is_no_list_of_voices_has_none(listed: object) -> None:
    assert parse_voices(listed) == ()


@pytest.mark.parametrize(
    ("account", "url"),
    [
        (
            AzureAccount("k", region="westeurope"),
            "https://westeurope.tts.speech.microsoft.com/cognitiveservices/voices/list",
        ),
        (
            AzureAccount("k", endpoint="https://name.cognitiveservices.azure.com/"),
            "https://name.cognitiveservices.azure.com/tts/cognitiveservices/voices/list",
        ),
        (
            AzureAccount("k", endpoint="wss://127.0.0.1:1/any?x=1"),
            "https://127.0.0.1:1/tts/cognitiveservices/voices/list",
        ),
    ],
)
def test_the_list_is_where_the_account_is(account: AzureAccount, url: str) -> None:
    assert account.voices_url == url
