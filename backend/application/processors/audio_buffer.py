"""Audio between the frames that arrive and the windows that somebody needs.

Transports deliver chunks of any length, detectors want windows of an exact one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from backend.domain.value_objects.audio import AudioFormat, Encoding


class AudioBuffer:
    """Holds at most ``capacity_ms`` of mono PCM16 at ``rate`` Hz; on overflow drops the oldest.

    Memory is fixed at twice the capacity. A sample is copied in once and out once, and moved once more
    each time the writing end wraps, which is once in a capacity's worth of audio.
    Raises ``ValueError`` when the capacity is less than one sample.
    """

    def __init__(self, rate: int, capacity_ms: float) -> None:
        self._capacity = AudioFormat(Encoding.PCM16, rate).samples_in(capacity_ms)
        if self._capacity < 1:
            raise ValueError(f"a capacity of {capacity_ms} ms holds no sample")
        self._store = np.empty(2 * self._capacity, np.int16)
        self._start = self._end = 0  # the buffered samples are _store[_start:_end]
        self._dropped = 0

    def __len__(self) -> int:
        """How many samples are buffered."""
        return self._end - self._start

    @property
    def dropped_samples(self) -> int:
        """How many samples were lost to overflow so far."""
        return self._dropped

    def append(self, samples: NDArray[np.int16]) -> None:
        """Copy ``samples`` (int16, shape (n,), any n) behind the others; drop the oldest beyond capacity."""
        excess = len(self) + len(samples) - self._capacity
        if excess > 0:
            self._dropped += excess
            from_store = min(excess, len(self))
            self._start += from_store
            samples = samples[excess - from_store :]
        if self._end + len(samples) > len(self._store):
            kept = len(self)
            self._store[:kept] = self._store[self._start : self._end]
            self._start, self._end = 0, kept
        self._store[self._end : self._end + len(samples)] = samples
        self._end += len(samples)

    def take(self, count: int) -> NDArray[np.int16] | None:
        """Remove and return the oldest ``count`` samples, or None (removing nothing) if there are fewer.

        Raises ``ValueError`` for a count below 1.
        """
        if count < 1:
            raise ValueError("take at least one sample")
        if count > len(self):
            return None
        taken = self._store[self._start : self._start + count].copy()
        self._start += count
        return taken

    def windows(self, count: int) -> Iterator[NDArray[np.int16]]:
        """Remove and yield windows of exactly ``count`` samples for as long as there are that many."""
        while (window := self.take(count)) is not None:
            yield window

    def drain(self) -> NDArray[np.int16]:
        """Remove and return everything."""
        taken = self._store[self._start : self._end].copy()
        self._start = self._end
        return taken


class PreRoll:
    """The last ``duration_ms`` of a stream, for a recogniser that is fed only speech.

    A detector notices speech after it began; what was said until then comes from here.
    """

    def __init__(self, rate: int, duration_ms: float) -> None:
        self._buffer = AudioBuffer(rate, duration_ms)

    def append(self, samples: NDArray[np.int16]) -> None:
        """Remember ``samples`` (int16, shape (n,)) and forget what is now too old."""
        self._buffer.append(samples)

    def drain(self) -> NDArray[np.int16]:
        """Return what is remembered, oldest first, and forget it."""
        return self._buffer.drain()
