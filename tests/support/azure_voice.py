"""The speech half of the scripted Azure server."""

from __future__ import annotations

import asyncio
import contextlib
import re
import uuid
from typing import Final, Protocol
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray
from websockets.exceptions import ConnectionClosed

from backend.application.processors.g711 import mulaw_encode
from tests.support.azure_wire import TICKS_PER_MS, Message, audio, event, turn_start

WORD_MS: Final = 250
_CHUNK_MS: Final = 100
_RATE: Final = re.compile(r"raw-(\d+)khz-(8|16)bit")
_PART: Final = re.compile(r"\w+|[^\w\s]")


class Line(Protocol):
    """The way back to the client."""

    async def send(self, message: str | bytes, *, is_answer: bool = False) -> None: ...


class Pace(Protocol):
    """How fast speech is made."""

    @property
    def first_audio_ms(self) -> int: ...
    @property
    def pace(self) -> float: ...
    @property
    def words_ahead_ms(self) -> int: ...


async def synthesize(line: Line, order: Message, output_format: str, pace: Pace) -> bool:
    """Speak an SSML document: a tone, with the words and punctuation where they are.

    Return whether all of it was sent before the connection closed.
    """
    parsed = _RATE.match(output_format)
    assert parsed is not None, output_format
    rate, is_pcm = int(parsed[1]) * 1_000, parsed[2] == "16"
    text = "".join(ElementTree.fromstring(order.body).itertext())
    parts = _PART.findall(text)
    length_ms = WORD_MS * sum(part.isalnum() for part in parts)
    stream_id = uuid.uuid4().hex.upper()
    reply: dict[str, object] = {"audio": {"type": "inline", "streamId": stream_id}}
    with contextlib.suppress(ConnectionClosed):
        await line.send(turn_start(order.request_id))
        await asyncio.sleep(pace.first_audio_ms / 1_000)
        await line.send(event("response", order.request_id, reply))
        told = told_ms = 0
        for at_ms in range(0, length_ms, _CHUNK_MS):
            while told < len(parts) and told_ms <= at_ms + pace.words_ahead_ms:
                await line.send(_boundary(order.request_id, parts[told], told_ms))
                told_ms += WORD_MS * parts[told].isalnum()
                told += 1
            chunk = tone(rate, at_ms, min(_CHUNK_MS, length_ms - at_ms))
            payload = chunk.tobytes() if is_pcm else mulaw_encode(chunk)
            await line.send(audio(order.request_id, stream_id, payload), is_answer=True)
            await asyncio.sleep(_CHUNK_MS / 1_000 * pace.pace)
        await line.send(audio(order.request_id, stream_id, b""))
        await line.send(event("turn.end", order.request_id, {}))
        return True
    return False


def _boundary(request_id: str, part: str, at_ms: int) -> str:
    kind = "WordBoundary" if part.isalnum() else "PunctuationBoundary"
    text = {"Text": part, "Length": len(part), "BoundaryType": kind}
    data = {"Offset": at_ms * TICKS_PER_MS, "Duration": WORD_MS * TICKS_PER_MS, "text": text}
    return event("audio.metadata", request_id, {"Metadata": [{"Type": "WordBoundary", "Data": data}]})


def tone(rate: int, at_ms: int, length_ms: int) -> NDArray[np.int16]:
    """Return the voice's samples from ``at_ms`` on."""
    samples = np.arange(rate * at_ms // 1_000, rate * (at_ms + length_ms) // 1_000)
    sound: NDArray[np.float64] = 8_000 * np.sin(2 * np.pi * 220 / rate * samples)
    return sound.astype(np.int16)
