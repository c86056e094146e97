"""Settings say what they mean, and what is wrong with them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from backend.domain.errors import ConfigurationError
from backend.infrastructure.config.features import Feature, Features
from backend.infrastructure.config.settings import ENV_FILE, Settings, load_settings, variable_of

EXAMPLE = ENV_FILE.with_name(".env.example")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("VICTORIA_") or name == "DATABASE_URL":
            monkeypatch.delenv(name)


def _variables_of_settings() -> set[str]:
    names = set()
    for name, field in Settings.model_fields.items():
        choices = getattr(field.validation_alias, "choices", [variable_of(name)])
        names.add(str(choices[-1]))
    return names


def _example() -> dict[str, str]:
    lines = [line for line in EXAMPLE.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def _default(name: str) -> object:
    return Settings.model_fields[name].default


def test_the_example_documents_every_setting_and_nothing_else() -> None:
    assert set(_example()) == _variables_of_settings()


def test_the_example_shows_the_defaults() -> None:
    assert load_settings(EXAMPLE) == load_settings(None)
    unset = {variable for variable, shown in _example().items() if not shown}
    with_default = unset - {variable_of(name) for name in Settings.model_fields if not _default(name)}
    assert with_default <= {"DATABASE_URL", "VICTORIA_CONSOLE_DIR"}


def test_without_any_setting_the_server_keeps_to_itself() -> None:
    settings = load_settings(None)
    assert (settings.host, settings.is_loopback_only) == ("127.0.0.1", True)
    assert settings.storage_url == "sqlite:///data/victoria.db"
    assert not settings.simulated_engines


def test_our_own_name_for_the_database_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///platform.db")
    monkeypatch.setenv("VICTORIA_DATABASE_URL", "sqlite:///own.db")
    assert load_settings(None).storage_url.endswith("own.db")


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("VICTORIA_PORT", "99999", "VICTORIA_PORT: input should be less than or equal to 65535."),
        ("VICTORIA_PORT", "web", "VICTORIA_PORT: input should be a valid integer"),
        ("VICTORIA_ALLOWED_ORIGINS", "*", "'*' is not an origin such as https://console.example.com."),
        ("VICTORIA_ALLOWED_ORIGINS", "https://a.example/path", "is not an origin"),
        ("VICTORIA_TRUSTED_PROXIES", "proxy.example", "is not an address or network such as 10.0.0.0/8."),
        ("VICTORIA_PUBLIC_BASE_URL", "voice.example", "VICTORIA_PUBLIC_BASE_URL: this must be an address"),
        ("VICTORIA_LOG_LEVEL", "loud", "VICTORIA_LOG_LEVEL: input should be 'debug', 'info'"),
        ("VICTORIA_DISABLED_FEATURES", "sound", "'sound' is not a valid Feature; there are recording"),
    ],
)
def test_an_unusable_value_is_one_sentence_with_the_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError) as raised:
        load_settings(None)
    assert raised.value.message.startswith(f"{variable}: ")
    assert sentence in raised.value.message
    assert "\n" not in raised.value.message


@pytest.mark.parametrize("variable", ["VICTORIA_LLM_BASE_URL", "VICTORIA_LLM_API_KEY"])
def test_half_a_language_model_is_not_ignored_in_silence(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:11434/v1")
    with pytest.raises(ConfigurationError, match=r"^VICTORIA_LLM_MODEL: .* needs the model's name\.$"):
        load_settings(None)
    monkeypatch.setenv("VICTORIA_LLM_MODEL", "llama3")
    assert load_settings(None).llm_model == "llama3"


def test_every_unusable_value_gets_its_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VICTORIA_PORT", "0")
    monkeypatch.setenv("VICTORIA_MAX_CALLS", "none")
    with pytest.raises(ConfigurationError) as raised:
        load_settings(None)
    assert [line.partition(":")[0] for line in raised.value.message.splitlines()] == [
        "VICTORIA_PORT",
        "VICTORIA_MAX_CALLS",
    ]


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env.local"
    file.write_text("VICTORIA_PORT=9001\nVICTORIA_HOST=0.0.0.0\nOTHER_PROGRAM=1\n")
    monkeypatch.setenv("VICTORIA_PORT", "9002")
    settings = load_settings(file)
    assert (settings.host, settings.port, settings.is_loopback_only) == ("0.0.0.0", 9002, False)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"VICTORIA_HOST": "::1"}, True),
        ({"VICTORIA_HOST": "localhost"}, True),
        ({"VICTORIA_HOST": "victoria.internal"}, False),
        ({"VICTORIA_TRUSTED_PROXIES": "127.0.0.1"}, False),
        ({"VICTORIA_PUBLIC_BASE_URL": "https://voice.example.com"}, False),
    ],
)
def test_loopback_means_that_no_proxy_stands_before_it(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: bool
) -> None:
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    assert load_settings(None).is_loopback_only is expected


def test_secrets_stay_out_of_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hunter2@h/d")
    monkeypatch.setenv("VICTORIA_LLM_API_KEY", "sk-hunter2")
    monkeypatch.setenv("VICTORIA_LLM_MODEL", "gpt")
    monkeypatch.setenv("VICTORIA_PORT", "0")
    with pytest.raises(ConfigurationError) as raised:
        load_settings(None)
    assert "hunter2" not in raised.value.message
    monkeypatch.delenv("VICTORIA_PORT")
    assert "hunter2" not in repr(load_settings(None))


def test_settings_do_not_change_after_the_start() -> None:
    settings: BaseSettings = load_settings(None)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[attr-defined]


def test_features_are_on_unless_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VICTORIA_DISABLED_FEATURES", "recording, metrics")
    features = load_settings(None).features
    assert [feature for feature in Feature if features.is_enabled(feature)] == [Feature.CONSOLE]
    assert Features() == Features.without([])


def test_what_is_given_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VICTORIA_PORT", "1234")
    assert load_settings(None, port=4321).port == 4321
    with pytest.raises(ConfigurationError, match="VICTORIA_PORT"):
        load_settings(None, port=99_999)


def test_a_page_at_the_public_address_may_open_calls() -> None:
    settings = load_settings(
        None, public_base_url="https://voice.example.com/console", allowed_origins="https://a.example"
    )
    assert settings.origins == ("https://a.example", "https://voice.example.com")


def test_an_ipv6_address_is_written_so_that_a_browser_understands_it() -> None:
    assert load_settings(None, host="::1", port=8000).address == "http://[::1]:8000"
