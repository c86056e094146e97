"""What the agent says in every call is spoken once, and after that at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.application.factories.provider_registry import ProviderRegistry
from backend.application.services.circuit_breaker import CircuitBreaker
from backend.application.services.fallback.chain import Link
from backend.application.services.fallback.fallback_tts import FallbackTts
from backend.application.services.speech_cache import CachedTts, SpeechCache, size_of
from backend.domain.entities.agent import Agent, LatencyOptions
from backend.domain.errors import ProviderError
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsPort
from backend.domain.value_objects.audio import MULAW_8K, NARROWBAND, WIDEBAND, AudioFrame
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.voice_config import VoiceConfig
from tests.support.calls import AGENT
from tests.support.scripted import EnergyVad, Say, ScriptedLlm, ScriptedStt, ScriptedTts, TtsTrouble
from tests.support.virtual_time import run_virtual

GREETING = SpeechRequest("Hello, this is Ana.", ENGLISH, VoiceConfig(), WIDEBAND, is_fixed=True)


@dataclass
class CountingTts(ScriptedTts):
    """Keeps the requests that it gets."""

    asked: list[SpeechRequest] = field(default_factory=list)
    warmed: list[Language] = field(default_factory=list)

    def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        self.asked.append(request)
        return super().synthesize(request)

    async def warm_up(self, language: Language) -> None:
        self.warmed.append(language)


def cached(tts: TtsPort, cache: SpeechCache | None = None, owner: str = "a") -> CachedTts:
    return CachedTts(tts, cache or SpeechCache(), owner)


async def speak(tts: TtsPort, request: SpeechRequest = GREETING) -> list[SpeechChunk]:
    async with aclosing(tts.synthesize(request)) as chunks:
        return [chunk async for chunk in chunks]


async def first_audio_ms(tts: TtsPort, request: SpeechRequest = GREETING) -> float:
    loop = asyncio.get_running_loop()
    asked_at = loop.time()
    async with aclosing(tts.synthesize(request)) as chunks:
        await anext(chunks)
        return (loop.time() - asked_at) * 1_000


def test_the_first_message_of_the_next_call_is_there_at_once_and_sounds_the_same() -> None:
    engine = CountingTts(ttfb_ms=100)
    tts = cached(engine)

    async def main() -> None:
        assert await first_audio_ms(cached(engine)) == pytest.approx(100)
        first = await speak(tts)
        assert await first_audio_ms(tts) == 0
        second = await speak(tts)
        assert second == first
        assert [word for chunk in second for word in chunk.words]

    run_virtual(main())
    assert len(engine.asked) == 2


@pytest.mark.parametrize(
    "other",
    [
        replace(GREETING, text="Hello."),
        replace(GREETING, language=SPANISH),
        replace(GREETING, voice=VoiceConfig(voice="Elvira")),
        replace(GREETING, voice=VoiceConfig(style="cheerful")),
        replace(GREETING, format=NARROWBAND),
    ],
    ids=["text", "language", "voice", "style", "format"],
)
def test_whatever_sounds_different_is_spoken_itself(other: SpeechRequest) -> None:
    engine = CountingTts()
    tts = cached(engine)

    async def main() -> None:
        await speak(tts)
        assert {chunk.frame.format for chunk in await speak(tts, other)} == {other.format}

    run_virtual(main())
    assert engine.asked == [GREETING, other]


def test_engines_that_share_a_cache_do_not_speak_for_each_other() -> None:
    cache, engines = SpeechCache(), [CountingTts(), CountingTts()]

    async def main() -> None:
        for owner, engine in zip("ab", engines, strict=True):
            await speak(cached(engine, cache, owner))

    run_virtual(main())
    assert [len(engine.asked) for engine in engines] == [1, 1]


def test_what_a_model_wrote_is_not_kept() -> None:
    engine, cache = CountingTts(), SpeechCache()
    answer = replace(GREETING, is_fixed=False)

    async def main() -> None:
        for _ in range(2):
            await speak(cached(engine, cache), answer)
        await speak(cached(engine, cache), GREETING)
        await speak(cached(engine, cache), answer)

    run_virtual(main())
    assert len(engine.asked) == 4


@pytest.mark.parametrize("trouble", [TtsTrouble.FAILS_AT_ONCE, TtsTrouble.FAILS_MIDWAY])
def test_speech_that_failed_is_not_kept(trouble: TtsTrouble) -> None:
    cache = SpeechCache()

    async def main() -> None:
        with pytest.raises(ProviderError):
            await speak(cached(CountingTts(troubles={"": trouble}), cache))

    run_virtual(main())
    assert cache.size == 0


def test_speech_that_was_interrupted_is_not_kept() -> None:
    engine, cache = CountingTts(), SpeechCache()

    async def main() -> None:
        await first_audio_ms(cached(engine, cache))
        listening = asyncio.ensure_future(speak(cached(engine, cache)))
        await asyncio.sleep(0.1)
        listening.cancel()
        await asyncio.wait({listening})

    run_virtual(main())
    assert cache.size == engine.running == 0


def test_two_calls_that_begin_together_both_speak_without_waiting() -> None:
    engine, cache = CountingTts(ttfb_ms=100), SpeechCache()

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            waits = [group.create_task(first_audio_ms(cached(engine, cache))) for _ in range(2)]
        assert [wait.result() for wait in waits] == [pytest.approx(100)] * 2

    run_virtual(main())


def speech(payload_bytes: int) -> tuple[SpeechChunk, ...]:
    return (SpeechChunk(AudioFrame(MULAW_8K, bytes(payload_bytes))),)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 3_000)), max_size=60))
def test_a_cache_never_holds_more_than_it_may_and_counts_it_right(puts: list[tuple[int, int]]) -> None:
    cache = SpeechCache(max_bytes=8_000)
    for key, size in puts:
        cache.keep(key, speech(size))
        kept = [found for name in range(10) if (found := cache.find(name)) is not None]
        assert cache.size == sum(map(size_of, kept)) <= 8_000
        if size_of(speech(size)) <= cache.largest:
            assert cache.find(key) == speech(size)


def test_what_was_not_wanted_for_longest_makes_room() -> None:
    cache = SpeechCache(max_bytes=8 * 1_000)
    for key in range(8):
        cache.keep(key, speech(600))
    cache.find(0)
    cache.keep("new", speech(700))
    assert cache.find(0) is not None
    assert cache.find(1) is None


def test_a_speech_that_is_too_long_is_heard_and_not_kept() -> None:
    engine, cache = CountingTts(), SpeechCache(max_bytes=80_000)

    async def main() -> None:
        for _ in range(2):
            assert sum(len(chunk.frame.payload) for chunk in await speak(cached(engine, cache))) > 20_000

    run_virtual(main())
    assert len(engine.asked) == 2
    assert cache.size == 0


# --- in a chain -----------------------------------------------------------------------------------


def test_kept_speech_neither_needs_an_engine_nor_praises_it() -> None:
    """An engine that fails with everything else does not look well because its greeting is kept."""
    engine, cache, breaker = CountingTts(troubles={"open": TtsTrouble.HANGS}), SpeechCache(), CircuitBreaker()
    stand_in = CountingTts()

    async def main() -> None:
        for _ in range(8):  # calls
            links: list[Link[TtsPort]] = [
                Link("first", cached(engine, cache), breaker),
                Link("second", cached(stand_in, cache, "b")),
            ]
            tts = FallbackTts(links)
            assert await speak(tts) != []
            assert await speak(tts, replace(GREETING, text="We are open.", is_fixed=False)) != []

    run_virtual(main())
    assert [request.text for request in engine.asked] == [GREETING.text, *["We are open."] * 5]


def test_a_stand_in_does_not_keep_its_speech_as_the_first_engines() -> None:
    cache = SpeechCache()
    broken, stand_in = CountingTts(troubles={"": TtsTrouble.FAILS_AT_ONCE}), CountingTts()

    async def main() -> None:
        tts = FallbackTts(
            [Link("first", cached(broken, cache)), Link("second", cached(stand_in, cache, "b"))]
        )
        await speak(tts)
        healed = CountingTts()
        await speak(FallbackTts([Link("first", cached(healed, cache))]))
        assert len(healed.asked) == 1

    run_virtual(main())


# --- in a registry --------------------------------------------------------------------------------


def registry(tts: TtsPort, speech: SpeechCache | None = None) -> ProviderRegistry:
    return ProviderRegistry(
        vad={"energy": EnergyVad()},
        stt={"scripted": ScriptedStt([])},
        llm={"scripted": ScriptedLlm([Say("Yes.")])},
        tts={"scripted": tts},
        speech=speech or SpeechCache(),
    )


@pytest.mark.parametrize(
    ("agent", "asked"), [(AGENT, 1), (replace(AGENT, latency=LatencyOptions(cached_phrases=False)), 3)]
)
def test_all_calls_of_a_registry_share_what_is_kept_if_the_agent_wants_it(agent: Agent, asked: int) -> None:
    engine = CountingTts()
    providers = registry(engine)

    async def main() -> None:
        for _ in range(3):
            await speak(providers.engines_for(agent).tts)

    run_virtual(main())
    assert len(engine.asked) == asked


def test_registries_that_share_a_cache_do_not_hear_each_others_speech() -> None:
    cache, engines = SpeechCache(), [CountingTts(), CountingTts()]

    async def main() -> None:
        for engine in engines:
            await speak(registry(engine, cache).engines_for(AGENT).tts)

    run_virtual(main())
    assert [len(engine.asked) for engine in engines] == [1, 1]


def test_the_engine_behind_a_cache_is_warmed_up() -> None:
    engine = CountingTts()

    async def main() -> None:
        tts = registry(engine).engines_for(AGENT).tts
        assert isinstance(tts, FallbackTts)
        await tts.warm_up(SPANISH)
        await cached(ScriptedTts()).warm_up(SPANISH)

    run_virtual(main())
    assert engine.warmed == [SPANISH]
