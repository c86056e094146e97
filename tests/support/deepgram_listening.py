"""Deepgram's recogniser on a scripted service: streams, and how they fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Final

from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import SttRequest
from backend.domain.value_objects.language import ENGLISH
from backend.infrastructure.adapters.stt.deepgram_adapter import DeepgramStt
from backend.infrastructure.adapters.stt.deepgram_stream import DeepgramSettings, DeepgramStream
from tests.support.deepgram_server import DeepgramServer, Script, deepgram_server
from tests.support.listening import failure_of, until

KEY: Final = "0123456789abcdef0123456789abcdef01234567"
REQUEST: Final = SttRequest(ENGLISH)


def settings(base_url: str, **changes: int) -> DeepgramSettings:
    """Return settings with which a busy machine has time."""
    patient = {"connect_timeout_ms": 10_000, "settle_timeout_ms": 10_000, **changes}
    return DeepgramSettings(KEY, base_url, **patient)  # type: ignore[arg-type]


@asynccontextmanager
async def listening(
    script: Script | None = None, request: SttRequest = REQUEST, **changes: int
) -> AsyncIterator[tuple[DeepgramStream, DeepgramServer]]:
    """Open a stream, and close it; afterwards the service must have seen it go."""
    async with deepgram_server(script) as server, stream_at(server.base_url, request, **changes) as stream:
        yield stream, server
        await close(stream)
        server.stopped.set()  # who does not read does not see anybody go
        await until(lambda: not server.open_connections)


@asynccontextmanager
async def stream_at(
    base_url: str, request: SttRequest = REQUEST, **changes: int
) -> AsyncIterator[DeepgramStream]:
    """Open a stream to whatever is there, and close it."""
    stt = DeepgramStt(settings(base_url, **changes))
    stream = await stt.open(request)
    try:
        yield stream
    finally:
        await close(stream)
        await stt.aclose()


async def close(stream: DeepgramStream) -> None:
    """Close the stream, which waits for nobody."""
    closed_at = perf_counter()
    await stream.aclose()
    assert perf_counter() - closed_at < 2


async def failure(stream: DeepgramStream) -> ProviderError:
    """Return how the stream fails."""
    return await failure_of(stream, KEY)
