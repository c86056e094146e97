"""Tones and silence."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.domain.value_objects.audio import AudioFormat, AudioFrame

CLIP_LEVEL: Final = 600


def square_wave(samples: int, start: int = 0) -> NDArray[np.int16]:
    """Return ones and minus ones from the wave's sample ``start`` on (int16, shape (samples,))."""
    return np.where(np.arange(start, start + samples) // 20 % 2, 1, -1).astype(np.int16)


def tone(format_: AudioFormat, milliseconds: float, level: int = 3_000) -> AudioFrame:
    """Return a square wave: every sample of it is loud."""
    return AudioFrame(format_, (level * square_wave(format_.samples_in(milliseconds))).tobytes())


def silence(format_: AudioFormat, milliseconds: float) -> AudioFrame:
    """Return digital silence."""
    return AudioFrame(format_, bytes(format_.bytes_in(milliseconds)))
