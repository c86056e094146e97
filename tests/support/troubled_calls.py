"""Whole calls whose first engines get into trouble, with the stage's own standing in behind them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from backend.application.services.engine_failures import EngineFailures
from backend.application.services.fallback.chain import Link
from backend.application.services.fallback.fallback_llm import FallbackLlm
from backend.application.services.fallback.fallback_stt import FallbackStt
from backend.application.services.fallback.fallback_tts import FallbackTts
from backend.domain.conversation.events import EngineFailed
from backend.domain.entities.call import Call, EndCause
from backend.domain.errors import ProviderError
from backend.domain.ports.llm_port import LlmPort
from backend.domain.ports.stt_port import SttPort
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities, TtsPort, Voice
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY, Readiness
from tests.support.calls import Stage
from tests.support.scripted import (
    FOR_EVER_S,
    Say,
    ScriptedLlm,
    ScriptedStt,
    ScriptedTts,
    TtsTrouble,
)


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


def failures_told(stage: Stage) -> list[EngineFailed]:
    """What the timeline that was kept says about engines."""
    return [entry.event for entry in stage.entries if isinstance(entry.event, EngineFailed)]
