"""What is left to store when a call ends: bounded for the call, and lost for nobody."""

from __future__ import annotations

import asyncio
import logging

import pytest

from backend.application.services.ending import CLOSE_TIMEOUT_S
from backend.application.services.late_ends import MAX_OWED, RETRY_S, LateEnds
from backend.domain.errors import StorageError
from tests.support.virtual_time import run_virtual


class Disk:
    """Storage that takes ``seconds``, and refuses the first ``refusals`` times."""

    def __init__(self, seconds: float = 0.0, refusals: int = 0, *, retryable: bool = True) -> None:
        self.seconds = seconds
        self.refusals = refusals
        self.retryable = retryable
        self.attempts = 0
        self.stored_at: float | None = None

    async def store(self) -> None:
        self.attempts += 1
        await asyncio.sleep(self.seconds)
        if self.attempts <= self.refusals:
            raise StorageError("full", retryable=self.retryable)
        self.stored_at = now()


def now() -> float:
    return asyncio.get_running_loop().time()


def test_what_is_stored_in_time_is_waited_for_and_not_longer() -> None:
    fast, slower = Disk(0.1), Disk(0.5)

    async def main() -> None:
        ends = LateEnds()
        await ends.store(fast.store, slower.store)
        assert (now(), ends.owed) == (0.5, 0)

    run_virtual(main())
    assert (fast.stored_at, slower.stored_at) == (0.1, 0.5)


def test_a_slow_disk_keeps_no_call_and_is_neither_broken_off_nor_asked_twice() -> None:
    slow = Disk(30)

    async def main() -> None:
        ends = LateEnds()
        await ends.store(slow.store)
        assert (now(), ends.owed) == (CLOSE_TIMEOUT_S, 1)
        await asyncio.sleep(30)
        assert ends.owed == 0

    run_virtual(main())
    assert (slow.attempts, slow.stored_at) == (1, 30)


def test_what_is_refused_for_now_is_tried_again_until_it_is_taken() -> None:
    full = Disk(refusals=4)

    async def main() -> None:
        ends = LateEnds()
        await ends.store(full.store)
        assert now() == 0
        await asyncio.sleep(60)
        assert ends.owed == 0

    run_virtual(main())
    assert (full.attempts, full.stored_at) == (5, sum(2**nth * RETRY_S[0] for nth in range(4)))


def test_what_is_refused_for_good_is_not_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    picky = Disk(refusals=1, retryable=False)

    async def main() -> None:
        ends = LateEnds()
        await ends.store(picky.store)
        assert ends.owed == 0

    run_virtual(main())
    assert picky.attempts == 1
    assert [vars(record)["is_given_up"] for record in caplog.records] == [True]


def test_there_is_an_end_to_what_is_kept_for_later() -> None:
    full = [Disk(refusals=99) for _ in range(MAX_OWED + 7)]

    async def main() -> None:
        ends = LateEnds()
        for disk in full:
            await ends.store(disk.store)
        assert ends.owed == MAX_OWED
        await ends.aclose()

    run_virtual(main())


def test_who_is_cancelled_leaves_the_work_to_be_done() -> None:
    slow = Disk(1)

    async def main() -> None:
        ends = LateEnds()
        waiting = asyncio.ensure_future(ends.store(slow.store))
        await asyncio.sleep(0.5)
        waiting.cancel()
        await asyncio.wait({waiting})
        assert waiting.cancelled()
        await ends.aclose()

    run_virtual(main())
    assert slow.stored_at == 1


def test_a_server_that_stops_waits_a_little_and_tells_what_was_not_stored(
    caplog: pytest.LogCaptureFixture,
) -> None:
    slow, slower = Disk(3), Disk(3_600)

    async def main() -> None:
        ends = LateEnds()
        async with ends.running():
            await ends.store(slow.store, slower.store)
        assert (now(), ends.owed) == (2 * CLOSE_TIMEOUT_S, 0)

    run_virtual(main())
    assert (slow.stored_at, slower.stored_at) == (3, None)
    assert [vars(record)["owed"] for record in caplog.records if record.levelno == logging.ERROR] == [1]


async def a_bug() -> None:
    raise RuntimeError("a bug")


async def a_late_bug() -> None:
    await asyncio.sleep(5)
    raise RuntimeError("a bug")


def test_a_bug_is_not_hushed_up(caplog: pytest.LogCaptureFixture) -> None:
    disk = Disk(1)

    async def main() -> None:
        ends = LateEnds()
        with pytest.raises(RuntimeError, match="a bug"):
            await ends.store(a_bug, disk.store)
        await ends.store(a_late_bug)
        await asyncio.sleep(5)
        assert ends.owed == 0

    run_virtual(main())
    assert disk.stored_at == 1
    assert "a bug" in caplog.text
