"""Cloud engines come first when their settings are there, whole, and not otherwise."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from backend.application.factories.engine_directory import Catalogue
from backend.bootstrap_engines import build_house
from backend.domain.errors import ConfigurationError
from backend.infrastructure.config.settings import load_settings
from backend.infrastructure.providers.known_providers import KnownProviders

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("VICTORIA_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("VICTORIA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("VICTORIA_MOONSHINE_DOWNLOAD", "false")


def test_without_keys_there_are_no_cloud_engines() -> None:
    house = build_house(load_settings(None), KnownProviders())
    providers = Catalogue.of(house.vad, house.sets).registry
    assert (list(providers.stt), list(providers.llm), list(providers.tts)) == (
        ["moonshine", "pocketsphinx"],
        ["builtin"],
        ["espeak"],
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("VICTORIA_AZURE_SPEECH_REGION", "westeurope"),
        ("VICTORIA_AZURE_SPEECH_ENDPOINT", "https://name.cognitiveservices.azure.com"),
    ],
)
def test_with_keys_the_cloud_comes_first(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv("VICTORIA_AZURE_SPEECH_KEY", KEY)
    monkeypatch.setenv(variable, value)
    monkeypatch.setenv("VICTORIA_GROQ_API_KEY", KEY)
    monkeypatch.setenv("VICTORIA_LLM_MODEL", "gpt")
    house = build_house(load_settings(None), KnownProviders())
    providers = Catalogue.of(house.vad, house.sets).registry
    assert (list(providers.stt), list(providers.llm), list(providers.tts)) == (
        ["azure", "moonshine", "pocketsphinx"],
        ["groq", "openai", "builtin"],
        ["azure", "espeak"],
    )
    assert all(engines.name for engines in house.sets.values())
    assert KEY not in repr(house)


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("AZURE_SPEECH_KEY", KEY, "VICTORIA_AZURE_SPEECH_REGION: Azure's key needs its region, or an"),
        ("AZURE_SPEECH_REGION", "westeurope", "VICTORIA_AZURE_SPEECH_KEY: Azure's region or endpoint needs"),
        ("AZURE_SPEECH_REGION", "evil.example/?", "VICTORIA_AZURE_SPEECH_REGION: this must be a region"),
        ("AZURE_SPEECH_ENDPOINT", "ftp://x", "VICTORIA_AZURE_SPEECH_ENDPOINT: this must be an address"),
        ("GROQ_BASE_URL", "groq", "VICTORIA_GROQ_BASE_URL: this must be an address"),
    ],
)
def test_half_a_setting_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(f"VICTORIA_{variable}", value)
    with pytest.raises(ConfigurationError) as caught:
        load_settings(None)
    assert sentence in caught.value.message
    assert KEY not in caught.value.message
