"""How a carrier writes a sample, and how we do: one table look-up each way."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from backend.application.processors.g711 import alaw_decode, alaw_encode, mulaw_decode, mulaw_encode
from backend.domain.value_objects.audio import Encoding


def decoder_of(encoding: Encoding) -> Callable[[bytes], bytes]:
    """Return what makes PCM16 of a carrier's payload; half a sample at its end is dropped."""
    match encoding:
        case Encoding.MULAW:
            return lambda codes: mulaw_decode(codes).tobytes()
        case Encoding.ALAW:
            return lambda codes: alaw_decode(codes).tobytes()
        case Encoding.PCM16:
            return lambda pcm: pcm[: len(pcm) // 2 * 2]


def encoder_of(encoding: Encoding) -> Callable[[bytes], bytes]:
    """Return what makes a carrier's payload of PCM16."""
    match encoding:
        case Encoding.MULAW:
            return lambda pcm: mulaw_encode(np.frombuffer(pcm, np.int16))
        case Encoding.ALAW:
            return lambda pcm: alaw_encode(np.frombuffer(pcm, np.int16))
        case Encoding.PCM16:
            return lambda pcm: pcm
