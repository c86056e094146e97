"""Ending things for certain."""

from __future__ import annotations

import asyncio

import pytest

from backend.application.services.ending import CLOSE_TIMEOUT_S, despite_cancellation, stop, within
from backend.domain.errors import StorageError
from tests.support.virtual_time import run_virtual


async def hang_on_cancel() -> None:
    try:
        await asyncio.sleep(3_600)
    finally:
        await asyncio.sleep(3_600)


def now() -> float:
    return asyncio.get_running_loop().time()


def test_a_task_that_hangs_when_it_is_cancelled_is_cancelled_again() -> None:
    async def main() -> None:
        task = asyncio.ensure_future(hang_on_cancel())
        await asyncio.sleep(1)
        await stop([task])
        assert task.cancelled()
        assert now() == pytest.approx(1 + CLOSE_TIMEOUT_S)

    run_virtual(main())


def test_tasks_that_go_at_once_are_not_waited_for() -> None:
    async def main() -> None:
        tasks: list[asyncio.Future[None]] = [asyncio.ensure_future(asyncio.sleep(9)) for _ in range(3)]
        await asyncio.sleep(1)
        await stop([task for task in tasks if isinstance(task, asyncio.Task)])
        assert all(task.cancelled() for task in tasks)
        assert now() == 1

    run_virtual(main())


@pytest.mark.parametrize("error", [StorageError("full"), None])
def test_a_step_that_storage_refuses_or_that_hangs_is_given_up(error: StorageError | None) -> None:
    async def work() -> None:
        if error is not None:
            raise error
        await asyncio.sleep(3_600)

    async def main() -> None:
        await within(2.0, work)
        assert now() == (0 if error else 2)

    run_virtual(main())


def test_a_bug_in_a_step_is_not_hushed_up() -> None:
    async def work() -> None:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        run_virtual(within(2.0, work))


@pytest.mark.parametrize(("cancellations", "is_done"), [(1, True), (2, False)])
def test_work_is_done_despite_one_cancellation_but_not_two(cancellations: int, is_done: bool) -> None:
    done: list[float] = []

    async def work() -> None:
        await asyncio.sleep(2)
        done.append(now())

    async def main() -> None:
        task = asyncio.ensure_future(despite_cancellation(work()))
        for _ in range(cancellations):
            await asyncio.sleep(0.5)
            task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()

    run_virtual(main())
    assert done == ([2] if is_done else [])
