"""How much voice there is in audio, and where it is quietest; PCM16 at 16 kHz."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.domain.value_objects.audio import PTIME_MS, WIDEBAND

# Root mean square of a frame with voice in it, -50 dB of full scale. A quiet caller on a telephone is at -40,
# comfort noise and an open line are below -55.
_VOICE_RMS: Final = 100.0


def voiced_ms(pcm: bytes) -> int:
    """Return how many milliseconds of ``pcm`` are loud enough to be voice, in steps of 20."""
    return int(np.count_nonzero(_levels(pcm) >= _VOICE_RMS)) * PTIME_MS


def quietest_byte(pcm: bytes, *, within_ms: int) -> int:
    """Return where to cut ``pcm`` in two: in the middle of the quietest tenth of a second of its last
    ``within_ms``, so that hardly a word is cut. ``pcm`` is at least as long."""
    begin = len(pcm) - WIDEBAND.bytes_in(within_ms)
    levels = _levels(pcm[begin:])
    window = 100 // PTIME_MS
    sums = np.convolve(levels, np.ones(window), mode="valid")
    middle = int(np.argmin(sums)) + window // 2
    return begin + middle * WIDEBAND.bytes_in(PTIME_MS)


def _levels(pcm: bytes) -> NDArray[np.float64]:
    """Return the root mean square of each whole frame of 20 ms, shape (n,)."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float64)
    size = WIDEBAND.samples_in(PTIME_MS)
    whole = samples[: len(samples) // size * size].reshape(-1, size)
    return np.asarray(np.sqrt(np.mean(whole**2, axis=1)), np.float64)
