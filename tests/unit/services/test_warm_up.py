"""Engines are told that a call has begun, and the call waits for none of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from backend.application.services.warm_up import WARM_UP_TIMEOUT_S
from backend.domain.entities.agent import LatencyOptions
from backend.domain.entities.call import EndCause
from backend.domain.errors import ProviderError
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.language import Language
from tests.support.calls import Stage, agent
from tests.support.scripted import FOR_EVER_S, Say, ScriptedLlm, ScriptedStt, ScriptedTts


@dataclass
class Warmth:
    """What ``warm_up`` does: take ``seconds``, then perhaps fail. ``log`` holds when it began and ended."""

    seconds: float = 0.3
    error: Exception | None = None
    log: list[float] = field(default_factory=list)

    async def warm_up(self, language: Language) -> None:
        now = asyncio.get_running_loop().time
        self.log.append(now())
        try:
            await asyncio.sleep(self.seconds)
            if self.error is not None:
                raise self.error
        finally:
            self.log.append(now())


class WarmLlm(ScriptedLlm):
    warmth: Warmth

    async def warm_up(self, language: Language) -> None:
        await self.warmth.warm_up(language)


class WarmTts(ScriptedTts):
    warmth: Warmth

    async def warm_up(self, language: Language) -> None:
        await self.warmth.warm_up(language)


def stage(llm: Warmth, tts: Warmth, *, wants_it: bool = True) -> Stage:
    model, voice = WarmLlm([Say("Yes.")]), WarmTts()
    model.warmth, voice.warmth = llm, tts
    return Stage(
        agent=agent(latency=LatencyOptions(warm_up=wants_it)),
        stt=ScriptedStt(["Are you open?"]),
        llm=model,
        tts=voice,
    )


async def caller(stage: Stage) -> None:
    await stage.until_answered()
    await stage.say(1_000)
    await stage.until_answered(quiet_s=6)
    stage.hang_up()


def test_model_and_voice_are_warmed_side_by_side_when_the_call_begins() -> None:
    llm, tts = Warmth(), Warmth()
    stage(llm, tts).play(caller)
    assert llm.log == tts.log == pytest.approx([0.0, 0.3])


def test_an_agent_may_do_without() -> None:
    llm, tts = Warmth(), Warmth()
    stage(llm, tts, wants_it=False).play(caller)
    assert llm.log == tts.log == []


@pytest.mark.parametrize(
    "error", [ProviderError("scripted", "refused", code="auth-failed"), RuntimeError("a bug")]
)
def test_an_engine_that_cannot_be_warmed_up_is_used_all_the_same(error: Exception) -> None:
    played = stage(Warmth(error=error), Warmth())
    call = played.play(caller)
    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert played.dialogue[-1] == (Role.AGENT, "Yes.")


def test_an_engine_that_takes_too_long_is_left_alone() -> None:
    llm = Warmth(seconds=FOR_EVER_S)
    stage(llm, Warmth()).play(caller)
    assert llm.log == pytest.approx([0.0, WARM_UP_TIMEOUT_S])


def test_nothing_of_it_outlives_the_call() -> None:
    llm = Warmth(seconds=FOR_EVER_S)

    async def in_a_hurry(stage: Stage) -> None:
        await asyncio.sleep(1)
        stage.hang_up()

    stage(llm, Warmth()).play(in_a_hurry)  # fails if a task is left behind
    assert llm.log == pytest.approx([0.0, 1.0], abs=0.01)
