"""When the sweep runs: at the start and every hour, whatever goes wrong, and not a moment after the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import cast

import pytest

from backend.application.services.retention import SWEEP_EVERY_S, RetentionSweep
from backend.domain.errors import StorageError
from backend.domain.ports.persistence_port import CallRepository
from backend.domain.ports.retention_port import KeptRecordings, OldCalls
from backend.domain.value_objects.retention import Retention
from tests.support.virtual_time import LoopClock, run_virtual


class Wishes:
    """No tenant wishes anything; when that was asked, in seconds, and what went wrong each time."""

    def __init__(self, *troubles: Exception | None) -> None:
        self.asked_at: list[float] = []
        self._troubles = list(troubles)

    async def all(self) -> Mapping[str, Retention]:
        self.asked_at.append(asyncio.get_running_loop().time())
        trouble = self._troubles.pop(0) if self._troubles else None
        if trouble is not None:
            raise trouble
        return {}

    async def get(self, tenant: str) -> Retention:
        raise NotImplementedError

    async def put(self, tenant: str, retention: Retention) -> None:
        raise NotImplementedError


class NothingToErase:
    async def erase(self) -> None:
        pass


def nothing_else() -> tuple[OldCalls, CallRepository, KeptRecordings]:
    """Return collaborators that are not asked when nobody wishes anything."""
    return cast("OldCalls", None), cast("CallRepository", None), cast("KeptRecordings", None)


def asked_at(wishes: Wishes, *, for_s: float) -> list[float]:
    """Run for a while in virtual time, and a while longer after the end."""

    async def main() -> None:
        async with RetentionSweep(wishes, *nothing_else(), LoopClock(), erasure=NothingToErase()).running():
            await asyncio.sleep(for_s)
        await asyncio.sleep(10 * SWEEP_EVERY_S)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_virtual(main())
    return wishes.asked_at


def test_at_the_start_and_every_hour_until_the_end() -> None:
    assert asked_at(Wishes(), for_s=2.5 * SWEEP_EVERY_S) == [0, SWEEP_EVERY_S, 2 * SWEEP_EVERY_S]


@pytest.mark.parametrize("trouble", [StorageError("away"), RuntimeError("a bug")])
def test_what_goes_wrong_is_logged_and_tried_again_in_an_hour(
    trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "backend.application.services.retention"):
        assert asked_at(Wishes(trouble), for_s=1.5 * SWEEP_EVERY_S) == [0, SWEEP_EVERY_S]
    assert len(caplog.records) == 1


def test_an_end_that_comes_with_an_error_stays_that_error() -> None:
    async def main() -> None:
        async with RetentionSweep(Wishes(), *nothing_else(), LoopClock(), erasure=NothingToErase()).running():
            raise StorageError("something else")

    with pytest.raises(StorageError, match="something else"):
        run_virtual(main())
