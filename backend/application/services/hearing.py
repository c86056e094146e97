"""From the caller's audio to "speech started" and "speech stopped", and to the recogniser.

All of it runs in one call stack from the transport to the detector's buffer: no task, no queue, no copy
that is not needed, and what a recogniser is not to hear is not brought to its rate. The line's own tasks wake
per message and per packet; the conversation's task only when the caller begins or ceases to speak.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from backend.application.processors.audio_buffer import AudioBuffer, PreRoll
from backend.application.processors.resampler import Resampler
from backend.application.processors.vad_processor import VadProcessor, VadTuning, VoiceStarted
from backend.application.services.call_clock import CallClock
from backend.application.services.inbox import Inbox
from backend.application.services.transcription import Transcription
from backend.domain.conversation.events import SpeechStarted, SpeechStopped
from backend.domain.ports.vad_port import VadPort
from backend.domain.value_objects.audio import WIDEBAND, AudioFrame
from backend.domain.value_objects.instant import NS_PER_S, Instant

PRE_ROLL_MS: Final = 400  # what the recogniser gets of the time before the detector noticed
BUFFER_MS: Final = 2_000


class Hearing:
    """One caller's ears, for PCM16 at ``rate`` Hz."""

    def __init__(
        self,
        rate: int,
        *,
        vad: VadPort,
        transcription: Transcription,
        clock: CallClock,
        inbox: Inbox,
        tuning: VadTuning | None = None,
    ) -> None:
        self._clock = clock
        self._inbox = inbox
        self._transcription = transcription
        self._rate = rate
        self._to_stt = Resampler(rate, WIDEBAND.rate)
        self._vad_rate = rate if rate in vad.rates else WIDEBAND.rate
        self._to_vad = Resampler(rate, self._vad_rate)
        self._vad = vad.open(self._vad_rate, self._on_probability)
        self._window_samples = self._vad.window_samples
        self._windows = AudioBuffer(self._vad_rate, BUFFER_MS)
        self._undecided: deque[NDArray[np.int16]] = deque()
        self._processor = VadProcessor(self._vad_rate, self._window_samples, tuning)
        self._pre_roll = PreRoll(rate, PRE_ROLL_MS)
        self._received = 0  # samples at the detector's rate …
        self._received_at = clock.now()  # … up to this instant

    def accept(self, frame: AudioFrame, now: Instant) -> None:
        """Take audio whose last sample was spoken at ``now``."""
        samples = np.frombuffer(frame.payload, np.int16)
        if self._transcription.wants_speech_only and not self._processor.is_speaking:
            self._pre_roll.append(samples)
        else:
            self._transcription.feed(self._wideband(samples, frame))
        native = self._to_vad.process(samples)
        self._received += len(native)
        self._received_at = now
        self._windows.append(native)
        for window in self._windows.windows(self._window_samples):
            self._undecided.append(window)
            self._vad.accept(window.tobytes())

    def close(self) -> None:
        """Free the detector's stream."""
        self._vad.close()

    def _wideband(self, samples: NDArray[np.int16], frame: AudioFrame | None = None) -> AudioFrame:
        """Return ``samples`` (in ``frame``, if they came so) as the recogniser wants them."""
        if frame is not None and frame.format == WIDEBAND:
            return frame
        return AudioFrame(WIDEBAND, self._to_stt.process(samples).tobytes())

    def _on_probability(self, probability: float) -> None:
        event = self._processor.process(probability, self._undecided.popleft())
        if event is None:
            return
        since = self._instant_of(event.sample)
        if isinstance(event, VoiceStarted):
            if self._transcription.wants_speech_only:
                self._to_stt = Resampler(self._rate, WIDEBAND.rate)  # it has not heard what came between
                self._transcription.feed(self._wideband(self._pre_roll.drain()))
            self._inbox.put(SpeechStarted(self._clock.now(), since))
        else:
            self._inbox.put(SpeechStopped(self._clock.now(), since, event.voiced_ms))

    def _instant_of(self, sample: int) -> Instant:
        """Audio is the clock: between two samples lies as much time as there are samples."""
        ago_ns = (self._received - sample) * NS_PER_S // self._vad_rate
        return Instant(max(0, self._received_at - ago_ns))
