"""What every speech engine must do, whoever made it.

An adapter joins by adding its factory to ``VOICES``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

from backend.application.processors.g711 import alaw_decode, mulaw_decode
from backend.application.services.fallback.chain import Link
from backend.application.services.fallback.fallback_tts import FallbackTts
from backend.application.services.speech_cache import CachedTts, SpeechCache
from backend.domain.errors import ProviderError
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsPort
from backend.domain.value_objects.audio import MULAW_8K, NARROWBAND, WIDEBAND, AudioFormat, Encoding
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.voice_config import VoiceConfig
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
TEXT = "¿Qué tal, señora Ibáñez? La canción número uno."
WORDS = ["Qué", "tal", "señora", "Ibáñez", "La", "canción", "número", "uno"]


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def engine(request: pytest.FixtureRequest) -> Engine:
    assert isinstance(request.param, Engine)
    return request.param


@pytest.fixture
async def tts(engine: Engine, tmp_path: Path) -> AsyncIterator[ClosableTts]:
    made = await engine.make(tmp_path)
    yield made
    await made.aclose()


def order(
    text: str,
    *,
    language: Language = SPANISH,
    voice: VoiceConfig | None = None,
    audio_format: AudioFormat = WIDEBAND,
) -> SpeechRequest:
    return SpeechRequest(text, language, voice or VoiceConfig(), audio_format)


def speech(tts: TtsPort, request: SpeechRequest) -> aclosing[AsyncGenerator[SpeechChunk, None]]:
    return aclosing(tts.synthesize(request))


async def speak(tts: TtsPort, request: SpeechRequest) -> list[SpeechChunk]:
    async with asyncio.timeout(20), speech(tts, request) as chunks:
        return [chunk async for chunk in chunks]


def duration_ms(chunks: list[SpeechChunk]) -> float:
    return sum(chunk.frame.duration_ns for chunk in chunks) / 1e6


@pytest.mark.parametrize(
    "audio_format",
    [WIDEBAND, NARROWBAND, MULAW_8K, AudioFormat(Encoding.ALAW, 8_000), AudioFormat(Encoding.PCM16, 24_000)],
)
async def test_audio_comes_in_the_format_asked_for(
    tts: ClosableTts, engine: Engine, audio_format: AudioFormat
) -> None:
    chunks = await speak(tts, order(TEXT, audio_format=audio_format))
    assert {chunk.frame.format for chunk in chunks} == {audio_format}
    assert all(chunk.frame.payload for chunk in chunks)
    payload = b"".join(chunk.frame.payload for chunk in chunks)
    decode = {Encoding.MULAW: mulaw_decode, Encoding.ALAW: alaw_decode}
    samples = decode.get(audio_format.encoding, lambda pcm: np.frombuffer(pcm, "<i2"))(payload)
    if engine.speaks:
        assert 1_500 < duration_ms(chunks) < 8_000
        assert np.abs(samples.astype(float)).max() > 3_000


async def test_words_come_in_order_with_their_places_in_the_text(tts: ClosableTts) -> None:
    if not tts.capabilities.word_timestamps:
        pytest.skip("n/a: this engine does not tell when words begin")
    chunks = await speak(tts, order(TEXT))
    words = [word for chunk in chunks for word in chunk.words]
    assert [TEXT[word.start : word.end].strip("¿?.,") for word in words] == WORDS
    times = [word.at_ms for word in words]
    assert times == sorted(times)
    assert 0 <= times[0] < 200
    assert times[-1] < duration_ms(chunks)
    before = 0.0
    for chunk in chunks:
        assert all(word.at_ms >= before for word in chunk.words), "a word came after its audio"
        before += chunk.frame.duration_ns / 1e6


@pytest.mark.parametrize("text", ["", "   ", "...", "¿?", "\N{GRINNING FACE}"])
async def test_a_text_without_anything_to_pronounce_yields_nothing(tts: ClosableTts, text: str) -> None:
    assert await speak(tts, order(text)) == []


async def test_a_faster_voice_takes_less_time(tts: ClosableTts, engine: Engine) -> None:
    if not engine.speaks:
        pytest.skip("n/a: a stand-in has no pace")
    slow, fast = [await speak(tts, order(TEXT, voice=VoiceConfig(speed=speed))) for speed in (0.75, 1.5)]
    assert duration_ms(fast) < 0.7 * duration_ms(slow)


async def test_requests_do_not_wait_for_one_another(tts: ClosableTts) -> None:
    long_text = "Esta es una frase de un texto que no se acaba nunca. " * 600
    short_is_done = asyncio.Event()

    async def read_aloud() -> float:
        read_ms = 0.0
        async with speech(tts, order(long_text)) as chunks:
            async for chunk in chunks:
                read_ms += chunk.frame.duration_ns / 1e6
                if short_is_done.is_set():
                    break
        return read_ms

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(read_aloud())
        assert duration_ms(await speak(tts, order("Sí, claro.", language=SPANISH))) > 0
        short_is_done.set()
    assert reading.result() < 600_000, "the short text waited for much of the long one"


async def test_leaving_early_stops_the_work_and_harms_nobody(tts: ClosableTts) -> None:
    for _ in range(20):
        async with speech(tts, order("Una frase bastante larga que nadie va a oír. " * 200)) as chunks:
            await anext(chunks)
    async with asyncio.timeout(5):
        assert await speak(tts, order("Hola.")) != []


async def test_a_cancelled_listener_stops_the_work(tts: ClosableTts) -> None:
    began = asyncio.Event()

    async def listen() -> None:
        async with speech(tts, order("Una frase. " * 2_000)) as chunks:
            async for _ in chunks:
                began.set()
                await asyncio.Event().wait()

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(listen())
        await began.wait()
        listening.cancel()
    assert listening.cancelled()
    assert await speak(tts, order("Hola.")) != []


async def test_every_voice_on_offer_speaks(tts: ClosableTts) -> None:
    voices = tts.voices()
    assert {voice.language.base for voice in voices} <= tts.capabilities.languages
    for voice in voices:
        config = VoiceConfig(voice=voice.id)
        assert await speak(tts, order("Hola, hello.", language=voice.language, voice=config)) != []


async def test_an_unknown_voice_is_an_error_that_says_so(tts: ClosableTts, engine: Engine) -> None:
    if not engine.is_alone:
        pytest.skip("n/a: another engine stands in with its own voice")
    with pytest.raises(ProviderError, match="nobody") as caught:
        await speak(tts, order("Hola.", voice=VoiceConfig(voice="nobody")))
    assert not caught.value.retryable


async def test_readiness_says_what_it_can_speak(tts: ClosableTts) -> None:
    assert all(tts.readiness(language).is_ready for language in (SPANISH, ENGLISH, Language("es-MX")))
    unknown = tts.readiness(Language("xx"))
    assert not unknown.is_ready
    assert unknown.detail


async def test_shutting_down_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    if not engine.closes:
        pytest.skip("n/a: it speaks without anything that could be shut down")
    tts = await engine.make(tmp_path)
    assert await speak(tts, order("Hola.")) != []
    async with asyncio.timeout(2):
        await tts.aclose()
        await tts.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}
    with pytest.raises(ProviderError):
        await speak(tts, order("Hola."))
