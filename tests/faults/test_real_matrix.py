"""The same over real sockets: our adapters, the providers' SDKs, and services that fail at every level.

All calls are played once, side by side, before the first test looks at its own. ``make faults`` plays every
engine in every way, with and without a stand-in, and writes ``docs/operations/fault-matrix.md``; otherwise
each way to fail is played once for each port.
"""

from __future__ import annotations

import asyncio
from typing import Final

import pytest

from tests.faults.known import marks
from tests.faults.real_cells import IS_COMPLETE, Cell, Result, all_cells, play_all, some_cells
from tests.faults.report import Report, Row

pytestmark = pytest.mark.live

CELLS: Final = all_cells() if IS_COMPLETE else some_cells()


@pytest.fixture(scope="module")
def results(request: pytest.FixtureRequest) -> dict[str, Result | BaseException]:
    """What came of the calls of those tests that were asked for."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    asked_for = {item.callspec.params.get("cell") for item in items if hasattr(item, "callspec")}
    return asyncio.run(play_all([cell for cell in CELLS if cell in asked_for]))


@pytest.mark.parametrize(
    "cell", [pytest.param(cell, id=cell.name, marks=marks(cell.known_trouble)) for cell in CELLS]
)
def test_the_caller_is_never_left_alone(
    cell: Cell, results: dict[str, Result | BaseException], report: Report
) -> None:
    result = results[cell.name]
    if isinstance(result, BaseException):
        raise result
    report.add(Row(cell.backend.port, cell.backend.name, cell.way, cell.has_stand_in, result.verdict))
    assert not result.verdict.problems, "\n".join([*result.verdict.problems, result.dialogue])


def test_nothing_was_left_to_the_loop(results: dict[str, Result | BaseException]) -> None:
    assert "loop" not in results, results["loop"]
