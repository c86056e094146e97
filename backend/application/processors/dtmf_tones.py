"""The tones of a telephone's keys (dual-tone multi-frequency), to press them on a line that only has audio.

Each key is the sum of a low and a high tone: ITU-T Q.23. Receivers want a key for at least 40 ms and as much
silence between two (ITU-T Q.24, table A.1); we give them twice that and more. The high tone is 2 dB louder,
as it loses more on long lines, and both begin and end softly, so that nothing clicks. A pause is silence on
top of the one that each key has after it.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.domain.value_objects.keypad import PAUSE, PAUSE_MS

KEY_MS: Final = 100
GAP_MS: Final = 100
_RAMP_MS: Final = 5

_LOW_HZ: Final = (697, 770, 852, 941)
_HIGH_HZ: Final = (1_209, 1_336, 1_477, 1_633)
_ROWS: Final = ("123A", "456B", "789C", "*0#D")
_FREQUENCIES: Final = {
    key: (low, high)
    for row, low in zip(_ROWS, _LOW_HZ, strict=True)
    for key, high in zip(row, _HIGH_HZ, strict=True)
}
# Peaks of the two tones: together 8 dB below full scale, a little above speech.
_LOW_PEAK: Final = 0.18 * 32_767
_HIGH_PEAK: Final = _LOW_PEAK * 10 ** (2 / 20)


def dtmf_tones(keys: str, rate: int) -> NDArray[np.int16]:
    """Return ``keys`` (of ``keypad.KEYS``, and ``keypad.PAUSE``) pressed one after the other, int16,
    shape (n,), at ``rate`` Hz.

    Raises ``ValueError`` for a key that no telephone has.
    """
    if unknown := set(keys) - _FREQUENCIES.keys() - {PAUSE}:
        raise ValueError(f"no telephone has the keys {sorted(unknown)}")
    pieces = [_silence(PAUSE_MS, rate) if key == PAUSE else _press(key, rate) for key in keys]
    return np.concatenate(pieces) if pieces else _silence(0, rate)


def key_times_ms(keys: str) -> list[int]:
    """Return when each of ``keys`` begins in their ``dtmf_tones``, pauses as well."""
    lengths = [PAUSE_MS if key == PAUSE else KEY_MS + GAP_MS for key in keys]
    return [0, *accumulate(lengths)][: len(keys)]


def _press(key: str, rate: int) -> NDArray[np.int16]:
    return np.concatenate((_tone(key, rate), _silence(GAP_MS, rate)))


def _silence(ms: int, rate: int) -> NDArray[np.int16]:
    return np.zeros(rate * ms // 1_000, np.int16)


def _tone(key: str, rate: int) -> NDArray[np.int16]:
    low, high = _FREQUENCIES[key]
    at = np.arange(rate * KEY_MS // 1_000) / rate
    sound = _LOW_PEAK * np.sin(2 * np.pi * low * at) + _HIGH_PEAK * np.sin(2 * np.pi * high * at)
    ramp = np.linspace(0.0, 1.0, rate * _RAMP_MS // 1_000)
    sound[: len(ramp)] *= ramp
    sound[-len(ramp) :] *= ramp[::-1]
    return sound.round().astype(np.int16)
