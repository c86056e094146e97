"""Where on a line there is sound, as an ear would find it: by level, in frames of 10 ms.

It shares nothing with the server's own measuring, so that the two can be compared.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

FRAME_MS: Final = 10
AUDIBLE_DBFS: Final = -45.0
_FULL_SCALE: Final = 32_768.0


def is_loud(samples: NDArray[np.int16], rate: int) -> NDArray[np.bool_]:
    """Say of each whole frame of 10 ms whether it is audible (RMS above -45 dBFS)."""
    frame = rate * FRAME_MS // 1_000
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame).astype(np.float64)
    power = np.mean(np.square(frames), axis=1) / _FULL_SCALE**2
    loud: NDArray[np.bool_] = power > 10 ** (AUDIBLE_DBFS / 10)
    return loud


def sound_start(samples: NDArray[np.int16], rate: int) -> int | None:
    """Return where the first audible frame begins, None if there is none."""
    loud = np.flatnonzero(is_loud(samples, rate))
    return int(loud[0]) * (rate * FRAME_MS // 1_000) if len(loud) else None


def sound_end(samples: NDArray[np.int16], rate: int) -> int | None:
    """Return where the last audible frame ends, None if there is none."""
    loud = np.flatnonzero(is_loud(samples, rate))
    return (int(loud[-1]) + 1) * (rate * FRAME_MS // 1_000) if len(loud) else None
