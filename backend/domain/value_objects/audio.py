"""Audio that knows what it is.

Bytes without a format do not cross a function boundary. A line carries PCM16 at one rate; recognisers are
given ``WIDEBAND``, and every edge decodes and resamples once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.domain.value_objects.instant import NS_PER_S


class Encoding(StrEnum):
    """How one sample is written."""

    PCM16 = "pcm16"  # signed 16-bit, little-endian
    MULAW = "mulaw"  # ITU-T G.711 µ-law, 8 bit
    ALAW = "alaw"  # ITU-T G.711 A-law, 8 bit


BYTES_PER_SAMPLE: Final = {Encoding.PCM16: 2, Encoding.MULAW: 1, Encoding.ALAW: 1}


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """Encoding and sample rate (Hz) of mono audio."""

    encoding: Encoding
    rate: int

    def __post_init__(self) -> None:
        if not 8_000 <= self.rate <= 48_000:
            raise ValueError(f"sample rate {self.rate} Hz is outside 8000..48000")

    @property
    def sample_bytes(self) -> int:
        """Bytes of one sample."""
        return BYTES_PER_SAMPLE[self.encoding]

    def samples_in(self, milliseconds: float) -> int:
        """Return how many samples last ``milliseconds``, rounded down."""
        return int(self.rate * milliseconds / 1000)

    def bytes_in(self, milliseconds: float) -> int:
        """Return how many bytes last ``milliseconds``, a whole number of samples, rounded down."""
        return self.samples_in(milliseconds) * self.sample_bytes

    def duration_ns(self, samples: int) -> int:
        """Return how long ``samples`` last, in nanoseconds."""
        return samples * NS_PER_S // self.rate


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """A stretch of mono audio; ``payload`` holds a whole number of samples."""

    format: AudioFormat
    payload: bytes

    def __post_init__(self) -> None:
        if len(self.payload) % self.format.sample_bytes:
            raise ValueError(
                f"{len(self.payload)} bytes are not a whole number of {self.format.encoding} samples"
            )

    @property
    def samples(self) -> int:
        """How many samples the frame holds."""
        return len(self.payload) // self.format.sample_bytes

    @property
    def duration_ns(self) -> int:
        """How long the frame lasts, in nanoseconds."""
        return self.format.duration_ns(self.samples)


WIDEBAND: Final = AudioFormat(Encoding.PCM16, 16_000)
NARROWBAND: Final = AudioFormat(Encoding.PCM16, 8_000)
MULAW_8K: Final = AudioFormat(Encoding.MULAW, 8_000)
PTIME_MS: Final = 20
