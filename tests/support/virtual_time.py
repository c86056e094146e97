"""An event loop whose clock jumps to the next deadline, as trio's MockClock does.

Nothing is waited for: when no task can run, time moves to the next timer. A minute of call takes
milliseconds and gives the same timeline every time; a deadlock (no task can run and there is no timer)
fails at once instead of hanging. Real sockets, threads and subprocesses do not belong in such a loop.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class DeadlockError(AssertionError):
    """Every task waits for another one."""


class _InstantSelector(selectors.DefaultSelector):
    """Waits for nothing: tells the loop how long it would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.waited = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise DeadlockError("nothing can ever happen again")
        self.waited += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop that lives in virtual time, beginning at 0 s."""

    def __init__(self) -> None:
        self._instant_selector = _InstantSelector()
        super().__init__(self._instant_selector)

    def time(self) -> float:
        return self._instant_selector.waited


class LoopClock:
    """A ``ClockPort`` on the running loop's clock; the wall clock shows a fixed day."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def monotonic_ns(self) -> int:
        return round(self._loop.time() * 1_000_000_000)

    def wall_ms(self) -> int:
        return 1_700_000_000_000 + self.monotonic_ns() // 1_000_000


def run_virtual(main: Coroutine[Any, Any, T]) -> T:
    """Run ``main`` in virtual time and return its result; fails if it leaves a task behind."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(_alone(main))


async def _alone(main: Coroutine[Any, Any, T]) -> T:
    result = await main
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, f"tasks left behind: {left}"
    return result
