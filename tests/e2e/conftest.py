"""Servers for end-to-end tests. Starting one takes seconds, so tests share them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.victoria import SIMULATED, Victoria, a_victoria


@pytest.fixture(scope="session")
def victoria(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victoria]:
    """The server as a person starts it: local engines, default settings."""
    with a_victoria(tmp_path_factory.mktemp("victoria")) as server:
        yield server


@pytest.fixture(scope="session")
def simulated_victoria(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victoria]:
    """A server whose engines follow a script: for what does not depend on words."""
    with a_victoria(tmp_path_factory.mktemp("simulated"), SIMULATED) as server:
        yield server
