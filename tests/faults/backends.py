"""The real adapters, each with the service that it is made for: one entry for each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from backend.infrastructure.adapters.azure.account import AzureAccount
from backend.infrastructure.adapters.llm.groq_adapter import GroqAdapter, GroqSettings
from backend.infrastructure.adapters.llm.openai_adapter import OpenAiAdapter, OpenAiSettings
from backend.infrastructure.adapters.stt.azure_stt_adapter import AzureStt
from backend.infrastructure.adapters.stt.deepgram_adapter import DeepgramStt
from backend.infrastructure.adapters.stt.deepgram_stream import DeepgramSettings
from backend.infrastructure.adapters.stt.openai_stt_adapter import OpenAiStt
from backend.infrastructure.adapters.stt.openai_transcriber import OpenAiSttSettings
from backend.infrastructure.adapters.tts.azure_tts_adapter import AzureTts
from backend.infrastructure.adapters.tts.elevenlabs_adapter import ElevenLabsSettings, ElevenLabsTts
from backend.infrastructure.adapters.tts.openai_tts_adapter import OpenAiTts, OpenAiTtsSettings
from tests.support import deepgram_server, elevenlabs_server, openai_stt_server, openai_tts_server
from tests.support.answering_engines import QUESTIONS, answer_to
from tests.support.azure_server import Script, azure_server
from tests.support.faulty_server import Address, Delivery
from tests.support.faulty_ways import Port
from tests.support.llm_server import Exchange, llm_server
from tests.support.speech_server import speech_server

KEY: Final = "0123456789abcdef0123456789abcdef"
_MS_PER_WORD: Final = 20


@dataclass
class Service:
    """One that works, at ``port`` of this machine; recognisers are told what is going to be asked."""

    port: int
    will_ask: Callable[[int], None] = lambda _: None


@dataclass(frozen=True)
class Backend:
    """An adapter and its service. ``outage`` is the status with which the service is out of order."""

    name: str
    port: Port
    serve: Callable[[], AbstractAsyncContextManager[Service]]
    connect: Callable[[Address], AbstractAsyncContextManager[Any]]
    delivery: Delivery
    outage: int = 503


# --- models ---------------------------------------------------------------------------------------


@asynccontextmanager
async def _chat_service() -> AsyncIterator[Service]:
    async def answer(exchange: Exchange) -> None:
        await exchange.head()
        for word in answer_to(exchange.body["messages"][-1]["content"]).split():
            await exchange.words(f"{word} ")
            await asyncio.sleep(_MS_PER_WORD / 1_000)
        await exchange.finish()

    async with llm_server(answer) as server:
        yield Service(_port_of(server.base_url))


@asynccontextmanager
async def _groq(address: Address) -> AsyncIterator[GroqAdapter]:
    adapter = GroqAdapter(GroqSettings("scripted", KEY, base_url=address.url("http")))
    await adapter.start()
    yield adapter
    await adapter.aclose()


@asynccontextmanager
async def _openai(address: Address) -> AsyncIterator[OpenAiAdapter]:
    adapter = OpenAiAdapter(OpenAiSettings("scripted", KEY, base_url=f"{address.url('http')}/v1"))
    await adapter.start()
    yield adapter
    await adapter.aclose()


# --- ears and voices ------------------------------------------------------------------------------


@asynccontextmanager
async def _azure_service() -> AsyncIterator[Service]:
    script = Script()

    def will_ask(question: int) -> None:
        script.lines = (QUESTIONS[question],)

    async with azure_server(script) as server:
        yield Service(_port_of(server.endpoint), will_ask)


@asynccontextmanager
async def _azure_stt(address: Address) -> AsyncIterator[AzureStt]:
    adapter = AzureStt(AzureAccount(KEY, endpoint=address.url("ws")))
    adapter.start()
    yield adapter
    await adapter.aclose()


@asynccontextmanager
async def _azure_tts(address: Address) -> AsyncIterator[AzureTts]:
    adapter = AzureTts(AzureAccount(KEY, endpoint=address.url("ws")))
    adapter.start()
    yield adapter
    await adapter.aclose()


@asynccontextmanager
async def _deepgram_service() -> AsyncIterator[Service]:
    script = deepgram_server.Script()

    def will_ask(question: int) -> None:
        script.lines = (QUESTIONS[question],)

    async with deepgram_server.deepgram_server(script) as server:
        yield Service(_port_of(server.base_url), will_ask)


@asynccontextmanager
async def _deepgram(address: Address) -> AsyncIterator[DeepgramStt]:
    adapter = DeepgramStt(DeepgramSettings(KEY, address.url("ws")))
    await adapter.start()
    yield adapter
    await adapter.aclose()


@asynccontextmanager
async def _transcription_service() -> AsyncIterator[Service]:
    asked = [0]

    async def answer(exchange: openai_stt_server.Exchange) -> None:
        await exchange.answer({"text": QUESTIONS[asked[-1]]})

    async with openai_stt_server.transcription_server(answer) as server:
        yield Service(_port_of(server.base_url), asked.append)


@asynccontextmanager
async def _openai_stt(address: Address) -> AsyncIterator[OpenAiStt]:
    adapter = OpenAiStt(OpenAiSttSettings("scripted", KEY, f"{address.url('http')}/v1"))
    await adapter.start()
    yield adapter
    await adapter.aclose()


@asynccontextmanager
async def _elevenlabs_service() -> AsyncIterator[Service]:
    async with speech_server(elevenlabs_server.speaks) as server:
        yield Service(_port_of(server.url))


@asynccontextmanager
async def _elevenlabs(address: Address) -> AsyncIterator[ElevenLabsTts]:
    adapter = ElevenLabsTts(ElevenLabsSettings(elevenlabs_server.KEY, address.url("http")))
    adapter.start()
    yield adapter
    await adapter.aclose()


@asynccontextmanager
async def _openai_tts_service() -> AsyncIterator[Service]:
    async with speech_server(openai_tts_server.speaks) as server:
        yield Service(_port_of(server.url))


@asynccontextmanager
async def _openai_tts(address: Address) -> AsyncIterator[OpenAiTts]:
    adapter = OpenAiTts(OpenAiTtsSettings("scripted", openai_tts_server.KEY, f"{address.url('http')}/v1"))
    adapter.start()
    yield adapter
    await adapter.aclose()


def _port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port


_WORDS_OUT: Final = Delivery(b'"content"', 3)

_ANYTHING: Final = Delivery(b"", 1)

BACKENDS: Final = (
    Backend("azure", "stt", _azure_service, _azure_stt, Delivery(b"speech.hypothesis", 1)),
    Backend("deepgram", "stt", _deepgram_service, _deepgram, Delivery(b'"transcript"', 1), outage=500),
    Backend("openai", "stt", _transcription_service, _openai_stt, _ANYTHING, outage=529),
    Backend("groq", "llm", _chat_service, _groq, _WORDS_OUT, outage=500),
    Backend("openai", "llm", _chat_service, _openai, _WORDS_OUT, outage=529),
    Backend("azure", "tts", _azure_service, _azure_tts, Delivery(b"Path:audio\r\n", 2)),
    Backend("elevenlabs", "tts", _elevenlabs_service, _elevenlabs, Delivery(b"audio_base64", 1), outage=500),
    Backend("openai", "tts", _openai_tts_service, _openai_tts, _ANYTHING, outage=529),
)
