"""Azure's recogniser on a scripted service: streams, a line that breathes, and how they fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Final

from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import SttEvent, SttRequest
from backend.domain.value_objects.audio import WIDEBAND, AudioFrame
from backend.domain.value_objects.language import ENGLISH
from backend.infrastructure.adapters.azure.account import AzureAccount
from backend.infrastructure.adapters.stt.azure_stt_adapter import AzureStt
from backend.infrastructure.adapters.stt.azure_stt_stream import AzureSttSettings, AzureSttStream
from tests.support import listening as ears
from tests.support.azure_server import AzureServer, Script, azure_server
from tests.support.speech import silence

KEY: Final = "0123456789abcdef0123456789abcdef"
PAUSE_MS: Final = 200  # of the voice detector
# The SDK takes its time to connect, and to connect again.
_PHRASE_S: Final = 6.0
_FAILURE_S: Final = 9.0


@asynccontextmanager
async def listening(
    script: Script | None = None,
    *,
    request: SttRequest | None = None,
    settings: AzureSttSettings | None = None,
) -> AsyncIterator[tuple[AzureSttStream, AzureServer]]:
    """Open a stream, and close it, which must not take time."""
    async with azure_server(script) as server:
        stt = AzureStt(AzureAccount(KEY, endpoint=server.endpoint), settings)
        stream = await stt.open(request or SttRequest(ENGLISH))
        try:
            yield stream, server
        finally:
            closed_at = perf_counter()
            await stream.aclose()
            assert perf_counter() - closed_at < 1
            async with asyncio.timeout(20):
                await stt.aclose()


@asynccontextmanager
async def open_line(stream: AzureSttStream) -> AsyncIterator[None]:
    """Let silence flow while nothing is said, as it does in a call; the SDK reconnects when it has audio."""

    async def breathe() -> None:
        while True:
            stream.feed(AudioFrame(WIDEBAND, silence(20)))
            await asyncio.sleep(0.02)

    async with asyncio.TaskGroup() as group:
        breathing = group.create_task(breathe())
        yield
        breathing.cancel()


async def next_until(events: AsyncIterator[SttEvent], last: SttEvent) -> list[SttEvent]:
    """Return the events up to ``last``, and with it."""
    return await ears.next_until(events, last, _PHRASE_S)


async def failure(stream: AzureSttStream) -> ProviderError:
    """Return how the stream fails."""
    return await ears.failure_of(stream, KEY, _FAILURE_S)
