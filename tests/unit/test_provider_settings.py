"""The settings of providers: whole or refused, and their keys never repeated."""

from __future__ import annotations

import base64
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
        ("MASTER_KEY", "hunter2", "VICTORIA_MASTER_KEY: this must be 32 bytes in base64"),
        ("MASTER_KEY", base64.b64encode(b"hunter2").decode(), "VICTORIA_MASTER_KEY: this must be 32 bytes"),
        ("MASTER_KEY", "hünter2", "VICTORIA_MASTER_KEY: this must be 32 bytes"),
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


def test_a_master_key_is_kept_as_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    key = base64.b64encode(bytes(range(32))).decode()
    monkeypatch.setenv("VICTORIA_MASTER_KEY", key)
    settings = load_settings(None)
    assert settings.master_key is not None
    assert settings.master_key.get_secret_value() == key
    assert key not in repr(settings)
