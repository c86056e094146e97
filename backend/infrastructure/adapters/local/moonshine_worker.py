"""Moonshine in a process of its own, for one language.

``python -m …adapters.local.moonshine_worker MODEL_DIRECTORY ARCHITECTURE [OPTION=VALUE …]``; the options are
those of the library's transcriber. Every utterance is a stream of the library's own, so that nothing of
one can leak into the next.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Final

import numpy as np

from backend.infrastructure.adapters.local.framing import Kind, Message, encode_number
from backend.infrastructure.adapters.local.utterance_backlog import UtteranceBacklog
from backend.infrastructure.adapters.local.worker_host import Send, serve

if TYPE_CHECKING:
    from moonshine_voice.transcriber import Stream, Transcriber, Transcript

_RATE: Final = 16_000
_SLICE_MS: Final = 200  # of audio taken over at once, without transcribing it
_PARTIAL_EVERY_MS: Final = 300
# A pass may cost no more than this share of the audio it covers, or a loaded machine falls behind.
_MOST_LOAD: Final = 0.5
# We decide when the library transcribes; its own timer would transcribe inside add_audio.
_NEVER_S: Final = 1e9
_FULL_SCALE: Final = 32_768
_NICENESS: Final = 5  # the server's own process, which paces the audio, goes first
_OPTIONS: Final = {"return_audio_data": "false", "identify_speakers": "false"}


class MoonshineEngine:
    """One model, any number of callers."""

    def __init__(self, model: str, architecture: str, options: dict[str, str]) -> None:
        self._model = model
        self._architecture = architecture
        self._options = _OPTIONS | options
        self._transcriber: Transcriber | None = None

    def load(self) -> None:
        """Load the model."""
        from moonshine_voice import string_to_model_arch  # noqa: PLC0415  (only this process needs it)
        from moonshine_voice.transcriber import Transcriber  # noqa: PLC0415

        architecture = string_to_model_arch(self._architecture)
        self._transcriber = Transcriber(self._model, architecture, options=self._options)

    def open(self, opening: bytes, send: Send) -> MoonshineSession:  # noqa: ARG002  (says nothing)
        """Begin to listen to a caller."""
        assert self._transcriber is not None
        return MoonshineSession(self._transcriber, send)


class MoonshineSession:
    """One caller."""

    def __init__(self, transcriber: Transcriber, send: Send) -> None:
        self._transcriber = transcriber
        self._send = send
        self._backlog = UtteranceBacklog()
        self._utterance: Stream | None = None
        self._partial = ""
        self._untranscribed_ms = 0.0
        self._wait_ms = float(_PARTIAL_EVERY_MS)

    def accept(self, message: Message) -> None:
        """Note audio, or the end of an utterance."""
        self._backlog.accept(message)

    def advance(self) -> bool:
        """Take over a slice of audio, transcribe what there is, or end the utterance."""
        if self._backlog.has_audio:
            self._listen(self._backlog.take_audio(_SLICE_MS))
            return True
        utterance = self._backlog.take_end()
        if utterance is not None:
            if text := self._end_utterance():
                self._send(Kind.FINAL, text.encode())
            self._send(Kind.SETTLED, encode_number(utterance))
            return True
        if self._utterance is not None and self._untranscribed_ms >= self._wait_ms:
            self._transcribe(self._utterance)
            return True
        return False

    def close(self) -> None:
        """Free the library's stream."""
        if self._utterance is not None:
            self._utterance.close()

    def _listen(self, audio: bytes) -> None:
        if self._utterance is None:
            self._utterance = self._transcriber.create_stream(update_interval=_NEVER_S)
            self._utterance.start()
            self._partial = ""
            self._untranscribed_ms = 0.0
        samples = np.frombuffer(audio, "<i2").astype(np.float32) / _FULL_SCALE
        self._utterance.add_audio(samples.tolist(), _RATE)
        self._untranscribed_ms += 1_000 * len(samples) / _RATE
        self._send(Kind.CONSUMED, encode_number(len(samples)))

    def _transcribe(self, utterance: Stream) -> None:
        began = time.monotonic()
        text = _words(utterance.update_transcription())
        self._untranscribed_ms = 0.0
        self._wait_ms = max(_PARTIAL_EVERY_MS, 1_000 * (time.monotonic() - began) / _MOST_LOAD)
        if text != self._partial:
            self._partial = text
            self._send(Kind.PARTIAL, text.encode())

    def _end_utterance(self) -> str:
        """Return the words of the utterance, which is over; empty if there was none."""
        utterance, self._utterance = self._utterance, None
        if utterance is None:
            return ""
        try:
            transcript = utterance.stop()
            if transcript is None:
                raise RuntimeError("Moonshine could not finish an utterance")
            return _words(transcript)
        finally:
            utterance.close()


def _words(transcript: Transcript) -> str:
    return " ".join(line.text.strip() for line in transcript.lines if line.text.strip())


if __name__ == "__main__":
    model, architecture, *options = sys.argv[1:]
    settings = dict(option.split("=", 1) for option in options)
    serve(MoonshineEngine(model, architecture, settings), niceness=_NICENESS)
