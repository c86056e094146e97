"""The fixture of storage tests that take the database away."""

from __future__ import annotations

import pytest

from backend.infrastructure.database.session import Database
from tests.support.databases import PostgresServer


@pytest.fixture
def server(request: pytest.FixtureRequest, storage: Database) -> PostgresServer | None:
    return None if storage.is_sqlite else request.getfixturevalue("postgres")
