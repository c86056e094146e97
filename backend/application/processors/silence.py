"""Where a sound begins and ends, to 8 ms, by its level.

A voice activity detector judges windows of 32 ms and holds on to speech for another 60 to 270 ms
(measured with Silero 6.2 on synthetic English and Spanish). What the caller feels is the end of the
sound itself, so its edges are looked for in the levels of short slices: a sound is what stands out of
the line's own noise and can be heard beside the voice it belongs to. Where the voice itself does not
stand out, levels say nothing and the detector's word counts.
"""

from __future__ import annotations

from collections import deque
from math import inf, log10
from typing import Final

import numpy as np
from numpy.typing import NDArray

# A window is cut into this many slices: 8 ms each of 32 ms.
_SLICES_PER_WINDOW: Final = 4
# What stands above -45 dBFS (RMS) can be heard: ordinary speech has its vowels at -10 to -17 dBFS and its
# last consonants down to there. The softer consonants of a quiet voice lie up to 25 dB below its vowels.
_AUDIBLE_DBFS: Final = -45.0
_BELOW_VOICE_DB: Final = 25.0
# Noise of constant power varies by +-2 dB between slices of 8 ms; background voices by more.
_ABOVE_NOISE_DB: Final = 10.0
_INAUDIBLE_DBFS: Final = -60.0
# The noise is learnt from the quietest slice of windows without speech: down at once (it is certain),
# up with a time constant of about 0.6 s (it may be a breath). Until then the line counts as quiet.
_NOISE_RISE: Final = 0.05
_NOISE_FALL: Final = 0.5
_FULL_SCALE_SQUARED: Final = 32_768.0**2
_DIGITAL_SILENCE: Final = 1e-10  # of full scale squared: -100 dBFS, instead of minus infinity


class SoundMeter:
    """Levels (dBFS, RMS) of the last ``keep_ms`` of a stream that comes in windows of equal length.

    Positions are samples since the stream began. Raises ``ValueError`` if a window cannot be sliced.
    """

    def __init__(self, rate: int, window_samples: int, keep_ms: float) -> None:
        if window_samples < 1 or window_samples % _SLICES_PER_WINDOW:
            raise ValueError(f"a window of {window_samples} samples is not {_SLICES_PER_WINDOW} equal slices")
        self._slice_samples = window_samples // _SLICES_PER_WINDOW
        self._levels: deque[float] = deque(maxlen=int(rate * keep_ms / 1000) // self._slice_samples + 1)
        self._heard_slices = 0
        self._noise_db = _INAUDIBLE_DBFS

    def hear(self, window: NDArray[np.int16]) -> float:
        """Take the next window (int16, shape (window_samples,)) and return its level."""
        slices = window.astype(np.float32).reshape(_SLICES_PER_WINDOW, self._slice_samples)
        scale = 1 / (self._slice_samples * _FULL_SCALE_SQUARED)
        # Four numbers: plain arithmetic on them is cheaper than arrays.
        powers = [scale * energy for energy in np.einsum("ij,ij->i", slices, slices).tolist()]
        self._levels.extend([_dbfs(power) for power in powers])
        self._heard_slices += _SLICES_PER_WINDOW
        return _dbfs(sum(powers) / _SLICES_PER_WINDOW)

    def learn_noise(self) -> None:
        """Count the last window as the line's noise."""
        quietest = min(self._levels[-1 - at] for at in range(_SLICES_PER_WINDOW))
        weight = _NOISE_RISE if quietest > self._noise_db else _NOISE_FALL
        self._noise_db += weight * (quietest - self._noise_db)

    def onset(self, at: int, voice_dbfs: float, *, earliest: int) -> int:
        """Return where the sound begins that a detector first noticed in the window that starts at ``at``.

        That is where audible slices begin, at ``earliest`` or later. ``voice_dbfs`` is the voice's level.
        """
        threshold = self._threshold(voice_dbfs)
        first = at // self._slice_samples
        while first < self._heard_slices and not self._is_audible(first, threshold):
            first += 1
        if first == self._heard_slices:
            return at
        while first * self._slice_samples > earliest and self._is_audible(first - 1, threshold):
            first -= 1
        return max(first * self._slice_samples, earliest)

    def end(self, since: int, noticed: int, voice_dbfs: float) -> int:
        """Return where the sound ends of which a detector last noticed voice before ``noticed``.

        That is the end of the last audible slice after ``since``, at most two windows behind ``noticed``
        (a detector may miss a soft last consonant).
        """
        threshold = self._threshold(voice_dbfs)
        after = min(noticed // self._slice_samples + 2 * _SLICES_PER_WINDOW, self._heard_slices)
        for slice_ in range(after - 1, since // self._slice_samples - 1, -1):
            if self._is_audible(slice_, threshold):
                return (slice_ + 1) * self._slice_samples
        return noticed

    def _threshold(self, voice_dbfs: float) -> float:
        audible = max(min(_AUDIBLE_DBFS, voice_dbfs - _BELOW_VOICE_DB), _INAUDIBLE_DBFS)
        threshold = max(audible, self._noise_db + _ABOVE_NOISE_DB)
        return threshold if threshold < voice_dbfs - _ABOVE_NOISE_DB else inf

    def _is_audible(self, slice_: int, threshold: float) -> bool:
        at = slice_ - (self._heard_slices - len(self._levels))
        return at >= 0 and self._levels[at] > threshold


def _dbfs(power: float) -> float:
    """Return the level of ``power``, which is relative to full scale."""
    return 10 * log10(max(power, _DIGITAL_SILENCE))
