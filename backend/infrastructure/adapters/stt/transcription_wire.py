"""OpenAI's ``POST /audio/transcriptions``, which many servers speak: one recording in, its words out; no I/O.

Source: https://platform.openai.com/docs/api-reference/audio/createTranscription (November 2026). The plain
``json`` answer is what all of them know: OpenAI, Groq, faster-whisper's servers, whisper.cpp.
"""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Sequence
from typing import Final

from backend.domain.value_objects.audio import WIDEBAND
from backend.domain.value_objects.language import Language

PATH: Final = "audio/transcriptions"
_MOST_PROMPT_LETTERS: Final = 600  # Whisper reads the last 224 tokens of it


def form(model: str, language: Language, hints: Sequence[str]) -> dict[str, str]:
    """Return the fields that go with the recording."""
    fields = {"model": model, "language": language.base, "response_format": "json"}
    prompt = _prompt(hints)
    return {**fields, "prompt": prompt} if prompt else fields


def wav_of(pcm: bytes) -> bytes:
    """Return ``pcm`` (PCM16 at 16 kHz) as a WAV file."""
    recording = io.BytesIO()
    with wave.open(recording, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(WIDEBAND.sample_bytes)
        wav.setframerate(WIDEBAND.rate)
        wav.writeframes(pcm)
    return recording.getvalue()


def text_of(body: bytes) -> str | None:
    """Return the words in an answer, None if it is not one."""
    try:
        text = json.loads(body)["text"]
    except (ValueError, TypeError, LookupError):
        return None
    return text if isinstance(text, str) else None


def error_code_of(body: bytes) -> str | None:
    """Return the server's own code in a refusal, None if it has none."""
    try:
        code = json.loads(body)["error"]["code"]
    except (ValueError, TypeError, LookupError):
        return None
    return code if isinstance(code, str) else None


def _prompt(hints: Sequence[str]) -> str:
    """Return the first of the hints, as many as are read, as a sentence that might have gone before."""
    words = ""
    for hint in dict.fromkeys(hints):
        longer = f"{words}, {hint}" if words else hint
        if len(longer) > _MOST_PROMPT_LETTERS:
            break
        words = longer
    return f"{words}." if words else ""
