"""One synthesizer of the SDK and its connection to the service.

The SDK calls back on threads of its own: audio on one, words on another. Once told to stop it closes the
connection, so a speaker that was interrupted is of no more use; one that has finished can speak again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from backend.domain.errors import ProviderError
from backend.domain.value_objects.audio import AudioFormat, Encoding
from backend.infrastructure.adapters.azure.account import AzureAccount, load_sdk
from backend.infrastructure.adapters.azure.errors import SDK_ERRORS, cancellation, sdk_error
from backend.infrastructure.adapters.azure.handover import Handover
from backend.infrastructure.adapters.azure.speech_assembly import SpokenWord

_TICKS_PER_MS: Final = 10_000
# What the service makes itself, by the SDK's names (enum SpeechSynthesisOutputFormat).
_NATIVE: Final = {
    AudioFormat(Encoding.MULAW, 8_000): "Raw8Khz8BitMonoMULaw",
    AudioFormat(Encoding.ALAW, 8_000): "Raw8Khz8BitMonoALaw",
    AudioFormat(Encoding.PCM16, 8_000): "Raw8Khz16BitMonoPcm",
    AudioFormat(Encoding.PCM16, 16_000): "Raw16Khz16BitMonoPcm",
    AudioFormat(Encoding.PCM16, 24_000): "Raw24Khz16BitMonoPcm",
    AudioFormat(Encoding.PCM16, 48_000): "Raw48Khz16BitMonoPcm",
}


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """Nothing more will come: all was said, or ``error`` happened."""

    error: ProviderError | None = None


SpeechItem = bytes | SpokenWord | SpeechEnded


def native_format(wanted: AudioFormat) -> AudioFormat | None:
    """Return the format to ask the service for when ``wanted`` is to be made of it; None if it cannot be."""
    if wanted in _NATIVE:
        return wanted
    return AudioFormat(Encoding.PCM16, 48_000) if wanted.encoding is Encoding.PCM16 else None


class Speaker:
    """Speaks one document at a time in ``audio_format``. Making it may block, and so may all of its methods:
    they are not for the event loop.

    ``link_changed`` is called on a foreign thread when the connection has opened or closed.
    """

    def __init__(
        self, account: AzureAccount, audio_format: AudioFormat, link_changed: Callable[[], None]
    ) -> None:
        sdk = load_sdk()
        config = account.config()
        config.set_speech_synthesis_output_format(
            getattr(sdk.SpeechSynthesisOutputFormat, _NATIVE[audio_format])
        )
        self.audio_format: Final = audio_format
        self._word_kind = sdk.SpeechSynthesisBoundaryType.Word
        self._lock = threading.Lock()
        self._is_stopped = False
        self._link_changed = link_changed
        self.is_connected = False
        self._handover: Handover[SpeechItem] | None = None
        self._result_id = ""
        self._synthesizer: Any = sdk.SpeechSynthesizer(speech_config=config, audio_config=None)
        self._synthesizer.synthesis_started.connect(self._on_started)
        self._synthesizer.synthesizing.connect(self._on_audio)
        self._synthesizer.synthesis_word_boundary.connect(self._on_word)
        self._synthesizer.synthesis_completed.connect(lambda _: self._put(SpeechEnded()))
        self._synthesizer.synthesis_canceled.connect(self._on_canceled)
        self._connection: Any = sdk.Connection.from_speech_synthesizer(self._synthesizer)
        self._connection.connected.connect(lambda _: self._on_link(is_connected=True))
        self._connection.disconnected.connect(lambda _: self._on_link(is_connected=False))

    def open(self) -> None:
        """Begin to connect ahead of the first word. A connection that fails is not told of."""
        self._connection.open(True)

    def speak(self, document: str, handover: Handover[SpeechItem]) -> None:
        """Begin to speak; what comes of it goes to ``handover``, at the end a ``SpeechEnded``."""
        with self._lock:
            if self._is_stopped:
                return
            self._result_id = ""
            self._handover = handover
            try:
                self._synthesizer.start_speaking_ssml_async(document).get()
            except SDK_ERRORS as error:
                self._put(SpeechEnded(sdk_error(error)))

    def stop(self) -> None:
        """Fall silent and disconnect, for good. Idempotent."""
        with self._lock:
            if self._is_stopped:
                return
            self._is_stopped = True
            self._synthesizer.stop_speaking_async().get()
            self._connection.close()
            # Letting go of the SDK's objects may block, too, so it happens here and now.
            self._connection = self._synthesizer = None

    def _on_link(self, *, is_connected: bool) -> None:
        self.is_connected = is_connected
        self._link_changed()

    def _on_started(self, event: Any) -> None:
        self._result_id = event.result.result_id

    def _on_audio(self, event: Any) -> None:
        if event.result.audio_data:
            self._put(event.result.audio_data)

    def _on_word(self, event: Any) -> None:
        # Words may come after the end of their speech, when the next has begun.
        if event.result_id == self._result_id and event.boundary_type == self._word_kind:
            self._put(SpokenWord(event.text, event.audio_offset / _TICKS_PER_MS))

    def _on_canceled(self, event: Any) -> None:
        self._put(SpeechEnded(cancellation(event.result.cancellation_details.error_code.name)))

    def _put(self, item: SpeechItem) -> None:
        if self._handover is not None:
            self._handover.put(item)
