"""When does the caller speak?

A voice activity detector gives a probability for each window. This makes facts of them: with
hysteresis, so that a word is not torn apart, and with the exact edges of the sound (see ``silence``).
Audio is the clock: all positions count samples received, so a stalled line is not a silent caller, and
it is for the owner of the line to say at which instant a sample was spoken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.application.processors.silence import SoundMeter

# A detector's tail was measured up to 270 ms; the end of the sound must still be in memory by then.
_TAIL_MS: Final = 1_000
# How long before the first voiced window a soft consonant may begin ("s" took 76 ms).
_ONSET_MS: Final = 128


@dataclass(frozen=True, slots=True)
class VadTuning:
    """When probabilities become speech and silence.

    Speech begins when windows of ``min_speech_ms`` are at ``start_threshold`` or above, without one
    below ``stop_threshold`` between them. It stops after ``min_silence_ms`` of windows below
    ``stop_threshold``; that lies above the gaps within a word and below the shortest pause that ends
    a turn. Raises ``ValueError`` on values that contradict one another.
    """

    start_threshold: float = 0.5
    stop_threshold: float = 0.35
    min_speech_ms: int = 64
    min_silence_ms: int = 200

    def __post_init__(self) -> None:
        if not 0 < self.stop_threshold <= self.start_threshold <= 1:
            raise ValueError("thresholds must be 0 < stop_threshold <= start_threshold <= 1")
        if self.min_speech_ms <= 0 or self.min_silence_ms <= 0:
            raise ValueError("min_speech_ms and min_silence_ms must be positive")


@dataclass(frozen=True, slots=True)
class VoiceStarted:
    """The caller's voice was detected; its sound begins at ``sample``."""

    sample: int


@dataclass(frozen=True, slots=True)
class VoiceStopped:
    """The caller has paused; the last audible sound ends before ``sample``.

    ``voiced_ms``: how much of what lies between start and stop the detector called voice.
    """

    sample: int
    voiced_ms: float


VoiceEvent = VoiceStarted | VoiceStopped


class VadProcessor:
    """Follows one caller's speech, window by window.

    Starts and stops alternate, beginning with a start. Their samples never go back:
    ``stop.sample >= start.sample``, and a start lies at or behind the stop before it.
    Raises ``ValueError`` if windows cannot be cut into slices of equal length.
    """

    def __init__(self, rate: int, window_samples: int, tuning: VadTuning | None = None) -> None:
        self._tuning = tuning or VadTuning()
        self._rate = rate
        self._window_samples = window_samples
        self._meter = SoundMeter(rate, window_samples, self._tuning.min_silence_ms + _TAIL_MS)
        self._received = 0
        self._is_speaking = False
        self._onset: int | None = None  # start of the first window of a run that may become speech
        self._began = 0  # where the present or, between utterances, the last one began
        self._ended = 0  # where the last utterance ended
        self._voiced = 0  # samples of voiced windows in this run or utterance
        self._voiced_until = 0  # end of the last window at stop_threshold or above
        self._voice_dbfs = -100.0  # the loudest voiced window of this run or utterance

    @property
    def is_speaking(self) -> bool:
        """Whether the caller's last start has not been followed by a stop."""
        return self._is_speaking

    def process(self, probability: float, window: NDArray[np.int16]) -> VoiceEvent | None:
        """Take the next window (int16, shape (window_samples,)) with the detector's word on it."""
        started_at = self._received
        self._received += self._window_samples
        level = self._meter.hear(window)
        if probability < self._tuning.stop_threshold:
            self._meter.learn_noise()
            return self._unvoiced()
        self._voiced_until = self._received
        if not self._is_speaking and probability < self._tuning.start_threshold:
            return None
        if not self._is_speaking and self._onset is None:
            self._onset, self._voiced, self._voice_dbfs = started_at, 0, level
        self._voiced += self._window_samples
        self._voice_dbfs = max(self._voice_dbfs, level)
        return None if self._is_speaking else self._begun()

    def _begun(self) -> VoiceStarted | None:
        if self._onset is None or 1000 * self._voiced < self._tuning.min_speech_ms * self._rate:
            return None
        self._is_speaking = True
        earliest = max(self._ended, self._onset - _ONSET_MS * self._rate // 1000)
        self._began = self._meter.onset(self._onset, self._voice_dbfs, earliest=earliest)
        self._onset = None
        return VoiceStarted(self._began)

    def _unvoiced(self) -> VoiceStopped | None:
        self._onset = None
        silence = self._received - self._voiced_until
        if not self._is_speaking or 1000 * silence < self._tuning.min_silence_ms * self._rate:
            return None
        self._is_speaking = False
        self._ended = self._meter.end(self._began, self._voiced_until, self._voice_dbfs)
        voiced = min(self._voiced, self._ended - self._began)
        return VoiceStopped(self._ended, 1000 * voiced / self._rate)
