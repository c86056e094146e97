"""One request's speech, whichever service speaks: ask, decode, watch, and leave nothing open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from typing import Protocol

from backend.domain.ports.tts_port import SpeechChunk
from backend.infrastructure.adapters.tts.speech_http import SpeechHttp, SpeechOrder
from backend.infrastructure.adapters.tts.speech_watch import SpeechWatch


class SpeechDecoder(Protocol):
    """Makes chunks of one answer's bytes, without I/O."""

    def feed(self, piece: bytes) -> Iterator[SpeechChunk]:
        """Yield what the next bytes bring. Raises ``ProviderError`` behind what could be understood."""
        ...

    def finish(self) -> Iterator[SpeechChunk]:
        """The body is over: yield the rest. Raises ``ProviderError`` if something is missing."""
        ...


async def stream_speech(
    http: SpeechHttp, order: SpeechOrder, decoder: SpeechDecoder, watch: SpeechWatch
) -> AsyncGenerator[SpeechChunk, None]:
    """Carry out ``order`` and yield its speech; closing it in mid-speech closes the connection."""
    async with http.post(order, watch) as answer:
        while (piece := await answer.read()) is not None:
            for chunk in decoder.feed(piece):
                yield chunk
                watch.progressed()
                await asyncio.sleep(0)  # a server far ahead of real time is not to keep the loop from others
    for chunk in decoder.finish():
        yield chunk
