"""Whole calls over real sockets, in real time, many at once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from tests.faults.backends import BACKENDS, Backend
from tests.faults.known import known_trouble
from tests.faults.lateness import Lateness, watched_lateness
from tests.faults.scripts import caller_for, expect_outcome
from tests.faults.trial import Trial
from tests.faults.verdict import Verdict, judge
from tests.support.faulty_server import FaultyServer, faulty_server
from tests.support.faulty_ways import PORTS, Way
from tests.support.scripted import ScriptedTts

IS_COMPLETE: Final = os.environ.get("VICTORIA_FAULTS") == "all"
CAP_S: Final = 3.0  # of a session: eight minutes would be too long for a test
AT_ONCE: Final = 30
BETWEEN_S: Final = 0.1  # two beginnings: each client loads its certificates
_LONGEST_CALL_S: Final = 90.0
_CLOSING_S: Final = 10.0


@dataclass(frozen=True)
class Cell:
    """One call to be made."""

    backend: Backend
    way: Way
    has_stand_in: bool

    @property
    def name(self) -> str:
        """What it is called in reports."""
        company = "with a stand-in" if self.has_stand_in else "alone"
        return f"{self.backend.port}: {self.backend.name}, {self.way}, {company}"

    @property
    def known_trouble(self) -> str | None:
        """What is known to be wrong with it."""
        return known_trouble(self.backend.port, self.backend.name, self.way, has_stand_in=self.has_stand_in)


@dataclass(frozen=True)
class Result:
    """What came of it."""

    cell: Cell
    verdict: Verdict
    dialogue: str


def all_cells() -> list[Cell]:
    """Every engine, every way to fail, with and without a stand-in."""
    return [Cell(*parts) for parts in product(BACKENDS, Way, (True, False))]


def some_cells() -> list[Cell]:
    """Every way to fail once for each port: engines and stand-ins take turns."""
    return list(_some_cells())


def _some_cells() -> Iterator[Cell]:
    for port in PORTS:
        backends = [backend for backend in BACKENDS if backend.port == port]
        for number, way in enumerate(Way):
            yield Cell(backends[number // 2 % len(backends)], way, has_stand_in=number % 2 == 0)


async def play_all(cells: Sequence[Cell]) -> dict[str, Result | BaseException]:
    """Play all these calls, ``AT_ONCE`` at a time; return what came of each by its name. What a call raised
    is returned in its place; what nobody handled, under the name "loop"."""
    results: dict[str, Result | BaseException] = {}
    turnstile = asyncio.Semaphore(AT_ONCE)
    unhandled: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(str(context)))

    async def play(cell: Cell) -> None:
        async with turnstile:
            try:
                async with asyncio.timeout(_LONGEST_CALL_S):
                    results[cell.name] = await _play(cell, lateness)
            except Exception as error:  # whatever it is, it is this cell's result: the others go on
                results[cell.name] = error

    async with watched_lateness() as lateness, asyncio.TaskGroup() as group:
        for cell in cells:
            group.create_task(play(cell))
            await asyncio.sleep(BETWEEN_S)
    if unhandled:
        results["loop"] = AssertionError("\n".join(unhandled))
    return results


async def _play(cell: Cell, lateness: Lateness) -> Result:
    backend, began_at = cell.backend, asyncio.get_running_loop().time()
    async with backend.serve() as service:
        proxy = faulty_server(cell.way, service.port, backend.delivery, outage=backend.outage, cap_s=CAP_S)
        async with proxy as server:
            async with backend.connect(server.address) as engine:
                trial = _trial(cell, engine)
                trial.will_ask = service.will_ask
                await trial.run(caller_for(cell.way, has_stand_in=cell.has_stand_in, cap_s=CAP_S))
            verdict = judge(trial, tolerance=lateness.tolerance_since(began_at), is_exact=cell.has_stand_in)
            expect_outcome(trial, cell.way, verdict)
            await _expect_closed(server, verdict)
    return Result(cell, verdict, "\n".join(f"{role.value}: {text}" for role, text in trial.dialogue))


def _trial(cell: Cell, engine: Any) -> Trial:
    return Trial(
        tts=ScriptedTts(ms_per_character=25),
        port=cell.backend.port,
        engine=engine,
        has_stand_in=cell.has_stand_in,
    )


async def _expect_closed(server: FaultyServer, verdict: Verdict) -> None:
    """Wait until the client has closed all its sockets, but not for ever."""
    loop = asyncio.get_running_loop()
    until = loop.time() + _CLOSING_S
    while server.open_connections and loop.time() < until:  # noqa: ASYNC110  (nobody tells when)
        await asyncio.sleep(0.02)
    verdict.expect(server.open_connections == 0, f"{server.open_connections} sockets were left open")
