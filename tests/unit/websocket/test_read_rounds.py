"""What sockets bring is taken in rounds, and a socket notices nothing of the others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from backend.interfaces.websocket.read_rounds import ROUND_S, ReadRounds
from tests.support.virtual_time import run_virtual

MS = 0.001


class Line:
    """A socket that notes what it takes and when, in milliseconds."""

    def __init__(self, rounds: ReadRounds) -> None:
        self._rounds = rounds
        self.taken: list[tuple[bytes, int]] = []
        self.failures: list[Exception] = []
        self.is_broken = False

    def brings(self, content: bytes) -> None:
        self._rounds.read(self, content)

    def ends(self) -> None:
        self._rounds.finish(self)

    def take(self, content: bytes) -> None:
        if self.is_broken:
            raise ValueError(content)
        self.taken.append((content, round(asyncio.get_running_loop().time() / MS)))

    def fail(self, error: Exception) -> None:
        self.failures.append(error)


def lines_in(scene: Callable[[list[Line]], Awaitable[None]], count: int = 3) -> list[Line]:
    """Return so many sockets after ``scene`` and the round that follows it."""

    async def play() -> list[Line]:
        rounds = ReadRounds()
        lines = [Line(rounds) for _ in range(count)]
        await scene(lines)
        await asyncio.sleep(ROUND_S)
        return lines

    return run_virtual(play())


def test_a_call_alone_never_waits() -> None:
    async def scene(lines: list[Line]) -> None:
        for _ in range(3):
            lines[0].brings(b"packet")
            await asyncio.sleep(20 * MS)

    assert [at for _, at in lines_in(scene)[0].taken] == [0, 20, 40]


def test_what_comes_shortly_after_a_round_is_taken_together_in_the_next() -> None:
    async def scene(lines: list[Line]) -> None:
        for line in lines:
            line.brings(b"packet")
            await asyncio.sleep(2 * MS)
        lines[0].brings(b"packet")  # the second round was at 5 ms

    assert [[at for _, at in line.taken] for line in lines_in(scene)] == [[0, 10], [5], [5]]


def test_of_a_socket_that_brings_much_only_the_last_is_kept() -> None:
    async def scene(lines: list[Line]) -> None:
        for line in lines[:2]:
            line.brings(b"one")
        await asyncio.sleep(1 * MS)
        for content in (b"two", b"three"):
            lines[1].brings(content)

    assert lines_in(scene)[1].taken == [(b"one", 1), (b"two", 1), (b"three", 6)]


def test_what_a_socket_has_brought_is_taken_before_its_end_is() -> None:
    async def scene(lines: list[Line]) -> None:
        for line in lines:
            line.brings(b"goodbye")
        await asyncio.sleep(1 * MS)
        lines[1].ends()
        assert lines[1].taken == [(b"goodbye", 1)]
        lines[1].ends()

    assert lines_in(scene)[2].taken == [(b"goodbye", 1)]


def test_an_error_ends_the_connection_that_it_is_in_and_no_other() -> None:
    async def scene(lines: list[Line]) -> None:
        lines[1].is_broken = True
        for _ in range(2):
            for line in lines:
                line.brings(b"packet")
            await asyncio.sleep(20 * MS)

    first, broken, last = lines_in(scene)
    assert (len(first.taken), len(broken.taken), len(last.taken)) == (2, 0, 2)
    assert [type(failure) for failure in broken.failures] == [ValueError, ValueError]
    assert first.failures == last.failures == []
