"""The speech engines that have to keep the contract of their port.

An adapter joins by adding its factory to ``ENGINES``.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from backend.application.services.fallback.chain import Link
from backend.application.services.fallback.fallback_tts import FallbackTts
from backend.application.services.speech_cache import CachedTts, SpeechCache
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsPort
from backend.infrastructure.adapters.azure.account import AzureAccount
from backend.infrastructure.adapters.simulated.tts import SimulatedTts, SimulatedTtsSettings
from backend.infrastructure.adapters.tts.azure_tts_adapter import AzureTts
from backend.infrastructure.adapters.tts.elevenlabs_adapter import ElevenLabsSettings, ElevenLabsTts
from backend.infrastructure.adapters.tts.espeak_adapter import EspeakTts
from backend.infrastructure.adapters.tts.openai_tts_adapter import OpenAiTts, OpenAiTtsSettings
from tests.support import elevenlabs_server, openai_tts_server
from tests.support.azure_server import azure_server
from tests.support.scripted import ScriptedTts, TtsTrouble
from tests.support.speech_server import speech_server


class ClosableTts(TtsPort, Protocol):
    async def aclose(self) -> None: ...


@dataclass(frozen=True)
class Engine:
    """How to make a speech engine; ``speaks`` whether its audio is speech and not a stand-in, ``closes``
    whether closing ends it, ``is_alone`` whether nobody stands in for it."""

    name: str
    make: Callable[[Path], Awaitable[ClosableTts]]
    speaks: bool = True
    closes: bool = True
    is_alone: bool = True


async def _espeak(_: Path) -> ClosableTts:
    return EspeakTts()


class _FallbackTts(FallbackTts):
    """A chain that closes what is in it."""

    def __init__(self, *engines: TtsPort) -> None:
        links: list[Link[TtsPort]] = [
            Link(f"engine {number}", engine) for number, engine in enumerate(engines)
        ]
        super().__init__(links)
        self._engines = engines

    async def aclose(self) -> None:
        for engine in self._engines:
            if isinstance(engine, EspeakTts):
                await engine.aclose()


async def _fallback(_: Path) -> ClosableTts:
    return _FallbackTts(ScriptedTts(troubles={"": TtsTrouble.FAILS_AT_ONCE}), EspeakTts())


async def _fallback_alone(_: Path) -> ClosableTts:
    return _FallbackTts(EspeakTts())


class _CachedTts:
    """A cache for which every text is one of the agent's own phrases."""

    def __init__(self) -> None:
        self._espeak = EspeakTts()
        self._cached = CachedTts(self._espeak, SpeechCache(), owner="espeak")
        self.capabilities = self._cached.capabilities
        self.readiness = self._cached.readiness
        self.voices = self._cached.voices

    def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        return self._cached.synthesize(replace(request, is_fixed=True))

    async def aclose(self) -> None:
        await self._espeak.aclose()


async def _cached(_: Path) -> ClosableTts:
    return _CachedTts()


class _ScriptedTts(ScriptedTts):
    async def aclose(self) -> None:
        """There is nothing to close."""


async def _scripted(_: Path) -> ClosableTts:
    return _ScriptedTts(ttfb_ms=1, speed=1_000, voice_ids=frozenset({"", "tone"}))


class _SimulatedTts(SimulatedTts):
    async def aclose(self) -> None:
        """There is nothing to close."""


async def _simulated(_: Path) -> ClosableTts:
    return _SimulatedTts(SimulatedTtsSettings(ttfb_ms=1, real_time_factor=0.001))


class _ServedAzure(AzureTts):
    """Azure's adapter that brings its service along."""

    def __init__(self, service: AsyncExitStack, endpoint: str) -> None:
        super().__init__(AzureAccount("k" * 32, endpoint=endpoint))
        self._service = service

    async def aclose(self) -> None:
        await super().aclose()
        await self._service.aclose()


async def _azure(_: Path) -> ClosableTts:
    service = AsyncExitStack()
    server = await service.enter_async_context(azure_server())
    return _ServedAzure(service, server.endpoint)


class _ServedElevenLabs(ElevenLabsTts):
    """ElevenLabs' adapter that brings its service along."""

    def __init__(self, service: AsyncExitStack, url: str) -> None:
        super().__init__(ElevenLabsSettings(elevenlabs_server.KEY, url))
        self._service = service

    async def aclose(self) -> None:
        await super().aclose()
        await self._service.aclose()


async def _elevenlabs(_: Path) -> ClosableTts:
    service = AsyncExitStack()
    server = await service.enter_async_context(speech_server(elevenlabs_server.speaks))
    return _ServedElevenLabs(service, server.url)


class _ServedOpenAi(OpenAiTts):
    """The adapter for OpenAI's wire that brings its server along."""

    def __init__(self, service: AsyncExitStack, url: str) -> None:
        super().__init__(OpenAiTtsSettings("tts-1", openai_tts_server.KEY, f"{url}/v1", voice="ef_dora"))
        self._service = service

    async def aclose(self) -> None:
        await super().aclose()
        await self._service.aclose()


async def _openai(_: Path) -> ClosableTts:
    service = AsyncExitStack()
    server = await service.enter_async_context(speech_server(openai_tts_server.speaks))
    return _ServedOpenAi(service, server.url)


ENGINES = [
    Engine("espeak", _espeak),
    Engine("azure", _azure, speaks=False),
    Engine("elevenlabs", _elevenlabs, speaks=False),
    Engine("openai", _openai, speaks=False),
    Engine("simulated", _simulated, closes=False),
    Engine("scripted", _scripted, speaks=False, closes=False),
    Engine("fallback", _fallback, is_alone=False),
    Engine("fallback-alone", _fallback_alone),
    Engine("cached", _cached, closes=False),
]
