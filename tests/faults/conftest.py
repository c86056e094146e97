"""``VICTORIA_FAULTS=all`` plays the whole matrix and writes it down; see ``make faults``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from tests.faults.real_cells import IS_COMPLETE, all_cells
from tests.faults.report import Report
from tests.support.faulty_ways import PORTS, Way

VIRTUAL_CELLS: Final = len(PORTS) * len(Way) * 2


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    """Where each cell puts what came of it."""
    rows = Report()
    yield rows
    if IS_COMPLETE and len(rows.rows) == len(all_cells()) + VIRTUAL_CELLS:  # and not some that -k has chosen
        rows.write()
