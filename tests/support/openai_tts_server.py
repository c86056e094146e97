"""A local server for OpenAI's speech: refuses as servers do, and speaks a tone, raw or as a WAV file."""

from __future__ import annotations

import struct

from tests.support.elevenlabs_server import tone
from tests.support.speech_server import SpeechExchange

KEY = "sk-secret-key"
RATE = 24_000
MS_PER_CHARACTER = 60
VOICES = ("ef_dora", "em_alex", "af_heart", "bm_george", "jf_alpha", "alloy")
_CHARACTERS_PER_PIECE = 20


def wav_header(rate: int = RATE, *, size: int = 0xFFFF_FFFF, channels: int = 1, bits: int = 16) -> bytes:
    """Return the head of a WAV file; ``size`` is that of its samples, by default one that is not known."""
    frame = channels * bits // 8
    described = struct.pack("<HHIIHH", 1, channels, rate, rate * frame, frame, bits)
    riff = min(size + 36, 0xFFFF_FFFF)
    return (
        struct.pack("<4sI4s4sI", b"RIFF", riff, b"WAVE", b"fmt ", 16)
        + described
        + struct.pack("<4sI", b"data", size)
    )


async def speaks(exchange: SpeechExchange) -> None:
    """Answer as a server with a list of voices does."""
    if exchange.headers.get("authorization") != f"Bearer {KEY}":
        await exchange.answer(
            401, {"error": {"message": f"Incorrect API key: {KEY}", "code": "invalid_api_key"}}
        )
    elif exchange.path == "/v1/audio/voices":
        await exchange.answer(200, {"voices": list(VOICES)})
    elif exchange.body["voice"] not in VOICES:
        await exchange.answer(400, {"detail": {"message": f"Voice '{exchange.body['voice']}' not found."}})
    else:
        await _speak(exchange)


async def _speak(exchange: SpeechExchange) -> None:
    is_wav = exchange.body["response_format"] == "wav"
    await exchange.head(content_type="audio/wav" if is_wav else "audio/pcm")
    await exchange.raw(wav_header() if is_wav else b"")
    left = len(exchange.body["input"])
    while left > 0:
        milliseconds = min(left, _CHARACTERS_PER_PIECE) * MS_PER_CHARACTER / exchange.body.get("speed", 1)
        await exchange.raw(tone(milliseconds, RATE))
        left -= _CHARACTERS_PER_PIECE
    await exchange.end()
