"""``VICTORIA_FAULTS=all`` plays the whole matrix and writes it down; see ``make faults``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.real_cells import IS_COMPLETE
from tests.faults.report import Report


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    """Where each cell puts what came of it."""
    rows = Report()
    yield rows
    if IS_COMPLETE:
        rows.write()
