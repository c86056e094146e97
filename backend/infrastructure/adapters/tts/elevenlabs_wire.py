"""ElevenLabs' streaming speech with timestamps, without I/O.

``POST /v1/text-to-speech/{voice}/stream/with-timestamps`` answers with one JSON object a line: audio in
base64, and for each character of the text when it begins to sound, in seconds from the answer's beginning.
Field names and formats as in the official Python SDK (elevenlabs-python,
``text_to_speech/raw_client.py`` and ``types/``, read in November 2026).
"""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from backend.domain.errors import ProviderError
from backend.domain.ports.tts_port import SpeechChunk
from backend.domain.value_objects.audio import AudioFormat, Encoding
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.adapters.local.speakable_text import SpeakableText
from backend.infrastructure.adapters.service_errors import (
    model_not_found,
    not_understood,
    out_of_credit,
    refusal,
)
from backend.infrastructure.adapters.tts.pcm_speech import PcmSpeech
from backend.infrastructure.adapters.tts.speech_errors import (
    Refusal,
    broke_off,
    no_such_voice,
    nothing_said,
)
from backend.infrastructure.adapters.tts.word_alignment import TimedCharacter, WordAlignment

PROVIDER: Final = "elevenlabs"
# Higher rates of PCM are for dearer subscriptions only, so they are made of this.
_LARGEST_PCM: Final = AudioFormat(Encoding.PCM16, 24_000)
_NATIVE: Final = {
    AudioFormat(Encoding.MULAW, 8_000): "ulaw_8000",
    AudioFormat(Encoding.ALAW, 8_000): "alaw_8000",
    AudioFormat(Encoding.PCM16, 8_000): "pcm_8000",
    AudioFormat(Encoding.PCM16, 16_000): "pcm_16000",
    AudioFormat(Encoding.PCM16, 22_050): "pcm_22050",
    _LARGEST_PCM: "pcm_24000",
}
_SLOWEST: Final = 0.7
_FASTEST: Final = 1.2
# These refuse or ignore a language, and guess it from the text.
_GUESS_LANGUAGE: Final = (
    "eleven_multilingual_v2",
    "eleven_monolingual_v1",
    "eleven_turbo_v2",
    "eleven_flash_v2",
)
# A server that only imitates ElevenLabs may send half a minute in one line.
_LONGEST_LINE: Final = 8 * 1_024 * 1_024
_VOICE_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")


def native_format(wanted: AudioFormat) -> AudioFormat:
    """Return what to ask the service for when ``wanted`` is to be made of it."""
    return wanted if wanted in _NATIVE else _LARGEST_PCM


def speech_path(voice: str) -> str:
    """Return where to send the text. Raises ``ProviderError`` (``unknown-voice``) if it cannot be a voice."""
    if not _VOICE_ID.fullmatch(voice):
        raise no_such_voice(PROVIDER, voice)
    return f"/v1/text-to-speech/{voice}/stream/with-timestamps"


def speech_params(source: AudioFormat) -> dict[str, str]:
    """Return the query that asks for audio in ``source``."""
    return {"output_format": _NATIVE[source]}


def speech_body(text: str, *, model: str, language: str, voice: VoiceConfig) -> dict[str, object]:
    """Return the request's body; ``language`` is a base tag.

    The service speaks at 0.7 to 1.2 times a voice's pace, so what is beyond gets the extreme. It knows no
    pitch and no named styles.
    """
    body: dict[str, object] = {"text": text, "model_id": model}
    if model not in _GUESS_LANGUAGE:
        body["language_code"] = language
    if voice.speed != 1:
        body["voice_settings"] = {"speed": min(_FASTEST, max(_SLOWEST, voice.speed))}
    return body


def explain(refused: Refusal, voice: str) -> ProviderError:
    """Return what to raise when the service refuses to speak with ``voice``."""
    detail = refused.json().get("detail")
    reasons = {detail.get("status"), detail.get("code")} if isinstance(detail, dict) else set()
    if "quota_exceeded" in reasons:  # comes with 401
        return out_of_credit(PROVIDER)
    if reasons & {"model_not_found", "unsupported_model", "model_can_not_do_text_to_speech"}:
        return model_not_found(PROVIDER)
    if refused.status == 404 or reasons & {"voice_not_found", "invalid_uid"}:
        return no_such_voice(PROVIDER, voice)
    return refusal(PROVIDER, refused.status, refused.headers)


@dataclass(frozen=True, slots=True)
class SpeechLine:
    """What one line of the answer brings."""

    audio: bytes
    characters: tuple[TimedCharacter, ...] = ()


def parse_line(line: bytes) -> SpeechLine:
    """Return what ``line`` says; times that make no sense are left out.

    Raises ``ProviderError``: the line reports an error, or is none of the service's.
    """
    try:
        parsed = json.loads(line)
        audio = base64.b64decode(parsed.get("audio_base64") or b"", validate=True)
    except (ValueError, RecursionError, AttributeError, TypeError) as error:
        raise not_understood(PROVIDER) from error
    if "audio_base64" not in parsed and ("detail" in parsed or "error" in parsed):
        raise ProviderError(PROVIDER, "the server reported an error in mid-speech", code="answer-failed")
    return SpeechLine(audio, tuple(_timed(parsed.get("alignment"))))


def _timed(alignment: Any) -> Iterator[TimedCharacter]:
    if not isinstance(alignment, dict):
        return
    characters = alignment.get("characters")
    seconds = alignment.get("character_start_times_seconds")
    if not isinstance(characters, list) or not isinstance(seconds, list):
        return
    for character, at_s in zip(characters, seconds, strict=False):
        if isinstance(character, str) and isinstance(at_s, int | float) and math.isfinite(at_s):
            yield TimedCharacter(character, at_s * 1_000)


class ElevenLabsSpeech:
    """A ``SpeechDecoder`` of one answer: lines in, speech in ``target`` out."""

    def __init__(self, sent: SpeakableText, source: AudioFormat, target: AudioFormat) -> None:
        self._words = WordAlignment(sent)
        self._speech = PcmSpeech(source, target)
        self._line = bytearray()

    def feed(self, piece: bytes) -> Iterator[SpeechChunk]:
        """See ``SpeechDecoder``."""
        *lines, rest = piece.split(b"\n")
        for line in lines:
            yield from self._read(bytes(self._line + line))
            self._line.clear()
        self._line += rest
        if len(self._line) > _LONGEST_LINE:
            raise not_understood(PROVIDER)

    def finish(self) -> Iterator[SpeechChunk]:
        """See ``SpeechDecoder``."""
        is_cut = False
        try:
            yield from self._read(bytes(self._line))
        except ProviderError as error:
            if error.code != "bad-response" or self._speech.is_empty:
                raise
            is_cut = True
        is_cut = is_cut or self._speech.is_torn or self._words.lacks_end
        if self._speech.is_empty:
            raise nothing_said(PROVIDER)
        yield from self._speech.finish()
        if is_cut:
            raise broke_off(PROVIDER)

    def _read(self, line: bytes) -> Iterator[SpeechChunk]:
        if line.strip():
            parsed = parse_line(line.strip())
            self._speech.add(parsed.audio, self._words.follow(parsed.characters))
            yield from self._speech.take()
