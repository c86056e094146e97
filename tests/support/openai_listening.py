"""The recogniser that asks OpenAI's way on a scripted server: streams, and how they fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Final

from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import SttRequest
from backend.domain.value_objects.language import ENGLISH
from backend.infrastructure.adapters.stt.openai_stt_adapter import OpenAiStt
from backend.infrastructure.adapters.stt.openai_stt_stream import OpenAiSttStream
from backend.infrastructure.adapters.stt.openai_transcriber import OpenAiSttSettings
from tests.support.listening import failure_of, hum, say, until
from tests.support.openai_stt_server import Exchange, Script, TranscriptionServer, transcription_server

KEY: Final = "sk-0123456789abcdef0123456789abcdef"
REQUEST: Final = SttRequest(ENGLISH)


def settings(base_url: str, **changes: int) -> OpenAiSttSettings:
    """Return settings with which a busy machine has time."""
    patient = {"connect_timeout_ms": 10_000, "answer_timeout_ms": 10_000, **changes}
    return OpenAiSttSettings("whisper-1", KEY, base_url, **patient)  # type: ignore[arg-type]


@asynccontextmanager
async def stream_at(
    base_url: str, request: SttRequest = REQUEST, **changes: int
) -> AsyncIterator[OpenAiSttStream]:
    """Open a stream to whatever is there, and close it, which waits for nobody."""
    stt = OpenAiStt(settings(base_url, **changes))
    await stt.start()
    stream = await stt.open(request)
    try:
        yield stream
    finally:
        closed_at = perf_counter()
        await stream.aclose()
        await stt.aclose()
        assert perf_counter() - closed_at < 2


@asynccontextmanager
async def listening(
    script: Script, request: SttRequest = REQUEST, **changes: int
) -> AsyncIterator[tuple[OpenAiSttStream, TranscriptionServer]]:
    """Open a stream, and close it; afterwards the server must have seen it go."""
    async with transcription_server(script) as server:
        async with stream_at(server.base_url, request, **changes) as stream:
            yield stream, server
        await until(lambda: not server.open_connections)


async def failure(stream: OpenAiSttStream) -> ProviderError:
    """Say something, and return what comes of it."""
    say(stream, hum(400))
    stream.finalize(1)
    return await failure_of(stream, KEY)


async def hang(exchange: Exchange) -> None:
    """Never answer."""
    await exchange.until_client_closes()
