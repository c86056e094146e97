"""The recording of a call in the making: what both sides said, on the call's own line.

Each stretch of audio comes with the sample index where it belongs, so neither a stalled network nor a
burst after it, neither a flush nor a provider's gap can stretch or shift the recording.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.domain.value_objects.audio import AudioFormat, Encoding

_CALLER: Final = 0  # left
_AGENT: Final = 1  # right
_FRAME_BYTES: Final = 4
_LITTLE_ENDIAN: Final = np.dtype("<i2")


class StereoMixer:
    """Lays caller and agent side by side at ``rate`` Hz; what nobody filled is silence.

    What has been taken is final: audio that comes too late for it is dropped, as is audio more than
    ``horizon_ms`` ahead of it, which bounds memory. Elsewhere later audio replaces earlier audio of the
    same side. Raises ``ValueError`` when the horizon is less than one sample.
    """

    def __init__(self, rate: int, horizon_ms: float = 10_000) -> None:
        self._horizon = AudioFormat(Encoding.PCM16, rate).samples_in(horizon_ms)
        if self._horizon < 1:
            raise ValueError(f"a horizon of {horizon_ms} ms holds no sample")
        self._line: NDArray[np.int16] = np.zeros((0, 2), _LITTLE_ENDIAN)  # row 0 is sample _taken
        self._filled = 0  # rows from here on are silence
        self._taken = 0
        self._dropped = 0
        self._is_finished = False

    @property
    def dropped_samples(self) -> int:
        """How many samples came too late or too far ahead."""
        return self._dropped

    def caller(self, samples: NDArray[np.int16], at_sample: int) -> None:
        """Place what the caller said (int16, shape (n,)) so that it begins at ``at_sample``."""
        self._place(_CALLER, samples, at_sample)

    def agent(self, samples: NDArray[np.int16], at_sample: int) -> None:
        """Place what the agent says (int16, shape (n,)) where its first sample is played."""
        self._place(_AGENT, samples, at_sample)

    def take(self, until_sample: int) -> bytes:
        """Return what lies between the last take and ``until_sample``: interleaved PCM16, little-endian.

        Each sample is returned once; there is nothing to return before the last take or after ``finish``.
        """
        count = until_sample - self._taken
        if count <= 0 or self._is_finished:
            return b""
        ready = min(count, self._filled)
        taken = self._line[:ready].tobytes() + bytes(_FRAME_BYTES * (count - ready))
        left = self._filled - ready
        self._line[:left] = self._line[ready : self._filled]
        self._line[left : self._filled] = 0
        self._filled = left
        self._taken = until_sample
        return taken

    def finish(self, total_samples: int) -> bytes:
        """Return the rest of a recording of exactly ``total_samples``, cut or padded; nothing comes after.

        Raises ``ValueError`` if more than that was taken already.
        """
        if total_samples < self._taken:
            raise ValueError(f"{self._taken} samples were taken of a recording of {total_samples}")
        rest = self.take(total_samples)
        self._is_finished = True
        self._line = self._line[:0]
        self._filled = 0
        return rest

    def _place(self, side: int, samples: NDArray[np.int16], at_sample: int) -> None:
        start = at_sample - self._taken
        if start >= 0 and start + len(samples) <= len(self._line):  # what nearly every frame is
            self._line[start : start + len(samples), side] = samples
            self._filled = max(self._filled, start + len(samples))
            return
        room = 0 if self._is_finished else self._horizon
        first = min(max(0, -start), len(samples))
        end = max(first, min(len(samples), room - start))
        self._dropped += len(samples) - (end - first)
        if end == first:
            return
        self._reserve(start + end)
        self._line[start + first : start + end, side] = samples[first:end]
        self._filled = max(self._filled, start + end)

    def _reserve(self, rows: int) -> None:
        if rows <= len(self._line):
            return
        grown = np.zeros((min(self._horizon, max(rows, 2 * len(self._line))), 2), _LITTLE_ENDIAN)
        grown[: self._filled] = self._line[: self._filled]
        self._line = grown
