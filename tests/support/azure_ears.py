"""The recognition half of the scripted Azure server."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from backend.application.processors.g711 import alaw_decode, mulaw_decode
from tests.support.azure_wire import (
    ALAW,
    MULAW,
    PCM,
    TICKS_PER_MS,
    WAV_HEADER_BYTES,
    Message,
    WavHeader,
    event,
    turn_start,
    wav_header,
)

_WINDOW_MS: Final = 20
_LOUD: Final = 300  # root mean square of int16
_WORD_MS: Final = 150


_DECODE: Final[dict[int, Callable[[bytes], NDArray[np.int16]]]] = {
    PCM: lambda window: np.frombuffer(window, "<i2"),
    MULAW: mulaw_decode,
    ALAW: alaw_decode,
}


class Line(Protocol):
    """The way back to the client."""

    async def send(self, message: str | bytes, *, is_answer: bool = False) -> None: ...


class Lines(Protocol):
    """What is to be understood, and how fast."""

    heard: int

    @property
    def script(self) -> Delay: ...
    def next_line(self) -> str: ...
    def next_language(self) -> str: ...


class Delay(Protocol):
    """How long the final words take."""

    @property
    def final_ms(self) -> int: ...


class Ears:
    """One connection's recognition; offsets count from the connection's first sample."""

    def __init__(self, lines: Lines, line: Line) -> None:
        self._lines = lines
        self._line = line
        self._request_id = ""
        self._segmentation_ms = 500
        self._tells_language = False
        self._header = WavHeader(PCM, 16_000, 16)
        self._unread = b""
        self._now_ms = 0
        self._began_ms: int | None = None
        self._voiced_until_ms = 0
        self._words = 0

    def configure(self, context: Message) -> None:
        """Take the client's settings for the turn that begins."""
        mode = context.json["phraseDetection"]["CONVERSATION"]
        self._segmentation_ms = mode["segmentation"]["segmentationSilenceTimeoutMs"]
        self._tells_language = "languageId" in context.json

    async def hear(self, message: Message) -> None:
        """Take more audio; an empty body ends the turn."""
        body = message.body
        if body.startswith(b"RIFF"):
            self._header = wav_header(body)
            body = body[WAV_HEADER_BYTES:]
        elif not body:
            await self._end()
            return
        if message.request_id != self._request_id:
            self._request_id = message.request_id
            await self._line.send(turn_start(self._request_id))
        self._unread += body
        size = self._header.window_bytes
        while len(self._unread) >= size:
            window, self._unread = self._unread[:size], self._unread[size:]
            samples = _DECODE[self._header.encoding](window).astype(float)
            await self._next_window(is_loud=bool(np.sqrt(np.mean(samples**2)) > _LOUD))

    async def _next_window(self, *, is_loud: bool) -> None:
        self._now_ms += _WINDOW_MS
        if is_loud:
            self._voiced_until_ms = self._now_ms
            if self._began_ms is None:
                self._began_ms, self._words = self._now_ms - _WINDOW_MS, 0
                await self._tell("speech.startDetected", {"Offset": self._began_ms * TICKS_PER_MS})
            await self._tell_words()
        elif self._began_ms is not None and self._now_ms - self._voiced_until_ms >= self._segmentation_ms:
            await self._phrase()

    async def _tell_words(self) -> None:
        assert self._began_ms is not None
        words = self._lines.next_line().split()
        audible = min(len(words), (self._now_ms - self._began_ms) // _WORD_MS)
        if audible > self._words:
            self._words = audible
            text = " ".join(words[:audible]).lower().rstrip(".,?!")
            await self._tell("speech.hypothesis", {"Text": text, **self._span()}, is_answer=True)

    async def _phrase(self) -> None:
        text, language = self._lines.next_line(), self._lines.next_language()
        self._lines.heard += 1
        span = self._span()
        self._began_ms = None
        await asyncio.sleep(self._lines.script.final_ms / 1_000)
        best = {"Confidence": 0.9, "Lexical": text, "ITN": text, "MaskedITN": text, "Display": text}
        body = {"RecognitionStatus": "Success", "DisplayText": text, "NBest": [best], **span}
        if self._tells_language:
            body["PrimaryLanguage"] = {"Language": language, "Confidence": "High"}
        await self._tell("speech.phrase", body, is_answer=True)

    async def _end(self) -> None:
        if self._began_ms is not None:
            await self._phrase()
        await self._tell("speech.endDetected", {"Offset": self._now_ms * TICKS_PER_MS})
        await self._line.send(event("turn.end", self._request_id, {}))

    def _span(self) -> dict[str, object]:
        assert self._began_ms is not None
        duration_ms = self._voiced_until_ms - self._began_ms
        return {"Offset": self._began_ms * TICKS_PER_MS, "Duration": duration_ms * TICKS_PER_MS}

    async def _tell(self, path: str, body: dict[str, object], *, is_answer: bool = False) -> None:
        body = {"Id": uuid.uuid4().hex, "Channel": 0, **body}
        await self._line.send(event(path, self._request_id, body), is_answer=is_answer)
