"""Recordings that ship with Victoria: what she says when no engine can speak.

The files lie beside this module, one for each clip and language (``apology.es.wav``, PCM16 mono), and are
made by ``scripts/render_clips.py`` from the phrases of ``domain/conversation/manners.py``. All are read when
this is made, so that a call never waits for a disk to say sorry.
"""

from __future__ import annotations

import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.application.processors.resampler import Resampler
from backend.domain.errors import ConfigurationError
from backend.domain.ports.clip_port import Clip
from backend.domain.value_objects.audio import AudioFormat, AudioFrame, Encoding
from backend.domain.value_objects.language import ENGLISH, Language

FOLDER: Final = Path(__file__).parent / "recordings"
RATES: Final = (8_000, 16_000)
Key = tuple[Clip, str, int]


class RecordedClips:
    """Implements ``ClipPort``. Raises ``ConfigurationError`` if a file of the package is damaged."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._clips: Final[Mapping[Key, AudioFrame]] = dict(
            entry for path in sorted(folder.glob("*.wav")) for entry in _load(path)
        )

    def find(self, clip: Clip, language: Language, format_: AudioFormat) -> AudioFrame | None:
        """Return the recording in ``format_`` (PCM16, 8 or 16 kHz), in English if need be."""
        if format_.encoding is not Encoding.PCM16:
            return None
        own = self._clips.get((clip, language.base, format_.rate))
        return own or self._clips.get((clip, ENGLISH.base, format_.rate))


def _load(path: Path) -> list[tuple[Key, AudioFrame]]:
    try:
        clip, language, _ = path.name.split(".")
        with wave.open(str(path), "rb") as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise ValueError("not PCM16 mono")
            rate, samples = file.getframerate(), np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return [((Clip(clip), language, target), _at(target, rate, samples)) for target in RATES]
    except (OSError, ValueError, EOFError, wave.Error) as error:
        raise ConfigurationError(f"The recording {path.name} is damaged: {error}.") from error


def _at(target: int, rate: int, samples: NDArray[np.int16]) -> AudioFrame:
    resampler = Resampler(rate, target)
    resampled = np.concatenate([resampler.process(samples.astype(np.int16)), resampler.flush()])
    return AudioFrame(AudioFormat(Encoding.PCM16, target), resampled.tobytes())
