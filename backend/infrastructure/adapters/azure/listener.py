"""One recognizer of the SDK with its connection and the stream that it hears.

The SDK calls back on threads of its own. It reconnects by itself, up to four times, and sends the audio since
the last phrase again; positions in the audio stay what they were.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

from backend.domain.errors import ProviderError
from backend.domain.value_objects.audio import WIDEBAND, AudioFormat, Encoding
from backend.infrastructure.adapters.azure.account import AzureAccount, load_sdk
from backend.infrastructure.adapters.azure.errors import cancellation
from backend.infrastructure.adapters.azure.messages import MessageWatch

_TICKS_PER_MS: Final = 10_000
# What the service takes as it is, by the SDK's names (enum AudioStreamWaveFormat).
_WAVE_FORMATS: Final = {Encoding.PCM16: "PCM", Encoding.MULAW: "MULAW", Encoding.ALAW: "ALAW"}
FORMATS: Final = frozenset({WIDEBAND, *(AudioFormat(encoding, 8_000) for encoding in _WAVE_FORMATS)})
# How long the SDK waits for the last words of a service that does not answer; ten seconds unless set.
_STOP_WITHIN: Final = ("SPEECH-StopRecognitionTimeoutInSeconds", "1")
_MOST_HINTS: Final = 500  # the service's limit on a phrase list


@dataclass(frozen=True, slots=True)
class ListeningOrder:
    """How to listen. ``locales`` are the service's: of several it tells which it hears, one of each language
    at most. ``format`` is one of ``FORMATS``; a phrase ends after ``segmentation_ms`` of silence."""

    locales: tuple[str, ...]
    hints: tuple[str, ...] = ()
    format: AudioFormat = WIDEBAND
    segmentation_ms: int = 300


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Words of a phrase that goes on; it began ``begin_ms`` into the audio."""

    text: str
    begin_ms: float


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that is over, from ``begin_ms`` to ``end_ms`` of the audio; no text if there were no words.

    ``locale`` is what it was heard to be in, empty if that was not to be found out.
    """

    text: str
    begin_ms: float
    end_ms: float
    locale: str = ""


@dataclass(frozen=True, slots=True)
class SignOfLife:
    """The service has sent a message, whatever it says."""


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """The connection has opened or closed; the SDK does not tell whether it will open again."""

    is_connected: bool


@dataclass(frozen=True, slots=True)
class GaveUp:
    """Nothing more will come."""

    error: ProviderError


Heard = Hypothesis | Phrase | SignOfLife | LinkChanged | GaveUp


class Listener:
    """Recognises continuously. Making, starting and stopping it may block: that is not for the event loop.

    ``heard`` is called on foreign threads.
    """

    def __init__(self, account: AzureAccount, order: ListeningOrder, heard: Callable[[Heard], None]) -> None:
        sdk = load_sdk()
        self._heard = heard
        self._lock = threading.Lock()
        self._is_stopped = False
        self._audio: Any = sdk.audio.PushAudioInputStream(_stream_format(sdk, order.format))
        self._recognizer: Any = sdk.SpeechRecognizer(
            speech_config=_config(sdk, account, order),
            audio_config=sdk.audio.AudioConfig(stream=self._audio),
            **_languages(sdk, order.locales),
        )
        if order.hints:
            phrases = sdk.PhraseListGrammar.from_recognizer(self._recognizer)
            for hint in order.hints[:_MOST_HINTS]:
                phrases.addPhrase(hint)
        self._error_reason = sdk.CancellationReason.Error
        self._language_of = sdk.AutoDetectSourceLanguageResult
        self._recognizer.recognizing.connect(self._on_recognizing)
        self._recognizer.recognized.connect(self._on_recognized)
        self._recognizer.canceled.connect(self._on_canceled)
        self._connection: Any = sdk.Connection.from_recognizer(self._recognizer)
        self._connection.connected.connect(lambda _: heard(LinkChanged(is_connected=True)))
        self._connection.disconnected.connect(lambda _: heard(LinkChanged(is_connected=False)))
        self._messages = MessageWatch(self._connection, lambda: heard(SignOfLife()))

    def start(self) -> None:
        """Begin to connect and to listen."""
        with self._lock:
            if not self._is_stopped:
                self._recognizer.start_continuous_recognition_async().get()

    def write(self, payload: bytes) -> None:
        """Take the next audio, in the order's format. Takes microseconds: the SDK copies it."""
        self._audio.write(payload)

    def stop(self) -> None:
        """Stop and disconnect, for good. Takes a second when the service does not answer. Idempotent."""
        with self._lock:
            if self._is_stopped:
                return
            self._is_stopped = True
            self._messages.stop()  # first: it must outlive what calls into it, even if the next step fails
            self._recognizer.stop_continuous_recognition_async().get()
            # Letting go of the SDK's objects disconnects. That may block, too, so it happens here and now.
            self._connection = self._recognizer = self._audio = None

    def _on_recognizing(self, event: Any) -> None:
        self._heard(Hypothesis(event.result.text, event.result.offset / _TICKS_PER_MS))

    def _on_recognized(self, event: Any) -> None:
        result = event.result
        begin_ms = result.offset / _TICKS_PER_MS
        end_ms = begin_ms + result.duration / _TICKS_PER_MS
        self._heard(Phrase(result.text, begin_ms, end_ms, self._language_of(result).language or ""))

    def _on_canceled(self, event: Any) -> None:
        details = event.cancellation_details
        if details.reason == self._error_reason:  # and not the end of the stream, which is ours
            self._heard(GaveUp(cancellation(details.code.name)))


def _config(sdk: ModuleType, account: AzureAccount, order: ListeningOrder) -> Any:
    config = account.config()
    config.set_profanity(sdk.ProfanityOption.Raw)  # a caller's words are not ours to mask
    config.set_property(sdk.PropertyId.Speech_SegmentationSilenceTimeoutMs, str(order.segmentation_ms))
    config.set_property_by_name(*_STOP_WITHIN)
    if len(order.locales) == 1:
        config.speech_recognition_language = order.locales[0]
    else:  # or it would decide with the first words, once and for all
        config.set_property(sdk.PropertyId.SpeechServiceConnection_LanguageIdMode, "Continuous")
    return config


def _languages(sdk: ModuleType, locales: tuple[str, ...]) -> dict[str, Any]:
    """Return the recognizer's argument by which it tells several languages apart."""
    if len(locales) == 1:
        return {}
    auto = sdk.languageconfig.AutoDetectSourceLanguageConfig(languages=list(locales))
    return {"auto_detect_source_language_config": auto}


def _stream_format(sdk: ModuleType, wanted: AudioFormat) -> Any:
    wave_format = getattr(sdk.AudioStreamWaveFormat, _WAVE_FORMATS[wanted.encoding])
    return sdk.audio.AudioStreamFormat(
        wanted.rate, 8 * wanted.sample_bytes, 1, wave_stream_format=wave_format
    )
