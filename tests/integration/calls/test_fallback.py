"""Whole calls in which an engine fails and another one stands in: the caller hardly notices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.application.services.engine_failures import EngineFailures
from backend.application.services.fallback.chain import Link
from backend.application.services.fallback.fallback_llm import FIRST_TOKEN_MS, FallbackLlm
from backend.application.services.fallback.fallback_stt import FallbackStt
from backend.application.services.fallback.fallback_stt_stream import SttPatience
from backend.application.services.fallback.fallback_tts import FIRST_CHUNK_MS, FallbackTts
from backend.application.services.speech_cache import CachedTts, SpeechCache
from backend.domain.conversation.events import EngineFailed
from backend.domain.conversation.manners import manners_of
from backend.domain.entities.call import Call, EndCause
from backend.domain.errors import ProviderError
from backend.domain.ports.llm_port import LlmPort
from backend.domain.ports.stt_port import SttPort
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities, TtsPort, Voice
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.readiness import READY, Readiness
from tests.support.calls import Stage
from tests.support.scripted import (
    FOR_EVER_S,
    Say,
    ScriptedLlm,
    ScriptedStt,
    ScriptedTts,
    SttTrouble,
    TtsTrouble,
)

PHRASES = manners_of(ENGLISH).phrases
BROKEN = ProviderError("scripted", "the model broke", code="llm-broke")
HOUR_MS = 3_600_000
THROUGH_FALLBACK_S = 2.5  # from the fault's detection to an audible reply


@dataclass
class TroubledVoice:
    """A speech engine that gets into ``trouble`` with every text; what it does say, ``voice`` says, so that
    ``Stage`` knows every sound."""

    voice: ScriptedTts
    trouble: TtsTrouble
    running: int = 0

    @property
    def capabilities(self) -> TtsCapabilities:
        return self.voice.capabilities

    def readiness(self, language: Language) -> Readiness:
        return READY

    def voices(self) -> tuple[Voice, ...]:
        return self.voice.voices()

    async def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        self.running += 1
        try:
            if self.trouble is TtsTrouble.HANGS:
                await asyncio.sleep(FOR_EVER_S)
            if self.trouble in {TtsTrouble.FAILS_MIDWAY, TtsTrouble.STALLS_MIDWAY}:
                async with aclosing(self.voice.synthesize(request)) as chunks:
                    yield await anext(chunks)
                if self.trouble is TtsTrouble.STALLS_MIDWAY:
                    await asyncio.sleep(FOR_EVER_S)
            raise ProviderError("scripted", "the engine broke", code="tts-broke")
        finally:
            self.running -= 1


@dataclass
class Troubles:
    """The engines that come first in a call, where there are such; the stage's own stand behind them."""

    stt: ScriptedStt | None = None
    llm: ScriptedLlm | None = None
    tts: TtsTrouble | None = None
    voice: TroubledVoice | None = field(init=False, default=None)
    _failures: EngineFailures | None = field(init=False, default=None)

    def befall(self, stage: Stage) -> Stage:
        """Put the troubled engines before those of ``stage``."""
        if self.tts is not None:
            self.voice = TroubledVoice(stage.tts, self.tts)
        stage.shim = self._chain
        self._failures = stage.failures
        return stage

    @property
    def still_running(self) -> int:
        return sum(engine.running for engine in (self.stt, self.llm, self.voice) if engine is not None)

    def _chain(self, name: str, real: Any) -> Any:
        if name == "stt" and self.stt is not None:
            recognisers: list[Link[SttPort]] = [Link("first", self.stt), Link("stand-in", real)]
            return FallbackStt(recognisers, failures=self._failures)
        if name == "llm" and self.llm is not None:
            models: list[Link[LlmPort]] = [Link("first", self.llm), Link("stand-in", real)]
            return FallbackLlm(models, failures=self._failures)
        if name == "tts" and self.voice is not None:
            voices: list[Link[TtsPort]] = [Link("first", self.voice), Link("stand-in", real)]
            return FallbackTts(voices, failures=self._failures)
        return real


async def two_questions(stage: Stage) -> None:
    """Ask, wait patiently for whatever comes, ask again, wait for the answer, hang up."""
    await stage.until_answered()
    for _ in range(2):
        await stage.say(1_000)
        await stage.until_answered(quiet_s=4.6)
    stage.hang_up()


def play(stage: Stage, troubles: Troubles) -> Call:
    call = troubles.befall(stage).play(two_questions)
    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert stage.longest_silence_s < 5
    assert stage.still_running == troubles.still_running == 0
    return call


def words_after_s(stage: Stage, question: int) -> float:
    """How long after the end of a question the agent's first word was heard."""
    asked = stage.spoken[question][1]
    heard = next(s.at for s in stage.line.sounds if s.at > asked and stage.tts.characters_in(s.samples))
    return heard - asked


CONVERSATION = [
    (Role.AGENT, "Hello, this is Ana."),
    (Role.CALLER, "Are you open?"),
    (Role.AGENT, "Yes, until five."),
    (Role.CALLER, "Really?"),
    (Role.AGENT, "Sure."),
]


def stage() -> Stage:
    return Stage(
        stt=ScriptedStt(["Are you open?", "Really?"]),
        llm=ScriptedLlm([Say("Yes, until five."), Say("Sure.")]),
    )


@pytest.mark.parametrize(
    ("answer", "detected_after_s"),
    [
        pytest.param(Say("Never.", ttft_ms=HOUR_MS), FIRST_TOKEN_MS / 1_000, id="hangs"),
        pytest.param(Say("", ttft_ms=0, error=BROKEN), 0, id="fails at once"),
        pytest.param(Say("", ttft_ms=2_000, error=BROKEN), 2, id="fails late"),
        pytest.param(Say("", stalls=True), FIRST_TOKEN_MS / 1_000, id="begins and says nothing"),
        pytest.param(Say(""), 0.2, id="is empty"),
    ],
)
def test_another_model_answers(answer: Say, detected_after_s: float) -> None:
    it = stage()
    play(it, Troubles(llm=ScriptedLlm([answer])))

    said = [(role, text.removeprefix(PHRASES.filler)) for role, text in it.dialogue]
    assert said == CONVERSATION
    assert words_after_s(it, 0) < detected_after_s + THROUGH_FALLBACK_S
    assert words_after_s(it, 1) < THROUGH_FALLBACK_S, "the second turn waited for the model that rests"
    assert "Never" not in it.heard_by_caller


def test_a_model_that_breaks_off_is_not_repeated_by_another() -> None:
    it = stage()
    said = "We open at nine o'clock. We close at five o'clock. And"
    play(it, Troubles(llm=ScriptedLlm([Say(said, error=BROKEN)])))

    assert it.dialogue[2:4] == [
        (Role.AGENT, "We open at nine o'clock. We close at five o'clock."),
        (Role.AGENT, PHRASES.apology),
    ]
    assert it.dialogue[-1] == (Role.AGENT, "Yes, until five."), "the stand-in has the next turn"
    assert it.heard_by_caller.count("nine") == 1


@pytest.mark.parametrize(
    "trouble", [TtsTrouble.FAILS_AT_ONCE, TtsTrouble.FAILS_AT_FIRST_CHUNK, TtsTrouble.HANGS]
)
def test_another_voice_speaks(trouble: TtsTrouble) -> None:
    it = stage()
    play(it, Troubles(tts=trouble))

    assert it.dialogue == CONVERSATION
    detected_after_s = FIRST_CHUNK_MS / 1_000 if trouble is TtsTrouble.HANGS else 0
    assert it.line.sounds[0].at < detected_after_s + THROUGH_FALLBACK_S
    assert words_after_s(it, 0) < THROUGH_FALLBACK_S
    assert it.words_played == it.words_kept


@pytest.mark.parametrize("trouble", [TtsTrouble.FAILS_MIDWAY, TtsTrouble.STALLS_MIDWAY])
def test_a_voice_that_breaks_off_is_apologised_for_once_and_then_another_speaks(trouble: TtsTrouble) -> None:
    it = stage()
    play(it, Troubles(tts=trouble))

    assert [text for _, text in it.dialogue].count(PHRASES.apology) == 1
    assert it.dialogue[-2:] == CONVERSATION[-2:]
    assert it.heard_by_caller.count("Sure") == 1


@pytest.mark.parametrize("trouble", list(SttTrouble))
@pytest.mark.parametrize("speech_only", [True, False])
def test_another_recogniser_hears_what_was_being_said(trouble: SttTrouble, speech_only: bool) -> None:
    it = stage()
    play(it, Troubles(stt=ScriptedStt([trouble], speech_only=speech_only)))

    said = [(role, text.removeprefix(PHRASES.filler)) for role, text in it.dialogue]
    assert said == CONVERSATION
    assert it.troubles == [], "the caller need not know"
    detected_after_s = SttPatience().settle_ms / 1_000 if trouble is SttTrouble.NEVER_SETTLES else 0
    assert words_after_s(it, 0) < detected_after_s + THROUGH_FALLBACK_S


def test_another_recogniser_is_opened_if_one_cannot_be() -> None:
    it = stage()
    play(it, Troubles(stt=ScriptedStt([], refusals=1_000)))
    assert it.dialogue == CONVERSATION
    assert it.troubles == []


def test_all_first_engines_may_fail_in_the_same_call() -> None:
    it = stage()
    troubles = Troubles(
        stt=ScriptedStt([SttTrouble.FAILS_AT_THE_END]),
        llm=ScriptedLlm([Say("", error=BROKEN)]),
        tts=TtsTrouble.FAILS_AT_FIRST_CHUNK,
    )
    play(it, troubles)
    assert it.dialogue == CONVERSATION
    assert words_after_s(it, 0) < THROUGH_FALLBACK_S
    told = {(one.port, one.engine, one.successor) for one in failures_told(it)}
    assert {port for port, engine, successor in told if (engine, successor) == ("first", "stand-in")} == {
        "stt",
        "llm",
        "tts",
    }


def failures_told(stage: Stage) -> list[EngineFailed]:
    """What the timeline that was kept says about engines."""
    return [entry.event for entry in stage.entries if isinstance(entry.event, EngineFailed)]


def test_a_model_that_fails_at_once_answers_at_the_second_try_and_the_timeline_tells() -> None:
    it = stage()
    play(
        it,
        Troubles(llm=ScriptedLlm([Say("", ttft_ms=50, error=BROKEN), Say("Yes, until five."), Say("Sure.")])),
    )
    assert it.dialogue == CONVERSATION
    assert it.llm.requests == [], "nobody had to stand in"
    assert [(one.engine, one.code, one.successor) for one in failures_told(it)] == [
        ("first", "llm-broke", "first")
    ]


def test_a_greeting_that_is_kept_is_heard_at_once() -> None:
    cache = SpeechCache()

    def call() -> tuple[Stage, float]:
        it = Stage(tts=ScriptedTts(ttfb_ms=300))
        it.shim = lambda name, real: CachedTts(real, cache, "tone") if name == "tts" else real

        async def caller(stage: Stage) -> None:
            await stage.until_answered()
            stage.hang_up()

        it.play(caller)
        return it, it.line.sounds[0].at

    (first, heard_s), (second, heard_again_s) = call(), call()
    assert heard_s - heard_again_s == pytest.approx(0.3, abs=0.02)
    assert first.dialogue == second.dialogue == [(Role.AGENT, "Hello, this is Ana.")]
    assert second.tts.voiced == ""


@settings(max_examples=60, deadline=None)
@given(
    ear=st.sampled_from([None, *SttTrouble]),
    model=st.sampled_from(
        [None, Say("", error=BROKEN), Say("", ttft_ms=HOUR_MS), Say("We open. At nine", error=BROKEN)]
    ),
    voice=st.sampled_from([None, *TtsTrouble]),
    hangs_up_after_s=st.floats(0, 20),
)
def test_whatever_fails_no_word_is_heard_twice_and_nothing_is_left_when_the_caller_leaves(
    ear: SttTrouble | None, model: Say | None, voice: TtsTrouble | None, hangs_up_after_s: float
) -> None:
    it = stage()
    troubles = Troubles(
        stt=None if ear is None else ScriptedStt([ear]),
        llm=None if model is None else ScriptedLlm([model]),
        tts=voice,
    )

    async def caller(stage: Stage) -> None:
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(two_questions(stage))
            await asyncio.sleep(hangs_up_after_s)
            asking.cancel()
        stage.hang_up()

    call = troubles.befall(it).play(caller)

    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert it.longest_silence_s < 5
    assert it.still_running == troubles.still_running == 0
    for text in ("until", "Sure", "nine"):
        assert it.heard_by_caller.count(text) <= 1
