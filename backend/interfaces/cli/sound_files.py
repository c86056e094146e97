"""WAV files in and out: what the caller says, and what a call sounded like."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backend.application.processors.resampler import Resampler
from backend.domain.errors import CallerError, ConfigurationError

_SAMPLE_BYTES = 2


def read_mono(path: Path, rate: int) -> NDArray[np.int16]:
    """Return the sound in ``path`` (PCM16, any rate, mono or stereo) as int16, shape (n,), at ``rate`` Hz.

    Raises ``CallerError`` if the file cannot be read as that.
    """
    try:
        with wave.open(str(path), "rb") as file:
            channels, width, source_rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            # A WAV that was written to a pipe claims a length of its own; what there is, is read.
            content = file.readframes(min(file.getnframes(), path.stat().st_size))
    except (OSError, EOFError, wave.Error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise CallerError(f"{path} cannot be read as a WAV file: {reason or 'it is cut off'}.") from None
    if width != _SAMPLE_BYTES or channels not in {1, 2} or source_rate < 1:
        raise CallerError(
            f"{path} holds {channels} channels of {8 * width} bits; it must be 16-bit, mono or stereo."
        )
    whole = len(content) // (_SAMPLE_BYTES * channels) * _SAMPLE_BYTES * channels
    samples = np.frombuffer(content[:whole], "<i2").reshape(-1, channels)
    mono = samples.astype(np.int32).sum(axis=1) // channels
    resampler = Resampler(source_rate, rate)
    parts = (resampler.process(mono.astype(np.int16)), resampler.flush())
    sound: NDArray[np.int16] = np.concatenate(parts)
    if not len(sound):
        raise CallerError(f"{path} holds no sound.")
    return sound


def write_stereo(path: Path, left: NDArray[np.int16], right: NDArray[np.int16], rate: int) -> None:
    """Write two lines of equal length side by side. Raises ``ConfigurationError`` if that cannot be."""
    try:
        with path.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(_SAMPLE_BYTES)
            file.setframerate(rate)
            file.writeframes(np.stack((left, right), axis=1).astype("<i2").tobytes())
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}.", code="out-file") from None
