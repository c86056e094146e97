"""An ear for the tones of keys: what a receiver at the far end would take them for."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

# ITU-T Q.23, by frequency.
_LOW: Final = {697: "123A", 770: "456B", 852: "789C", 941: "*0#D"}
_HIGH: Final = {1_209: "147*", 1_336: "2580", 1_477: "369#", 1_633: "ABCD"}
_WINDOW_MS: Final = 20
_HOP_MS: Final = 5
_LEAST: Final = 10_000  # mean square: -50 dBFS
_PURITY: Final = 0.8  # how much of the sound's power the two tones have; no speech comes near


@dataclass(frozen=True)
class Press:
    """A key whose tone sounded from ``begins_ms`` to ``ends_ms``, to about 5 ms."""

    key: str
    begins_ms: int
    ends_ms: int


def power(sound: NDArray[np.int16], hertz: int, rate: int) -> float:
    """Return the power of one frequency in ``sound`` (Goertzel's sum, written out)."""
    return float(_powers(sound[np.newaxis], [hertz], rate)[0, 0])


def keys_heard(sound: NDArray[np.int16], rate: int) -> str:
    """Return the keys pressed in ``sound``, one after the other."""
    return "".join(press.key for press in presses_heard(sound, rate))


def presses_heard(sound: NDArray[np.int16], rate: int) -> list[Press]:
    """Return when which keys were pressed in ``sound``."""
    size, hop = rate * _WINDOW_MS // 1_000, rate * _HOP_MS // 1_000
    if len(sound) < size:
        return []
    keys = _keys(sliding_window_view(sound, size)[::hop], rate)
    presses = []
    for key, run in groupby(range(len(keys)), keys.__getitem__):
        windows = list(run)
        if key:
            presses.append(Press(key, windows[0] * _HOP_MS, windows[-1] * _HOP_MS + _WINDOW_MS))
    return presses


def _keys(windows: NDArray[np.int16], rate: int) -> list[str]:
    """Return the key whose tone each window is, nothing for those that are something else."""
    low, high = _powers(windows, list(_LOW), rate), _powers(windows, list(_HIGH), rate)
    total = np.mean(np.square(windows.astype(float)), axis=1)
    is_key = (total >= _LEAST) & (low.max(axis=1) + high.max(axis=1) >= _PURITY * total)
    rows, columns = low.argmax(axis=1), high.argmax(axis=1)
    return [
        _key(list(_LOW.values())[row], list(_HIGH.values())[column]) if is_one else ""
        for row, column, is_one in zip(rows, columns, is_key, strict=True)
    ]


def _key(row: str, column: str) -> str:
    (key,) = set(row) & set(column)
    return key


def _powers(windows: NDArray[np.int16], hertz: list[int], rate: int) -> NDArray[np.float64]:
    """Return the power of each frequency in each window, shape (windows, frequencies)."""
    at = np.arange(windows.shape[1]) / rate
    turns = np.exp(-2j * np.pi * np.outer(at, hertz))
    powers: NDArray[np.float64] = 2 * np.abs(windows @ turns / windows.shape[1]) ** 2
    return powers
