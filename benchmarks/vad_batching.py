"""What batching the windows of several calls is worth: CPU time per window of Silero VAD.

    python -m benchmarks.vad_batching

Every stream gets a window of noise each round, as in a server full of callers; a round is over when all
are judged. CPU time covers everything (accept, gather, run, callbacks, the loop's timer); waiting does
not count. Machines differ and are shared, so read the ratios to one stream; microseconds are information.
"""

from __future__ import annotations

import asyncio
import statistics
import time

import numpy as np

from backend.infrastructure.adapters.vad.silero_vad import SileroVad

STREAMS = (1, 8, 32, 128)
WINDOWS = 2_560  # judged in one measurement, however many streams share them
REPEATS = 5


async def measure(vad: SileroVad, rate: int, streams: int) -> tuple[float, float]:
    """Return CPU microseconds per window, and the most (µs) that one ``accept`` held the loop."""
    missing = 0
    complete = asyncio.Event()

    def judged(_: float) -> None:
        nonlocal missing
        missing -= 1
        if missing == 0:
            complete.set()

    opened = [vad.open(rate, judged) for _ in range(streams)]
    noise = np.random.default_rng(1).standard_normal(opened[0].window_samples) * 300
    window = noise.astype("<i2").tobytes()
    longest = 0.0
    rounds = WINDOWS // streams
    began_cpu = time.process_time()
    for _ in range(rounds):
        missing = streams
        complete.clear()
        for stream in opened:
            began = time.thread_time()
            stream.accept(window)
            longest = max(longest, time.thread_time() - began)
        await complete.wait()
    cpu = time.process_time() - began_cpu
    for stream in opened:
        stream.close()
    return cpu / (rounds * streams) * 1e6, longest * 1e6


async def main() -> None:
    """Print one table."""
    began = time.perf_counter()
    vad = SileroVad()
    print(f"load and warm-up: {(time.perf_counter() - began) * 1000:.0f} ms")
    print(f"{'rate':>6} {'streams':>8} {'us/window':>10} {'ratio':>6} {'longest hold us':>16}")
    for rate in sorted(vad.rates):
        alone = 0.0
        for streams in STREAMS:
            results = [await measure(vad, rate, streams) for _ in range(REPEATS)]
            per_window = statistics.median(result[0] for result in results)
            longest = statistics.median(result[1] for result in results)
            alone = alone or per_window
            print(f"{rate:>6} {streams:>8} {per_window:>10.0f} {per_window / alone:>6.2f} {longest:>16.0f}")


if __name__ == "__main__":
    asyncio.run(main())
