"""The head of a WAV file (Microsoft, "Multimedia Programming Interface and Data Specifications", 1991)."""

from __future__ import annotations

import struct
from typing import Final

HEADER_BYTES: Final = 44
CHANNELS: Final = 2
SAMPLE_BYTES: Final = 2
FRAME_BYTES: Final = CHANNELS * SAMPLE_BYTES  # one instant: left and right

_PCM: Final = 1
_FMT_BYTES: Final = 16
_LARGEST: Final = 0xFFFF_FFFF  # sizes are 32 bits; players read a longer file to its end


def stereo_header(rate: int, audio_bytes: int) -> bytes:
    """Return the header of 16-bit stereo at ``rate`` Hz that is followed by ``audio_bytes``."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        min(_LARGEST, HEADER_BYTES - 8 + audio_bytes),
        b"WAVE",
        b"fmt ",
        _FMT_BYTES,
        _PCM,
        CHANNELS,
        rate,
        rate * FRAME_BYTES,
        FRAME_BYTES,
        8 * SAMPLE_BYTES,
        b"data",
        min(_LARGEST, audio_bytes),
    )
