"""OpenAI's speech over HTTP, without I/O: ``POST /audio/speech`` answers with nothing but samples.

Fields as in OpenAI's API reference ("Create speech", read in November 2026).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from backend.domain.errors import ProviderError
from backend.domain.ports.tts_port import SpeechChunk
from backend.domain.value_objects.audio import AudioFormat
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.adapters.service_errors import not_understood, refusal
from backend.infrastructure.adapters.tts.openai_voices import takes_instructions
from backend.infrastructure.adapters.tts.pcm_speech import PcmSpeech
from backend.infrastructure.adapters.tts.speech_errors import (
    Refusal,
    broke_off,
    no_such_voice,
    nothing_said,
)
from backend.infrastructure.adapters.tts.wav_reader import WavReader

SPEECH_PATH: Final = "/audio/speech"
# Answers that are not the samples asked for, by their media types.
FOREIGN_TYPES: Final = (
    "text/",
    "application/json",
    "audio/mpeg",
    "audio/mp3",
    "audio/ogg",
    "audio/opus",
    "audio/aac",
    "audio/flac",
    "audio/webm",
)
# No voice says a letter or a digit faster: people in haste say 15 a second, which is 67 ms for each.
_LEAST_MS_PER_LETTER: Final = 10
_LEAST_MS: Final = 20
_BAD_REQUEST: Final = frozenset({400, 404, 422})


def speech_body(
    text: str, *, model: str, voice: str, config: VoiceConfig, audio_format: str
) -> dict[str, object]:
    """Return the request's body; ``audio_format`` is "pcm" or "wav". Pitch is passed over."""
    body: dict[str, object] = {
        "model": model,
        "input": text,
        "voice": voice,
        "response_format": audio_format,
    }
    if config.speed != 1:
        body["speed"] = config.speed
    if config.style and takes_instructions(model):
        body["instructions"] = f"Speak in a {config.style} tone."
    return body


def explain(provider: str, refused: Refusal, voice: str) -> ProviderError:
    """Return what to raise when the server refuses to speak with ``voice``.

    There is no code for a voice that does not exist; OpenAI names the parameter, other servers the voice.
    """
    error = refused.json().get("error")
    told = error if isinstance(error, dict) else {}
    if refused.status in _BAD_REQUEST and told.get("code") != "model_not_found":
        text = refused.body.decode(errors="replace").lower()
        if told.get("param") == "voice" or ("voice" in text and voice.lower() in text):
            return no_such_voice(provider, voice)
    return refusal(provider, refused.status, refused.headers, told.get("code"))


class OpenAiSpeech:
    """A ``SpeechDecoder`` of the answer to ``text``: samples at ``raw_format`` or a WAV file in, ``target``
    out."""

    def __init__(self, provider: str, text: str, raw_format: AudioFormat, target: AudioFormat) -> None:
        self._provider = provider
        self._least_ms = max(_LEAST_MS, _LEAST_MS_PER_LETTER * sum(map(str.isalnum, text)))
        self._target = target
        self._body = WavReader(raw_format)
        self._speech: PcmSpeech | None = None

    def feed(self, piece: bytes) -> Iterator[SpeechChunk]:
        """See ``SpeechDecoder``."""
        try:
            samples = self._body.feed(piece)
        except ValueError as error:
            raise not_understood(self._provider) from error
        if self._speech is None and self._body.format is not None:
            self._speech = PcmSpeech(self._body.format, self._target)
        if self._speech is not None:
            self._speech.add(samples)
            yield from self._speech.take()

    def finish(self) -> Iterator[SpeechChunk]:
        """See ``SpeechDecoder``. Raw samples tell neither whether they are speech nor whether more should
        have come; but some are too few for the text, whatever they are."""
        if self._speech is None or self._speech.is_empty:
            raise nothing_said(self._provider)
        if self._speech.duration_ms < self._least_ms:
            raise broke_off(self._provider)
        is_cut = self._speech.is_torn or self._body.lacks_end
        yield from self._speech.finish()
        if is_cut:
            raise broke_off(self._provider)
