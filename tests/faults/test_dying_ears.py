"""A recogniser's connection breaks, or falls silent, at any moment of a question."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from backend.domain.conversation.manners import manners_of
from backend.domain.conversation.words import words
from backend.domain.entities.call import EndCause
from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import SttEvent, SttRequest
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.language import ENGLISH
from tests.faults.trial import Trial
from tests.faults.verdict import judge
from tests.support.answering_engines import QUESTIONS, WordStt, WordSttStream
from tests.support.calls import Stage
from tests.support.scripted import FOR_EVER_S

MOMENTS = 50
APART_MS = 25
WELL_DONE = 0.95
REPROMPT = manners_of(ENGLISH).phrases.reprompt


@dataclass
class DyingStt(WordStt):
    """Its first stream breaks at ``dies_at`` (seconds of the loop), or then says nothing more."""

    dies_at: float = 0.0
    falls_silent: bool = False

    async def open(self, request: SttRequest) -> WordSttStream:
        self.opened += 1
        self.running += 1
        return DyingStream(self) if self.opened == 1 else WordSttStream(self)


class DyingStream(WordSttStream):
    def __init__(self, stt: DyingStt) -> None:
        super().__init__(stt)
        self._dying = stt

    async def events(self) -> AsyncGenerator[SttEvent, None]:
        try:
            async with asyncio.timeout_at(self._dying.dies_at), aclosing(super().events()) as events:
                async for event in events:
                    yield event
        except TimeoutError as error:
            if self._dying.falls_silent:
                await asyncio.sleep(FOR_EVER_S)
            raise ProviderError("faulty", "scripted", code="connection-failed") from error


def hears_question_dying(after_ms: float, *, falls_silent: bool, has_stand_in: bool) -> list[str]:
    """Play a call whose recogniser dies so long after the question began; return what was understood."""
    stt = DyingStt(falls_silent=falls_silent)

    async def caller(stage: Stage) -> None:
        assert isinstance(stage, Trial)
        await stage.until_attended()
        await stage.ask(0)
        await stage.until_attended()
        await stage.ask(1)
        await stage.until_attended()
        stage.hang_up()

    greeting_s = 1.6  # it and the lull after it; the moments go on to beyond the end of the question
    stt.dies_at = greeting_s + after_ms / 1_000
    trial = Trial(port="stt", engine=stt, has_stand_in=has_stand_in)
    call = trial.play(caller)
    verdict = judge(trial, tolerance=0.02)
    assert not verdict.problems, f"after {after_ms} ms: {verdict.problems}"
    assert call.end_cause is EndCause.CALLER_HUNG_UP
    understood = [text for role, text in trial.dialogue if role is Role.CALLER]
    asked_to_repeat = (Role.AGENT, REPROMPT) in trial.dialogue
    assert understood[-1] == QUESTIONS[1], f"after {after_ms} ms: {trial.dialogue}"
    assert asked_to_repeat or len(understood) == 2, f"after {after_ms} ms: {trial.dialogue}"
    return understood


@pytest.mark.parametrize(
    ("falls_silent", "has_stand_in"),
    [
        pytest.param(False, True, id="breaks, with a stand-in"),
        pytest.param(False, False, id="breaks, alone"),
        pytest.param(True, True, id="falls silent, with a stand-in"),
        pytest.param(True, False, id="falls silent, alone"),
    ],
)
def test_no_word_is_lost_or_doubled(falls_silent: bool, has_stand_in: bool) -> None:
    heard = [
        hears_question_dying(moment * APART_MS, falls_silent=falls_silent, has_stand_in=has_stand_in)
        for moment in range(MOMENTS)
    ]
    exactly = [all(map(same, understood, QUESTIONS)) for understood in heard]
    assert sum(exactly) >= WELL_DONE * MOMENTS, [understood[0] for understood in heard]


def same(understood: str, asked: str) -> bool:
    return words(understood) == words(asked)
