"""The recognisers that have to keep the contract of their port.

An adapter joins by adding its factory to ``RECOGNISERS``. ``hears`` says whether real speech gives words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from backend.application.services.fallback.chain import Link
from backend.application.services.fallback.fallback_stt import FallbackStt
from backend.domain.ports.stt_port import SttPort
from backend.domain.value_objects.language import ENGLISH
from backend.infrastructure.adapters.azure.account import AzureAccount
from backend.infrastructure.adapters.simulated.stt import SimulatedStt, SimulatedSttSettings
from backend.infrastructure.adapters.stt.azure_stt_adapter import AzureStt
from backend.infrastructure.adapters.stt.deepgram_adapter import DeepgramStt
from backend.infrastructure.adapters.stt.deepgram_stream import DeepgramSettings
from backend.infrastructure.adapters.stt.moonshine_adapter import MoonshineStt
from backend.infrastructure.adapters.stt.openai_stt_adapter import OpenAiStt
from backend.infrastructure.adapters.stt.openai_transcriber import OpenAiSttSettings
from backend.infrastructure.adapters.stt.pocketsphinx_adapter import PocketsphinxStt
from tests.support.azure_server import azure_server
from tests.support.deepgram_server import deepgram_server
from tests.support.openai_stt_server import Exchange, transcription_server
from tests.support.scripted import ScriptedStt
from tests.support.speech import ENGLISH_SENTENCES, flite


class ClosableStt(SttPort, Protocol):
    async def aclose(self) -> None: ...


@dataclass(frozen=True)
class Recogniser:
    """How to make a recogniser; ``hears`` whether it finds words in real speech, ``closes`` whether closing
    ends it, ``is_bounded`` whether there is audio that it cannot keep up with."""

    name: str
    make: Callable[[Path], Awaitable[ClosableStt]]
    hears: bool = True
    closes: bool = True
    is_bounded: bool = True


async def _pocketsphinx(_: Path) -> ClosableStt:
    return PocketsphinxStt(processes=1)


async def _moonshine(directory: Path) -> ClosableStt:
    """The real library without its model: it takes audio, finds speech, and transcribes it to nothing."""
    stt = MoonshineStt(directory, model_paths={"en": directory}, languages=["en"], options=WITHOUT_MODEL)
    stt.start()
    async with asyncio.timeout(60):
        while not stt.readiness(ENGLISH).is_ready:  # noqa: ASYNC110  (readiness is asked, not awaited)
            await asyncio.sleep(0.01)
    return stt


class _FallbackStt(FallbackStt):
    """A chain that closes what is in it."""

    def __init__(self, *engines: SttPort) -> None:
        links: list[Link[SttPort]] = [
            Link(f"engine {number}", engine) for number, engine in enumerate(engines)
        ]
        super().__init__(links)
        self._engines = engines

    async def aclose(self) -> None:
        for engine in self._engines:
            if isinstance(engine, PocketsphinxStt):
                await engine.aclose()


async def _fallback(_: Path) -> ClosableStt:
    return _FallbackStt(ScriptedStt([], refusals=1_000), PocketsphinxStt(processes=1))


async def _fallback_alone(_: Path) -> ClosableStt:
    return _FallbackStt(PocketsphinxStt(processes=1))


class _ScriptedStt(ScriptedStt):
    async def aclose(self) -> None:
        """There is nothing to close."""


async def _scripted(_: Path) -> ClosableStt:
    return _ScriptedStt(["good morning", "good evening"], final_ms=1)


class _SimulatedStt(SimulatedStt):
    async def aclose(self) -> None:
        """There is nothing to close."""


async def _simulated(_: Path) -> ClosableStt:
    return _SimulatedStt(SimulatedSttSettings(final_delay_ms=1))


class _ServedAzure(AzureStt):
    """Azure's adapter that brings its service along; what it understands is not what was said."""

    def __init__(self, service: AsyncExitStack, endpoint: str) -> None:
        super().__init__(AzureAccount("k" * 32, endpoint=endpoint))
        self._service = service

    async def aclose(self) -> None:
        await super().aclose()
        await self._service.aclose()


async def _azure(_: Path) -> ClosableStt:
    service = AsyncExitStack()
    server = await service.enter_async_context(azure_server())
    return _ServedAzure(service, server.endpoint)


class _ServedDeepgram(DeepgramStt):
    """Deepgram's adapter that brings its service along; what it understands is not what was said."""

    def __init__(self, service: AsyncExitStack, base_url: str) -> None:
        super().__init__(DeepgramSettings("k" * 40, base_url))
        self._service = service

    async def aclose(self) -> None:
        await super().aclose()
        await self._service.aclose()


async def _deepgram(_: Path) -> ClosableStt:
    service = AsyncExitStack()
    server = await service.enter_async_context(deepgram_server())
    return _ServedDeepgram(service, server.base_url)


class _ServedOpenAi(OpenAiStt):
    """The adapter for OpenAI's wire, with a server along that knows some sentences by heart."""

    def __init__(self, service: AsyncExitStack, base_url: str) -> None:
        super().__init__(OpenAiSttSettings("ears", base_url=base_url))
        self._service = service

    async def aclose(self) -> None:
        await super().aclose()
        await self._service.aclose()


async def _openai(_: Path) -> ClosableStt:
    """A recogniser adapts to who spoke last, and requests of several callers come in any order: so the server
    understands what it gets unharmed, and nothing else."""

    async def transcribe(exchange: Exchange) -> None:
        heard = [sentence for sentence in ENGLISH_SENTENCES if flite(sentence) in exchange.pcm]
        await exchange.answer({"text": " ".join(heard)})

    service = AsyncExitStack()
    server = await service.enter_async_context(transcription_server(transcribe))
    return _ServedOpenAi(service, server.base_url)


WITHOUT_MODEL = {"skip_transcription": "true"}
RECOGNISERS = [
    Recogniser("pocketsphinx", _pocketsphinx),
    Recogniser("moonshine", _moonshine, hears=False),
    Recogniser("azure", _azure, hears=False),
    Recogniser("deepgram", _deepgram, hears=False),
    Recogniser("openai", _openai),
    Recogniser("simulated", _simulated, hears=False, closes=False, is_bounded=False),
    Recogniser("scripted", _scripted, hears=False, closes=False, is_bounded=False),
    Recogniser("fallback", _fallback, is_bounded=False),
    Recogniser("fallback-alone", _fallback_alone, is_bounded=False),
]
