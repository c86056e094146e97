"""A local ElevenLabs: refuses as the service does, and speaks a tone with its characters' times."""

from __future__ import annotations

import base64
import functools
import math
from array import array
from typing import Any

from tests.support.speech_server import SpeechExchange

KEY = "xi-secret-key"
VOICES = ("EXAVITQu4vr4xnSDxMaL", "JBFqnCBsd6RMkjVDRZzb", "cgSgspJ2msm6clMCkdW9", "cjVigY5qzO86Huf0OWal")
MS_PER_CHARACTER = 60
_CHARACTERS_PER_LINE = 5
_SAMPLE_BYTES = {"pcm": 2, "ulaw": 1, "alaw": 1}


def refusal(reason: str) -> dict[str, Any]:
    """Return the body with which the service refuses."""
    return {"detail": {"status": reason, "message": f"Something about {KEY}"}}


def speech_line(
    text: str, *, start: int, audio: bytes, ms_per_character: float = MS_PER_CHARACTER
) -> dict[str, Any]:
    """Return a line of the answer: ``text`` begins with the answer's character number ``start``."""
    starts = [(start + place) * ms_per_character / 1_000 for place in range(len(text))]
    return {
        "audio_base64": base64.b64encode(audio).decode(),
        "alignment": {
            "characters": list(text),
            "character_start_times_seconds": starts,
            "character_end_times_seconds": [at + ms_per_character / 1_000 for at in starts],
        },
        "normalized_alignment": None,
    }


@functools.cache
def tone(milliseconds: float, rate: int, *, peak: int = 8_000) -> bytes:
    """Return a tone of 440 Hz as PCM16 at ``rate`` Hz."""
    step = 2 * math.pi * 440 / rate
    return array(
        "h", (round(peak * math.sin(step * n)) for n in range(int(rate * milliseconds / 1_000)))
    ).tobytes()


async def speaks(exchange: SpeechExchange) -> None:
    """Answer as the service does."""
    if exchange.headers.get("xi-api-key") != KEY:
        await exchange.answer(401, refusal("invalid_api_key"))
    elif exchange.path == "/v1/voices":
        await exchange.answer(200, {"voices": [{"voice_id": one, "name": one} for one in VOICES]})
    elif exchange.path.split("/")[3] not in VOICES:
        await exchange.answer(404, refusal("voice_not_found"))
    else:
        await _speak(exchange)


async def _speak(exchange: SpeechExchange) -> None:
    coding, _, rate = exchange.query["output_format"].partition("_")
    pace = exchange.body.get("voice_settings", {}).get("speed", 1)
    ms_per_character = MS_PER_CHARACTER / pace
    text = exchange.body["text"]
    await exchange.head()
    for start in range(0, len(text), _CHARACTERS_PER_LINE):
        part = text[start : start + _CHARACTERS_PER_LINE]
        milliseconds = len(part) * ms_per_character
        audio = tone(milliseconds, int(rate))[: _SAMPLE_BYTES[coding] * int(int(rate) * milliseconds / 1_000)]
        await exchange.line(speech_line(part, start=start, audio=audio, ms_per_character=ms_per_character))
    await exchange.end()
