"""What every recogniser must do, whoever made it.

An adapter joins by adding its factory to ``RECOGNISERS``. ``hears`` says whether real speech gives words.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from backend.application.services.fallback.chain import Link
from backend.application.services.fallback.fallback_stt import FallbackStt
from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import (
    SttEvent,
    SttFinal,
    SttPartial,
    SttPort,
    SttRequest,
    SttSettled,
    SttStream,
)
from backend.domain.value_objects.language import ENGLISH, Language
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
from tests.support.speech import ENGLISH_SENTENCES, flite, frames, silence, word_errors

pytestmark = pytest.mark.speech


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
    async with asyncio.timeout(20):
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


@pytest.fixture(params=RECOGNISERS, ids=lambda recogniser: recogniser.name)
def recogniser(request: pytest.FixtureRequest) -> Recogniser:
    assert isinstance(request.param, Recogniser)
    return request.param


@pytest.fixture
async def stt(recogniser: Recogniser, tmp_path: Path) -> AsyncIterator[ClosableStt]:
    made = await recogniser.make(tmp_path)
    yield made
    await made.aclose()


@pytest.fixture
async def stream(stt: ClosableStt) -> AsyncIterator[SttStream]:
    opened = await stt.open(SttRequest(ENGLISH))
    yield opened
    await opened.aclose()


def say(stream: SttStream, pcm: bytes) -> None:
    for frame in frames(pcm):
        stream.feed(frame)


async def until_settled(events: AsyncIterator[SttEvent], utterance: int) -> list[SttEvent]:
    """Collect events up to the settling of ``utterance``."""
    collected: list[SttEvent] = []
    async with asyncio.timeout(20):
        async for event in events:
            collected.append(event)
            if event == SttSettled(utterance):
                return collected
    raise AssertionError(f"the events ended before utterance {utterance} settled: {collected}")


def words(events: list[SttEvent]) -> str:
    return " ".join(event.text for event in events if isinstance(event, SttFinal))


SENTENCE = "turn on the lights in the living room"


async def test_partials_come_while_the_caller_speaks_then_final_then_settled(
    stt: ClosableStt, recogniser: Recogniser, stream: SttStream
) -> None:
    say(stream, flite(SENTENCE) + silence(200))
    stream.finalize(1)
    events = await until_settled(aiter(stream.events()), 1)
    kinds = [type(event) for event in events]
    assert kinds[-1] is SttSettled
    assert kinds == sorted(kinds, key=[SttPartial, SttFinal, SttSettled].index)
    if recogniser.hears:
        assert word_errors(SENTENCE, words(events).lower().rstrip(".")) <= 2
        assert (SttPartial in kinds) == stt.capabilities.partials


async def test_utterances_do_not_mix(recogniser: Recogniser, stream: SttStream) -> None:
    events = aiter(stream.events())
    say(stream, flite("hello how are you today") + silence(200))
    stream.finalize(1)
    say(stream, flite("please call me back this afternoon") + silence(200))
    stream.finalize(2)
    first, second = await until_settled(events, 1), await until_settled(events, 2)
    assert [event for event in first + second if isinstance(event, SttSettled)] == [
        SttSettled(1),
        SttSettled(2),
    ]
    if recogniser.hears:
        assert "today" in words(first)
        assert "today" not in words(second)
        assert "afternoon" in words(second)


async def test_an_utterance_without_audio_settles_without_words(stream: SttStream) -> None:
    stream.finalize(7)
    events = await until_settled(aiter(stream.events()), 7)
    assert words(events) == ""


async def test_callers_do_not_hear_each_other(recogniser: Recogniser, stt: ClosableStt) -> None:
    sentences = ["hello how are you today", "the weather is very nice today", "i need help with my order"]
    streams = [await stt.open(SttRequest(ENGLISH)) for _ in sentences]
    for stream, sentence in zip(streams, sentences, strict=True):
        say(stream, flite(sentence) + silence(200))
        stream.finalize(1)
    async with asyncio.TaskGroup() as tasks:
        heard = [tasks.create_task(until_settled(aiter(stream.events()), 1)) for stream in streams]
    for stream in streams:
        await stream.aclose()
    if recogniser.hears:
        for sentence, task in zip(sentences, heard, strict=True):
            assert word_errors(sentence, words(task.result()).lower().rstrip(".")) <= 2


async def test_closing_ends_the_iteration(stream: SttStream) -> None:
    async def listen() -> list[SttEvent]:
        return [event async for event in stream.events()]

    async with asyncio.timeout(2), asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(listen())
        await asyncio.sleep(0)
        await stream.aclose()
        await stream.aclose()
    assert listening.result() == []


async def test_what_comes_after_closing_is_ignored(stream: SttStream) -> None:
    await stream.aclose()
    say(stream, silence(100))
    stream.finalize(1)
    assert [event async for event in stream.events()] == []


async def test_audio_beyond_any_patience_fails_the_stream_instead_of_growing(
    stream: SttStream, recogniser: Recogniser
) -> None:
    if not recogniser.is_bounded:
        pytest.skip("n/a: it needs no time for audio, or goes on with the newest")
    say(stream, silence(120_000))
    stream.finalize(1)
    with pytest.raises(ProviderError):
        await until_settled(aiter(stream.events()), 1)


async def test_a_language_it_does_not_know_is_refused(stt: ClosableStt) -> None:
    unknown = Language("xx")
    assert not stt.readiness(unknown).is_ready
    assert stt.readiness(unknown).detail
    with pytest.raises(ProviderError):
        await stt.open(SttRequest(unknown))


async def test_shutting_down_leaves_nothing_and_fails_what_is_open(
    recogniser: Recogniser, tmp_path: Path
) -> None:
    if not recogniser.closes:
        pytest.skip("n/a: it hears without anything that could be shut down")
    stt = await recogniser.make(tmp_path)
    stream = await stt.open(SttRequest(ENGLISH))
    async with asyncio.timeout(2):
        await stt.aclose()
    with pytest.raises(ProviderError):
        await until_settled(aiter(stream.events()), 1)
    await stream.aclose()
    with pytest.raises(ProviderError):
        await stt.open(SttRequest(ENGLISH))
    assert asyncio.all_tasks() == {asyncio.current_task()}
