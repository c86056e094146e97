"""Azure's voice on a scripted service: what is spoken, over which connections, and how it fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Final
from xml.etree import ElementTree

import pytest

from backend.domain.errors import ProviderError
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest
from backend.domain.value_objects.audio import WIDEBAND, AudioFormat
from backend.domain.value_objects.language import SPANISH
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.adapters.azure.account import AzureAccount
from backend.infrastructure.adapters.tts.azure_tts_adapter import AzureTts, AzureTtsSettings
from tests.support.azure_server import AzureServer, Connection, Script, azure_server
from tests.support.listening import until

KEY: Final = "0123456789abcdef0123456789abcdef"
LONG: Final = "Una frase bastante larga que nadie va a oír. " * 20


@asynccontextmanager
async def voice(
    script: Script | None = None, *, first_ms: int = 10_000, gap_ms: int = 10_000
) -> AsyncIterator[tuple[AzureTts, AzureServer]]:
    """Yield the adapter, and the service that it speaks to."""
    settings = AzureTtsSettings(first_audio_timeout_ms=first_ms, gap_timeout_ms=gap_ms)
    async with azure_server(script) as server:
        tts = AzureTts(AzureAccount(KEY, endpoint=server.endpoint), settings)
        try:
            yield tts, server
        finally:
            async with asyncio.timeout(20):
                await tts.aclose()


def order(text: str = "Hola, mundo.", audio_format: AudioFormat = WIDEBAND) -> SpeechRequest:
    """Return a request for these words."""
    return SpeechRequest(text, SPANISH, VoiceConfig(), audio_format)


async def speak(tts: AzureTts, request: SpeechRequest) -> list[SpeechChunk]:
    """Return all that is spoken."""
    async with asyncio.timeout(20), aclosing(tts.synthesize(request)) as chunks:
        return [chunk async for chunk in chunks]


async def failure(
    script: Script, *, first_ms: int = 10_000, gap_ms: int = 10_000
) -> tuple[float, ProviderError]:
    """Return how many milliseconds of speech came before the failure, and the failure."""
    heard_ms = 0.0

    async def listen(tts: AzureTts) -> None:
        nonlocal heard_ms
        async with aclosing(tts.synthesize(order(LONG))) as chunks:
            async for chunk in chunks:
                heard_ms += chunk.frame.duration_ns / 1e6

    async with asyncio.timeout(20), voice(script, first_ms=first_ms, gap_ms=gap_ms) as (tts, _):
        with pytest.raises(ProviderError) as caught:
            await listen(tts)
    assert KEY not in str(caught.value)
    assert "frase" not in str(caught.value)
    return heard_ms, caught.value


async def warm(tts: AzureTts) -> None:
    """Have connections wait for the first word."""
    tts.start()
    await until(lambda: tts.open_connections == 2)


def speaking(server: AzureServer) -> list[Connection]:
    """Return the connections over which something was to be said."""
    return [connection for connection in server.connections if connection.bodies("ssml")]


def document_of(connection: Connection) -> ElementTree.Element:
    """Return the SSML that was sent."""
    (ordered,) = connection.bodies("ssml")
    return ElementTree.fromstring(ordered.body)
