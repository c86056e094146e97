"""An engine that is down is left alone by all calls, and found again when it is back."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from backend.domain.value_objects.conversation_turn import Role
from tests.faults.trial import Trial
from tests.support.answering_engines import ANSWERS, QUESTIONS
from tests.support.calls import Stage
from tests.support.faulty_engines import FaultyLlm
from tests.support.faulty_ways import Way
from tests.support.virtual_time import run_virtual

CALLS = 20
TRIES = 5  # in a row, before an engine is left alone
LONGEST_PAUSE_S = 60


async def one_question(stage: Stage) -> None:
    assert isinstance(stage, Trial)
    await stage.until_attended()
    await stage.ask(0)
    await stage.until_attended()
    stage.hang_up()


def is_answered(trial: Trial) -> bool:
    return trial.dialogue[-2:] == [(Role.CALLER, QUESTIONS[0]), (Role.AGENT, ANSWERS[QUESTIONS[0]])]


def test_an_engine_that_is_down_is_asked_now_and_then_and_trusted_again_when_it_answers() -> None:
    model = FaultyLlm(Way.UNAVAILABLE)

    async def day() -> Trial:
        first = call = Trial(port="llm", engine=model)
        for _ in range(CALLS):
            await call.run(one_question)
            assert is_answered(call)
            call = call.next_call()
        asked_at = [attempt.began_at for attempt in first.watch.attempts]
        assert TRIES < len(asked_at) < TRIES + CALLS / 2
        pauses = [after - before for before, after in pairwise(asked_at[TRIES:])]
        assert min(pauses) > 2, "the probes of all calls together"
        assert pauses[-1] > pauses[0], "the longer it is down, the rarer"

        model.way = None
        await asyncio.sleep(LONGEST_PAUSE_S)
        for _ in range(3):
            by_others = len(first.model.asked)
            await call.run(one_question)
            assert is_answered(call)
            assert len(first.model.asked) == by_others, "the stand-in has answered"
            call = call.next_call()
        return first

    first = run_virtual(day())
    assert first.watch.running == 0
