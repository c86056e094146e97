"""A caller's microphone: silence, and what the caller says, cut into frames."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray


class Microphone:
    """Gives one frame of ``frame_samples`` at a time, for ever. Positions are samples on the line."""

    def __init__(self, frame_samples: int) -> None:
        self._frame_samples = frame_samples
        self._waiting: deque[NDArray[np.int16]] = deque()
        self._frames: list[NDArray[np.int16]] = []

    @property
    def position(self) -> int:
        """Where on the line the next frame begins."""
        return len(self._frames) * self._frame_samples

    def say(self, samples: NDArray[np.int16]) -> int:
        """Say ``samples`` (int16, shape (n,)) behind what still waits; return where they begin."""
        begins = self.position + len(self._waiting) * self._frame_samples
        for start in range(0, len(samples), self._frame_samples):
            frame = np.zeros(self._frame_samples, np.int16)
            part = samples[start : start + self._frame_samples]
            frame[: len(part)] = part
            self._waiting.append(frame)
        return begins

    def frame(self) -> NDArray[np.int16]:
        """Return the next frame (int16, shape (frame_samples,))."""
        silence = np.zeros(self._frame_samples, np.int16)
        self._frames.append(self._waiting.popleft() if self._waiting else silence)
        return self._frames[-1]

    def said(self) -> NDArray[np.int16]:
        """Return all frames so far as one line."""
        return np.concatenate(self._frames) if self._frames else np.empty(0, np.int16)
