"""Whether the telephone network's codes do to a sound no more than they must."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.application.processors.g711 import alaw_decode, alaw_encode, mulaw_decode, mulaw_encode
from backend.application.services.telephony.doctor import AilmentError
from backend.domain.value_objects.audio import NARROWBAND

# ITU-T G.712: the least ratio of signal to total distortion, for a sine between -30 and 0 dBm0.
LEAST_DB: Final = 33.0
_TONE_HZ: Final = 1_020
_TONE_DBFS: Final = -20.0


@dataclass(frozen=True, slots=True)
class Codec:
    """A code of one byte for each sample."""

    name: str
    encode: Callable[[NDArray[np.int16]], bytes]
    decode: Callable[[bytes], NDArray[np.int16]]


CODECS: Final = (Codec("µ-law", mulaw_encode, mulaw_decode), Codec("A-law", alaw_encode, alaw_decode))


async def check_codecs(codecs: tuple[Codec, ...] = CODECS) -> str:
    """Say how well a tone of one second survives; see ``Examination``."""
    told = []
    for codec in codecs:
        ratio_db = _signal_to_distortion(codec)
        if ratio_db < LEAST_DB:
            raise AilmentError(
                f"A tone comes back from {codec.name} at {ratio_db:.0f} dB over its distortion; "
                f"{LEAST_DB:.0f} dB is the least.",
                "Install Victoria anew: her sound processing is damaged.",
            )
        told.append(f"{codec.name} {ratio_db:.0f} dB")
    return f"A tone survives the codes of the telephone network ({', '.join(told)})."


def _signal_to_distortion(codec: Codec) -> float:
    """Return the ratio in dB."""
    line = np.arange(NARROWBAND.rate) / NARROWBAND.rate
    level = 32_768 * 10 ** (_TONE_DBFS / 20)
    tone = (level * np.sin(2 * np.pi * _TONE_HZ * line)).astype(np.int16)
    returned = codec.decode(codec.encode(tone))
    if returned.shape != tone.shape:
        return 0.0
    signal = tone.astype(np.float64)
    distortion = float(np.mean(np.square(returned - signal))) or 1e-9
    return float(10 * np.log10(np.mean(np.square(signal)) / distortion))
