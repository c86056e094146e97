"""How many telephone calls one core holds: ``python -m benchmarks.telephone [calls …]``.

The server is a real process with simulated engines and the real voice detector, pinned to one core; the
callers speak the loopback carrier's language from another one. What is compared with the targets are ratios
within one run; ``docs/benchmarks/telephone.md`` says what came out.
"""

from __future__ import annotations

import asyncio
import os
import platform
import statistics
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Final

import uvloop

from benchmarks.server import LLM_MS, STT_MS, TTS_MS, Server, running_server
from benchmarks.telephone_load import Callers, Load, question_packets

CALLS: Final = (1, 50)
SECONDS: Final = 20.0
NUMBER: Final = "+99910000001"
MOST_BEYOND_ONE_MS: Final = 200
COLUMNS: Final = {
    "calls": 6,
    "turns": 7,
    "p50 ms": 8,
    "p95 ms": 8,
    "underruns": 11,
    "gap ms": 8,
    "lost": 6,
    "CPU ms/s": 10,
    "cores": 7,
    "MB/call": 9,
    "client p99 ms": 15,
}


def percentile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` of the values lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Let what is started in the block run on one core, and this process on the others from then on."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise SystemExit("The load and the server need a core each.")
    os.sched_setaffinity(0, {cores[core]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, set(cores) - {cores[core]})


async def number_with_agent(server: Server) -> str:
    """Have an agent answer a number, and return that."""
    agent = await server.new_agent(first_message="")
    line = {"number": NUMBER, "carrier": "loopback", "agent_id": agent}
    (await server.http.post("/api/config/numbers", json=line)).raise_for_status()
    return NUMBER


def row(load: Load) -> str:
    """Return a line of the table."""
    cells = (
        f"{load.calls}",
        f"{len(load.latencies)}",
        f"{percentile(load.latencies, 0.5):.0f}",
        f"{percentile(load.latencies, 0.95):.0f}",
        f"{load.underruns}",
        f"{load.worst_gap_ms:.0f}",
        f"{load.unanswered + load.lost}",
        f"{load.cpu_ms:.2f}",
        f"{load.cores:.2f}",
        f"{load.memory_bytes / 1e6:.2f}",
        f"{percentile(load.lateness, 0.99):.1f}",
    )
    return "".join(f"{cell:>{width}}" for cell, width in zip(cells, COLUMNS.values(), strict=True))


async def main(counts: tuple[int, ...]) -> bool:
    """Print the table, and return whether what is to be held holds."""
    packets = await question_packets()
    async with AsyncExitStack() as stack:
        with on_core(0):
            server = await stack.enter_async_context(running_server())
        callers = Callers(server, await number_with_agent(server), packets)
        print(f"{platform.machine()}, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}.")
        print(f"Simulated: STT {STT_MS} ms, LLM {LLM_MS} ms, TTS {TTS_MS} ms; {SECONDS:.0f} s each.\n")
        print("".join(f"{head:>{width}}" for head, width in COLUMNS.items()))
        loads: list[Load] = []
        for count in counts:
            loads.append(await callers.load(count, SECONDS))
            print(row(loads[-1]), flush=True)
    return all(_holds(load, loads[0]) for load in loads)


def _holds(load: Load, alone: Load) -> bool:
    """Whether a load was served as one call is."""
    p95 = percentile(load.latencies, 0.95)
    return (
        load.underruns == load.unanswered == load.lost == 0
        and p95 <= percentile(alone.latencies, 0.95) + MOST_BEYOND_ONE_MS
    )


if __name__ == "__main__":
    asked = tuple(int(argument) for argument in sys.argv[1:]) or CALLS
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        holds = runner.run(main(asked))
    print("\nEvery load was served as the first." if holds else "\nNot every load was served as the first.")
    sys.exit(0 if holds else 1)
