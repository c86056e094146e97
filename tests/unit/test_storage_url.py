"""Database URLs as people and hosting platforms write them."""

from __future__ import annotations

import pytest

from backend.domain.errors import ConfigurationError
from backend.infrastructure.database.session import parse_url


def test_a_hosted_databases_url_is_understood() -> None:
    url = parse_url("postgres://me:secret@db.example/victoria?sslmode=require&channel_binding=prefer")
    assert url.drivername == "postgresql+asyncpg"
    assert dict(url.query) == {"ssl": "require"}


def test_an_unknown_parameter_is_refused_by_name_and_without_the_password() -> None:
    with pytest.raises(ConfigurationError, match="sslmodus") as refused:
        parse_url("postgresql://me:secret@db.example/victoria?sslmodus=require")
    assert "secret" not in str(refused.value)
