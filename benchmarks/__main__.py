"""Measure: ``make bench``.

Engines are simulated (set delays), the voice detector, the server, the socket and the audio are real. Times
are information about this machine; what is compared with the targets is our own part. The last table is of
calls in virtual time.
"""

from __future__ import annotations

import asyncio
import os
import platform
import statistics
import sys

from benchmarks import haste
from benchmarks.server import LLM_MS, STT_MS, TTS_MS, running_server
from benchmarks.turn import HASTY, PAUSE_MS, Sample, interruptions, turns

TURNS = 20
INTERRUPTIONS = 20


def percentile(values: list[float], share: float) -> float:
    """Return the value below which ``share`` of the values lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[round(share * 100) - 1]


def row(name: str, samples: list[Sample], target: str) -> str:
    """Return a line of the table."""
    felt, own = [sample.felt for sample in samples], [sample.own for sample in samples]
    cells = [f"{percentile(values, share):9.1f}" for values in (felt, own) for share in (0.5, 0.95)]
    return f"{name:24}{len(samples):6}{''.join(cells)}   {target}"


async def main() -> None:
    """Print the table."""
    async with running_server() as server:
        answered = await turns(server, TURNS)
        hasty = await turns(server, TURNS, HASTY)
        interrupted = await interruptions(server, INTERRUPTIONS)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {sys.version.split()[0]}; one call at a time."
    )
    print(f"Simulated: STT {STT_MS} ms, LLM {LLM_MS} ms, TTS {TTS_MS} ms; granted pause {PAUSE_MS} ms.\n")
    heads = "".join(f"{head:>9}" for head in ("felt p50", "p95", "own p50", "p95"))
    print(f"{'milliseconds':24}{'n':>6}{heads}   target for our own part")
    print(row("turn, voice to voice", answered, "p50 <= 10, p95 <= 25"))
    felt = [percentile([sample.felt for sample in samples], 0.5) for samples in (answered, hasty)]
    goal = f"{felt[0] * 0.75:.1f}, a quarter less"
    print(f"{'… of an agent in haste':24}{len(hasty):6}{felt[1]:9.1f}{'':27}   {goal}")
    print(row("interruption to silence", interrupted, "p50 <= 20, beyond the detector's decision"))


if __name__ == "__main__":
    asyncio.run(main())
    print(f"\n{haste.table()}")
