"""A caller's loudspeaker, without the loudspeaker: what of the received audio is played, and when.

It plays gaplessly in the order of arrival, at once when it was silent, and forgets what it has not played
when told to flush. All times are samples on the caller's own line; they come in as data and never go back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

# A browser learns what was played in quanta of 128 samples; the first report comes after one of them.
FIRST_REPORT_MS: Final = 8
REPORT_EVERY_MS: Final = 100


@dataclass(slots=True)
class Stretch:
    """A run of gapless playout: samples ``[start, end)`` of the line."""

    start: int
    end: int


class Speaker:
    """Plays one call's audio at ``rate`` Hz, and knows when to report how far it is (PROTOCOL.md)."""

    def __init__(self, rate: int) -> None:
        self._first_report = rate * FIRST_REPORT_MS // 1_000
        self._report_every = rate * REPORT_EVERY_MS // 1_000
        self._received = 0
        self._placed: list[tuple[int, NDArray[np.int16]]] = []
        self._report_at: int | None = None
        self.stretches: list[Stretch] = []

    @property
    def end(self) -> int:
        """Where on the line there is nothing more to play."""
        return self.stretches[-1].end if self.stretches else 0

    @property
    def report_at(self) -> int | None:
        """When the next report is due, or None while there is nothing to tell."""
        return self._report_at

    def receive(self, samples: NDArray[np.int16], now: int) -> None:
        """Take the next samples (int16, shape (n,)) to be played."""
        if not self.stretches or self.end <= now:
            self.stretches.append(Stretch(now, now))
            self._report_at = now + self._first_report
        self._placed.append((self.end, samples))
        self.stretches[-1].end += len(samples)
        self._received += len(samples)

    def flush(self, now: int) -> None:
        """Drop what has not been played."""
        if self.end > now:
            self.stretches[-1].end = now
            self._placed = [(start, samples[: now - start]) for start, samples in self._placed if start < now]
        self._report_at = now

    def report(self, now: int) -> int:
        """Return the position to report: all audio before it was played or dropped."""
        left = max(0, self.end - now)
        self._report_at = None if left == 0 else min(now + self._report_every, self.end)
        return self._received - left

    def heard(self, samples: int) -> NDArray[np.int16]:
        """Return the first ``samples`` of the line as they were heard (int16, shape (samples,))."""
        line = np.zeros(samples, np.int16)
        for start, chunk in self._placed:
            part = chunk[: max(0, samples - start)]
            line[start : start + len(part)] = part
        return line
