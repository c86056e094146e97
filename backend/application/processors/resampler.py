"""Sample rate conversion of one stream of speech, with little delay.

A rational polyphase FIR filter (R. E. Crochiere and L. R. Rabiner, "Multirate Digital Signal
Processing", 1983, section 2.3): the input is thought of as up-sampled by ``up``, low-passed and
decimated by ``down``, and only the products that are needed are computed. The low-pass is a sinc under
a Kaiser window (A. V. Oppenheim and R. W. Schafer, "Discrete-Time Signal Processing", 3rd edition,
equations 7.75 and 7.76).

Output sample ``m`` belongs to the very instant ``m / target_rate`` of the input: positions in the
output are positions on the caller's line, and the filter's delay only shows as samples held back.
"""

from __future__ import annotations

import functools
from math import gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

# Half of the filter's length, in samples of the lower rate: 2 ms at 8 kHz, 1 ms at 16 kHz.
_HALF_LENGTH: Final = 16
# Oppenheim and Schafer 7.75: beta = 0.1102 (A - 8.7) for A > 50 dB. With 2 * 16 taps, 7.76 then gives a
# transition 0.28 wide in units of the lower rate's Nyquist frequency.
_ATTENUATION_DB: Final = 74.0
_BETA: Final = 0.1102 * (_ATTENUATION_DB - 8.7)
# The transition's middle, in the same unit: it runs from 0.84 to 1.12. Whatever folds back lands
# above 0.88 of Nyquist, which at 8 kHz is outside the telephone band (300 to 3400 Hz, ITU-T G.712).
_CUTOFF: Final = 0.98
# Outputs computed at once, so that a whole recording in one call needs no more memory than this.
_BLOCK: Final = 4_096
# With so few phases (all rates that are multiples of 8 kHz) the outputs of each are computed at once.
_FEW_PHASES: Final = 8
# Elsewhere each output gathers taps and input of its own; more than this do not stay in a core's cache.
_SCATTERED_BLOCK: Final = 512


@functools.cache
def _polyphase(up: int, down: int) -> NDArray[np.float64]:
    """Return the filter's taps as read-only array of shape (up, taps of one phase).

    Row ``p`` holds taps ``p, p + up, p + 2 up …``, scaled to sum to 1, so that every phase passes a
    constant unchanged (a difference between phases would be heard as a tone).
    """
    half = _HALF_LENGTH * max(up, down)
    offsets = np.arange(-half, half + 1)
    taps = np.sinc(offsets * (_CUTOFF / max(up, down))) * np.kaiser(2 * half + 1, _BETA)
    length = -(-len(taps) // up)
    phases = np.pad(taps, (0, length * up - len(taps))).reshape(length, up).T
    phases = np.ascontiguousarray(phases / phases.sum(axis=1, keepdims=True))
    phases.flags.writeable = False
    return phases


class Resampler:
    """Converts one mono stream from ``source_rate`` to ``target_rate`` (Hz).

    The output does not depend on how the input is cut into chunks. It ends 16 samples of the lower rate (at
    most 2 ms) before the input so far. Equal rates pass through untouched.
    """

    def __init__(self, source_rate: int, target_rate: int) -> None:
        if min(source_rate, target_rate) <= 0:
            raise ValueError("sample rates must be positive")
        common = gcd(source_rate, target_rate)
        self._up = target_rate // common
        self._down = source_rate // common
        self._is_identity = source_rate == target_rate
        # In ticks of the up-sampled rate: an input sample lasts `up` of them, an output sample `down`.
        self._half = _HALF_LENGTH * max(self._up, self._down)
        self._phases = _polyphase(self._up, self._down)
        self._has_few_phases = len(self._phases) <= _FEW_PHASES
        self._block = _BLOCK if self._has_few_phases else _SCATTERED_BLOCK
        self._begin()

    def _begin(self) -> None:
        # The filter reaches back before the first sample, where there is silence.
        self._oldest = -(self._half // self._up)  # index of the input sample that is _input[0]
        self._input: NDArray[np.float64] = np.zeros(-self._oldest)
        self._received = 0
        self._produced = 0

    def process(self, samples: NDArray[np.int16]) -> NDArray[np.int16]:
        """Take the next samples (int16, shape (n,)) and return those that are ready (int16, shape (m,))."""
        if self._is_identity:
            return samples
        self._received += len(samples)
        self._input = np.concatenate((self._input, samples))
        spare = self._received - self._phases.shape[1]
        return self._produce_until((self._half + spare * self._up) // self._down + 1)

    def flush(self) -> NDArray[np.int16]:
        """Return what was held back, as if silence followed, and begin a new stream.

        In all, ``n`` samples have then become ``n * target_rate / source_rate``, rounded to the nearest.
        """
        if self._is_identity:
            return np.empty(0, np.int16)
        self._input = np.concatenate((self._input, np.zeros(self._phases.shape[1])))
        total = (2 * self._received * self._up + self._down) // (2 * self._down)
        tail = self._produce_until(total)
        self._begin()
        return tail

    def _produce_until(self, end: int) -> NDArray[np.int16]:
        """Compute output samples up to index ``end`` and forget the input that no later one needs."""
        starts = range(self._produced, end, self._block)
        blocks = [self._outputs(first, min(first + self._block, end)) for first in starts]
        self._produced = max(self._produced, end)
        oldest_needed = -((self._half - self._produced * self._down) // self._up)
        self._input = self._input[oldest_needed - self._oldest :]
        self._oldest = oldest_needed
        if len(blocks) == 1:
            return blocks[0]
        return np.concatenate(blocks) if blocks else np.empty(0, np.int16)

    def _outputs(self, first: int, end: int) -> NDArray[np.int16]:
        compute = self._phase_by_phase if self._has_few_phases else self._all_phases
        sums = compute(first, end)
        np.rint(sums, out=sums)
        np.maximum(sums, -32_768, out=sums)  # a clip in two steps takes half as long for so few samples
        np.minimum(sums, 32_767, out=sums)
        return sums.astype(np.int16)

    # Output m lies at tick m * down. The input samples under the filter begin with number
    # ceil((m * down - half) / up), which lies `phase` ticks after the filter's first tap.

    def _phase_by_phase(self, first: int, end: int) -> NDArray[np.float64]:
        """Return outputs ``first`` to ``end``, unrounded.

        Every ``up``-th of them has the same phase, and its input begins ``down`` samples after that of the
        one before.
        """
        up, length = len(self._phases), self._phases.shape[1]
        sums = np.empty(end - first)
        for output in range(first, min(first + up, end)):
            minus_start, phase = divmod(self._half - output * self._down, up)
            begin = -self._oldest - minus_start
            last = begin + (end - output - 1) // up * self._down
            under = self._input[begin : last + length]
            sums[output - first :: up] = np.correlate(under, self._phases[phase])[:: self._down]
        return sums

    def _all_phases(self, first: int, end: int) -> NDArray[np.float64]:
        """Return the same, at a cost that does not grow with the number of phases."""
        length = self._phases.shape[1]
        ticks = np.arange(self._half - first * self._down, self._half - end * self._down, -self._down)
        minus_start, phase = np.divmod(ticks, self._up)
        # Row i shows the input from sample i on; sliding_window_view does the same 10 us slower.
        shape = (len(self._input) - length + 1, length)
        windows = np.ndarray(shape, np.float64, self._input, strides=self._input.strides * 2)
        taps = self._phases.take(phase, axis=0)
        sums: NDArray[np.float64] = np.einsum("ij,ij->i", windows[-self._oldest - minus_start], taps)
        return sums
