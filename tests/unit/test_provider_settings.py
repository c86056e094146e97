"""The settings of providers: whole or refused, and their keys never repeated."""

from __future__ import annotations

import os

import pytest

from backend.domain.errors import ConfigurationError
from backend.infrastructure.config.settings import load_settings


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("VICTORIA_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("STT_BASE_URL", "http://127.0.0.1:9000/v1", "VICTORIA_STT_MODEL: a recogniser's address or key"),
        ("STT_API_KEY", "sk-hunter2", "VICTORIA_STT_MODEL: a recogniser's address or key"),
        ("TTS_VOICE", "alloy", "VICTORIA_TTS_MODEL: a voice's name, address or key"),
        ("DEEPGRAM_BASE_URL", "https://u:hunter2@dg.example", "VICTORIA_DEEPGRAM_BASE_URL: this must be"),
        ("ELEVENLABS_API_KEY", "hunter2\nX: 1", "VICTORIA_ELEVENLABS_API_KEY: a key is one word"),
    ],
)
def test_half_a_provider_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(f"VICTORIA_{variable}", value)
    with pytest.raises(ConfigurationError) as raised:
        load_settings(None)
    assert raised.value.message.startswith(sentence)
    assert "hunter2" not in raised.value.message
