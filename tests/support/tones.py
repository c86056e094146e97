"""An ear for the tones of keys: what a receiver at the far end would take them for."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

# ITU-T Q.23, by frequency.
_LOW: Final = {697: "123A", 770: "456B", 852: "789C", 941: "*0#D"}
_HIGH: Final = {1_209: "147*", 1_336: "2580", 1_477: "369#", 1_633: "ABCD"}
_WINDOW_MS: Final = 20
_PURITY: Final = 0.8  # how much of the sound's power the two tones have; no speech comes near


def power(sound: NDArray[np.int16], hertz: int, rate: int) -> float:
    """Return the power of one frequency in ``sound`` (Goertzel's sum, written out)."""
    at = np.arange(len(sound)) / rate
    return float(2 * abs(np.mean(sound * np.exp(-2j * np.pi * hertz * at))) ** 2)


def key_heard(sound: NDArray[np.int16], rate: int) -> str:
    """Return the key whose tone ``sound`` is, nothing if it is something else."""
    total = float(np.mean(sound.astype(float) ** 2))
    if total < 10_000:  # -50 dBFS
        return ""
    low = max(_LOW, key=lambda hertz: power(sound, hertz, rate))
    high = max(_HIGH, key=lambda hertz: power(sound, hertz, rate))
    if power(sound, low, rate) + power(sound, high, rate) < _PURITY * total:
        return ""
    (key,) = set(_LOW[low]) & set(_HIGH[high])
    return key


def keys_heard(sound: NDArray[np.int16], rate: int) -> str:
    """Return the keys pressed in ``sound``, one after the other."""
    step = rate * _WINDOW_MS // 1_000
    windows = [key_heard(sound[start : start + step], rate) for start in range(0, len(sound) - step, step)]
    return "".join(key for before, key in zip(["", *windows], windows, strict=False) if key != before)
