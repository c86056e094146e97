"""Whatever fails, and whenever: nothing is said twice, and nothing is lost that was generated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.application.services.circuit_breaker import CircuitBreaker
from backend.application.services.engine_failures import EngineFailure, EngineFailures
from backend.application.services.fallback.chain import Link
from backend.application.services.fallback.fallback_llm import FallbackLlm
from backend.application.services.fallback.fallback_tts import FallbackTts
from backend.application.services.speech_cache import CachedTts, SpeechCache
from backend.domain.errors import ProviderError
from backend.domain.ports.llm_port import LlmEvent, LlmFinished, LlmPort, LlmRequest, TextDelta
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities, TtsPort, Voice
from backend.domain.value_objects.audio import WIDEBAND, AudioFrame
from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.readiness import READY, Readiness
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.domain.value_objects.word_timing import WordTiming
from tests.support.virtual_time import run_virtual

WORDS = 4  # of each answer and each text
FOR_EVER_S = 3_600
FRAME = bytes(WIDEBAND.bytes_in(20))


@dataclass(frozen=True)
class Attempt:
    """What becomes of one piece of work: it fails (or hangs) before word number ``breaks_before``."""

    breaks_before: int = WORDS + 1
    hangs: bool = False
    retryable: bool = True
    retry_after_ms: int | None = None
    wait_s: float = 0.1

    async def work(self) -> AsyncGenerator[int, None]:
        """Yield the numbers of the words as they are made."""
        for word in range(WORDS + 1):
            await asyncio.sleep(self.wait_s)
            if word == self.breaks_before:
                await asyncio.sleep(FOR_EVER_S if self.hangs else 0)
                raise ProviderError(
                    "any", "broke", code="broke", retryable=self.retryable, retry_after_ms=self.retry_after_ms
                )
            if word < WORDS:
                yield word


@dataclass
class AnyEngine:
    """An engine of any port, called ``name``. Its first attempts are given, all others succeed."""

    name: str
    attempts: list[Attempt]
    asked: int = 0
    running: int = 0

    def readiness(self, language: Language) -> Readiness:
        return READY

    async def next_attempt(self) -> AsyncGenerator[int, None]:
        attempt = self.attempts[self.asked] if self.asked < len(self.attempts) else Attempt()
        self.asked += 1
        self.running += 1
        try:
            async with aclosing(attempt.work()) as words:
                async for word in words:
                    yield word
        finally:
            self.running -= 1


class AnyLlm(AnyEngine):
    async def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:
        async with aclosing(self.next_attempt()) as words:
            async for word in words:
                yield TextDelta(f"{self.name}{word} ")
        yield LlmFinished("stop")


@dataclass
class AnyTts(AnyEngine):
    capabilities: TtsCapabilities = field(default=TtsCapabilities(frozenset({"en"}), True, local=True))

    def voices(self) -> tuple[Voice, ...]:
        return ()

    async def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        async with aclosing(self.next_attempt()) as words:
            async for word in words:
                at = 3 * word
                yield SpeechChunk(AudioFrame(WIDEBAND, FRAME), (WordTiming(at, at + 2, at),))


any_attempt = st.builds(
    Attempt,
    breaks_before=st.integers(0, WORDS + 1),
    hangs=st.booleans(),
    retryable=st.booleans(),
    retry_after_ms=st.sampled_from([None, 100, 5_000]),
    wait_s=st.sampled_from([0.0, 0.1, 0.5]),
)
attempts = st.lists(st.just(Attempt(0)) | any_attempt, max_size=6)  # many fail at once
chains = st.lists(attempts, min_size=1, max_size=3)


async def said(work: AsyncGenerator[str, None]) -> tuple[list[str], bool]:
    """Return the words, and whether they are all that there is of the work."""
    words: list[str] = []
    try:
        async with asyncio.timeout(60), aclosing(work):
            async for word in work:
                words.append(word)  # noqa: PERF401 (what came before a failure counts)
    except (ProviderError, TimeoutError):
        return words, False
    return words, True


@settings(max_examples=300, deadline=None)
@given(chain=chains, turns=st.integers(1, 4))
def test_an_answer_is_the_beginning_of_one_models_and_all_of_it_if_nothing_is_told(
    chain: list[list[Attempt]], turns: int
) -> None:
    engines = [AnyLlm(name, each) for name, each in zip("abc", chain, strict=False)]
    breakers = [CircuitBreaker() for _ in engines]

    async def answer(llm: LlmPort) -> AsyncGenerator[str, None]:
        async with aclosing(llm.stream(LlmRequest((), ENGLISH))) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    yield event.text.strip()

    async def main() -> None:
        failures, told = EngineFailures(), list[EngineFailure]()
        failures.listen(told.append)
        links: list[Link[LlmPort]] = [
            Link(engine.name, engine, breaker) for engine, breaker in zip(engines, breakers, strict=True)
        ]
        llm = FallbackLlm(links, failures=failures)
        for _ in range(turns):
            told.clear()
            words, is_whole = await said(answer(llm))
            speaker = words[0][0] if words else "?"
            assert words == [f"{speaker}{number}" for number in range(len(words))]
            assert len(words) == WORDS or not is_whole
            assert_told(told, speaker, is_whole=is_whole)
            assert all(engine.running == 0 for engine in engines)

    run_virtual(main())


def assert_told(told: list[EngineFailure], speaker: str, *, is_whole: bool) -> None:
    """Each failure names who was asked next, nobody was asked a third time, and the last one spoke."""
    for failure, after in pairwise(told):
        assert after.engine == failure.successor
    for engine in "abc":
        assert sum(failure.engine == engine for failure in told) <= 2
    if is_whole and told:
        assert told[-1].successor == speaker


@settings(max_examples=300, deadline=None)
@given(chain=chains, texts=st.lists(st.sampled_from(["fixed", "a", "b"]), min_size=1, max_size=5))
def test_a_text_is_spoken_once_and_to_its_end_if_nothing_is_told(
    chain: list[list[Attempt]], texts: list[str]
) -> None:
    cache = SpeechCache()
    engines = [AnyTts(name, each) for name, each in zip("abc", chain, strict=False)]
    breakers = [CircuitBreaker() for _ in engines]

    async def speech(tts: TtsPort, text: str) -> AsyncGenerator[str, None]:
        letter = text[0]
        whole = " ".join(f"{letter}{number}" for number in range(WORDS))
        request = SpeechRequest(whole, ENGLISH, VoiceConfig(), WIDEBAND, is_fixed=text == "fixed")
        async with aclosing(tts.synthesize(request)) as chunks:
            async for chunk in chunks:
                for word in chunk.words:
                    yield whole[word.start : word.end]

    async def main() -> None:
        links: list[Link[TtsPort]] = [
            Link(engine.name, CachedTts(engine, cache, engine.name), breaker)
            for engine, breaker in zip(engines, breakers, strict=True)
        ]
        for text in texts:
            words, is_whole = await said(speech(FallbackTts(links), text))
            assert words == [f"{text[0]}{number}" for number in range(len(words))]
            assert len(words) == WORDS or not is_whole
            assert all(engine.running == 0 for engine in engines)

    run_virtual(main())
