"""Many calls and long calls: nothing is left of them, and they run the same way every time."""

from __future__ import annotations

import asyncio
import random
import time

import pytest

from backend.domain.conversation.codec import decode_event, encode
from backend.domain.conversation.machine import step
from backend.domain.conversation.manners import policy_for
from backend.domain.conversation.state import State
from backend.domain.entities.call import EndCause
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import ProviderError
from backend.domain.value_objects.call_id import CallId
from tests.support.calls import Caller, Stage, agent, manners
from tests.support.keeping import MemoryLog, MemoryRecordings
from tests.support.scripted import (
    EnergyVad,
    Say,
    ScriptedLlm,
    ScriptedStt,
    ScriptedTts,
    SttTrouble,
    TtsTrouble,
)
from tests.support.virtual_time import run_virtual

CALLS = 1_000
AT_ONCE = 50
BROKEN = ProviderError("scripted", "the model broke", code="llm-broke")
ANSWERS = [
    Say("From nine to five."),
    Say("We open at nine. We close at five. Come and see us.", ttft_ms=1_500),
    Say("Goodbye.", tool="end_call"),
    Say("Let me see. And", error=BROKEN),
    Say("", stalls=True),
]


def test_nothing_is_left_of_a_thousand_calls() -> None:
    chance = random.Random(7)
    vad, log, recordings = EnergyVad(), MemoryLog(), MemoryRecordings()
    stages = [_any_stage(chance, number, vad, log, recordings) for number in range(CALLS)]
    causes: list[EndCause | None] = []

    async def main() -> None:
        waiting = [(stage, _any_caller(chance, stage)) for stage in stages]
        async with asyncio.TaskGroup() as lines:
            for _ in range(AT_ONCE):
                lines.create_task(answer(waiting))

    async def answer(waiting: list[tuple[Stage, Caller]]) -> None:
        while waiting:
            stage, caller = waiting.pop()
            running = asyncio.ensure_future(stage.run(caller))
            if chance.random() < 0.1:
                asyncio.get_running_loop().call_later(chance.uniform(0, 4), running.cancel)
            await asyncio.wait({running})
            causes.append(stage.orchestrator.call.end_cause)

    run_virtual(main())

    assert len(causes) == CALLS
    assert {EndCause.CALLER_HUNG_UP, EndCause.AGENT_HUNG_UP, EndCause.DRAINED} <= set(causes)
    assert {EndCause.REQUESTED, EndCause.CONNECTION_LOST, EndCause.ENGINES_FAILED} <= set(causes)
    assert sum(stage.stt.running + stage.llm.running + stage.tts.running for stage in stages) == 0
    assert vad.running == 0
    assert len(log.calls) == CALLS
    assert log.open_calls == []
    assert all(recording.is_closed for recording in recordings.recordings.values())
    assert all(stage.line.times_closed == 1 for stage in stages)


def _any_stage(
    chance: random.Random, number: int, vad: EnergyVad, log: MemoryLog, recordings: MemoryRecordings
) -> Stage:
    heard = ["What are your opening hours?", "mm-hm", "Wait a moment.", "", *SttTrouble]
    tts = ScriptedTts(troubles={"close": TtsTrouble.FAILS_MIDWAY} if chance.random() < 0.2 else {})
    if chance.random() < 0.05:
        tts = ScriptedTts(troubles={"": chance.choice(list(TtsTrouble))})
    return Stage(
        vad=vad,
        stt=ScriptedStt(chance.choices(heard, k=8)),
        llm=ScriptedLlm(chance.choices(ANSWERS, weights=[5, 5, 1, 1, 1], k=4)),
        tts=tts,
        log=log,
        recordings=recordings,
        reports=chance.random() < 0.8,
        call_id=CallId(f"{number:032x}"),
    )


def _any_caller(chance: random.Random, stage: Stage) -> Caller:
    turns, patience_s = chance.choice([0, 1, 1, 2]), chance.choice([-0.5, 0.0, 0.3])
    end = chance.choices(["hang up", "ask", "vanish"], weights=[80, 17, 3])[0]

    if "" in stage.tts.troubles:
        turns = 5  # enough to make an agent without a voice give up

    async def caller(stage: Stage) -> None:
        for _ in range(turns):
            await stage.until_answered(quiet_s=patience_s, within_s=6)
            await stage.say(800)
        match end:
            case "hang up":
                stage.hang_up()
            case "ask":
                stage.orchestrator.hang_up(EndCause.REQUESTED)
            case _:
                stage.lose(1_000)

    return caller


def _long_call() -> Stage:
    stage = Stage(
        agent=agent(turn_taking=manners()),
        stt=ScriptedStt(["And what happened then?"] * 500),
        llm=ScriptedLlm([Say("Then the telephone rang again. Nobody answered it, of course.")]),
    )

    async def caller(stage: Stage) -> None:
        while asyncio.get_running_loop().time() < 600:
            await stage.until_answered()
            await stage.say(1_500)
        stage.hang_up()

    stage.play(caller)
    return stage


def test_ten_minutes_go_the_same_way_twice(capsys: pytest.CaptureFixture[str]) -> None:
    began = time.perf_counter()
    once = _long_call()
    took_s = time.perf_counter() - began
    with capsys.disabled():
        print(f"\na scripted call of ten minutes took {took_s:.1f} s")  # noqa: T201

    assert len(once.turns) > 150
    assert _long_call().entries == once.entries
    assert _replayed(once) == once.entries


def _replayed(stage: Stage) -> list[TimelineEntry]:
    """Feed the events that were kept, as they are in the database, to the machine again."""
    state, policy, entries = State(), policy_for(stage.agent), []
    for kept in stage.entries:
        event = decode_event(encode(kept.event))
        state, effects = step(state, event, policy)
        entries.append(TimelineEntry(kept.seq, event, effects))
    assert state.ended
    return entries
