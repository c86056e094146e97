"""The telephone network's 8-bit codes: ITU-T G.711 (11/88), µ-law and A-law.

Both laws are piecewise linear: a sign, a segment (3 bits) whose step doubles from one to the next, and a
step within it (4 bits). The tables below are built from that definition; a code decodes to the middle
of its interval (tables 1a/1b for A-law, 2a/2b for µ-law), scaled to 16 bits: the standard's 14-bit
µ-law values times 4, its 13-bit A-law values times 8. Encoding and decoding are then one look-up each.

What was decoded encodes to the same code again, with one exception: µ-law has a negative zero (0x7F),
which comes back as the positive one (0xFF).
"""

from __future__ import annotations

import functools
from typing import Final

import numpy as np
from numpy.typing import NDArray

_SIGN: Final = 0x80
# µ-law adds 33 (of 14 bits) to every magnitude, so that all segments begin at a power of two. The
# largest magnitude that still has a code of its own is 8158: 8191 - 33.
_MULAW_BIAS: Final = 33
_MULAW_CLIP: Final = 8_158
# On the line every µ-law bit is inverted (note to table 2a) and every even A-law bit (note to table 1a).
_MULAW_INVERTED: Final = 0xFF
_ALAW_INVERTED: Final = 0x55


def mulaw_encode(samples: NDArray[np.int16]) -> bytes:
    """Return the µ-law codes of ``samples`` (int16, shape (n,)), one byte each."""
    return _mulaw_codes().take(samples.view(np.uint16)).tobytes()


def mulaw_decode(codes: bytes) -> NDArray[np.int16]:
    """Return the samples (int16, shape (n,), range ±32124) of µ-law codes."""
    return _mulaw_samples().take(np.frombuffer(codes, np.uint8))


def alaw_encode(samples: NDArray[np.int16]) -> bytes:
    """Return the A-law codes of ``samples`` (int16, shape (n,)), one byte each."""
    return _alaw_codes().take(samples.view(np.uint16)).tobytes()


def alaw_decode(codes: bytes) -> NDArray[np.int16]:
    """Return the samples (int16, shape (n,), range ±32256) of A-law codes."""
    return _alaw_samples().take(np.frombuffer(codes, np.uint8))


def _every_sample() -> NDArray[np.int32]:
    """Return all 16-bit samples in the order of their unsigned bit patterns, shape (65536,)."""
    return np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32)


def _magnitude(samples: NDArray[np.int32]) -> NDArray[np.int32]:
    # One's complement, as the ITU's own program has it (G.191, module G711): a negative value on the
    # very edge of two intervals takes the one nearer to zero.
    return np.where(samples < 0, ~samples, samples)


def _floor_log2(magnitude: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the number of the highest bit that is set; -1 for 0."""
    return np.frexp(magnitude)[1] - 1


@functools.cache
def _mulaw_codes() -> NDArray[np.uint8]:
    """Return the µ-law code of each sample, by its unsigned bit pattern."""
    samples = _every_sample()
    magnitude = np.minimum(_magnitude(samples) >> 2, _MULAW_CLIP) + _MULAW_BIAS
    segment = _floor_log2(magnitude) - 5
    step = (magnitude >> (segment + 1)) & 0x0F
    code = np.where(samples < 0, _SIGN, 0) | segment << 4 | step
    return np.asarray(code ^ _MULAW_INVERTED, np.uint8)


@functools.cache
def _mulaw_samples() -> NDArray[np.int16]:
    """Return the sample of each µ-law code."""
    code = np.arange(256) ^ _MULAW_INVERTED
    segment, step = (code >> 4) & 0x07, code & 0x0F
    magnitude = ((2 * step + _MULAW_BIAS) << segment) - _MULAW_BIAS
    return (np.where(code & _SIGN, -magnitude, magnitude) * 4).astype(np.int16)


@functools.cache
def _alaw_codes() -> NDArray[np.uint8]:
    """Return the A-law code of each sample, by its unsigned bit pattern."""
    samples = _every_sample()
    magnitude = _magnitude(samples) >> 4
    segment = np.maximum(_floor_log2(magnitude) - 3, 0)
    step = (magnitude >> np.maximum(segment - 1, 0)) & 0x0F
    code = np.where(samples < 0, 0, _SIGN) | segment << 4 | step
    return np.asarray(code ^ _ALAW_INVERTED, np.uint8)


@functools.cache
def _alaw_samples() -> NDArray[np.int16]:
    """Return the sample of each A-law code."""
    code = np.arange(256) ^ _ALAW_INVERTED
    segment, step = (code >> 4) & 0x07, code & 0x0F
    magnitude = np.where(segment == 0, 2 * step + 1, (2 * step + 33) << np.maximum(segment - 1, 0))
    return (np.where(code & _SIGN, magnitude, -magnitude) * 8).astype(np.int16)
