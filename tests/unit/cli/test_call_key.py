"""Whose key goes where."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.domain.errors import ConfigurationError
from backend.interfaces.cli.call import server_for

KEY = "vk_" + "k" * 43


@pytest.fixture(autouse=True)
def _own_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VICTORIA_API_KEY", raising=False)
    monkeypatch.setenv("VICTORIA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("VICTORIA_PORT", "8123")
    (tmp_path / "owner.key").write_text(KEY)


def test_this_machines_server_is_called_with_the_owners_key() -> None:
    server = server_for(None, None)
    assert (server.url, server.key) == ("http://127.0.0.1:8123", KEY)
    assert server_for("http://localhost:9000", None).key == KEY


@pytest.mark.parametrize("url", ["http://voice.example.com", "http://127.0.0.1.example.com", "http://["])
def test_the_owners_key_never_leaves_the_machine(url: str) -> None:
    with pytest.raises(ConfigurationError, match="--key"):
        server_for(url, None)


def test_a_key_that_is_given_goes_where_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    assert server_for("http://voice.example.com", "vk_other").key == "vk_other"
    monkeypatch.setenv("VICTORIA_API_KEY", "vk_from_environment")
    assert server_for("http://voice.example.com", None).key == "vk_from_environment"
