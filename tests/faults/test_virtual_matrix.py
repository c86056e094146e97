"""Every port, every way to fail, with and without a stand-in, in virtual time: 90 whole calls.

The engines fail as services do behind our adapters (``faulty_engines``); that the adapters make just this
of such services, ``test_real_matrix`` shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from backend.domain.entities.agent import TurnTaking
from backend.domain.value_objects.policies import Silence
from tests.faults.known import VIRTUAL, known_trouble, marks
from tests.faults.report import Report, Row
from tests.faults.scripts import caller_for, expect_outcome
from tests.faults.trial import Trial
from tests.faults.verdict import SILENCE_S, Verdict, judge
from tests.support.calls import agent
from tests.support.faulty_engines import SESSION_CAP_S, FaultyLlm, FaultyStt, FaultyTts
from tests.support.faulty_ways import PORTS, Port, Way
from tests.support.scripted import ScriptedTts

HALF_AN_HOUR_MS = 1_800_000
PATIENT = agent(turn_taking=TurnTaking(silence=Silence(idle_prompt_after_ms=HALF_AN_HOUR_MS)))


def cells() -> Iterator[object]:
    """Every port, way to fail, and whether there is a stand-in."""
    for port, way, has_stand_in in product(PORTS, Way, (True, False)):
        reason = known_trouble(port, VIRTUAL, way, has_stand_in=has_stand_in)
        name = f"{port}: {way}, {'with a stand-in' if has_stand_in else 'alone'}"
        yield pytest.param(port, way, has_stand_in, id=name, marks=marks(reason))


def trial_of(port: Port, way: Way, *, has_stand_in: bool) -> Trial:
    tts = ScriptedTts()
    engines: dict[Port, Any] = {"stt": FaultyStt(way), "llm": FaultyLlm(way), "tts": FaultyTts(way, tts)}
    who = PATIENT if way is Way.SESSION_CAP else agent()
    return Trial(who, tts=tts, port=port, engine=engines[port], has_stand_in=has_stand_in)


@pytest.mark.parametrize(("port", "way", "has_stand_in"), list(cells()))
def test_the_caller_is_never_left_alone(
    port: Port, way: Way, has_stand_in: bool, report: Report, caplog: pytest.LogCaptureFixture
) -> None:
    trial = trial_of(port, way, has_stand_in=has_stand_in)
    trial.play(caller_for(way, has_stand_in=has_stand_in, cap_s=SESSION_CAP_S + 5))

    verdict = judge(trial, tolerance=0.02)
    expect_outcome(trial, way, verdict)
    report.add(Row(port, VIRTUAL, way, has_stand_in, verdict))
    assert not verdict.problems, "\n".join(verdict.problems)
    assert trial.engine.running == 0
    assert caplog.records or verdict.detected_after is None, "the log does not tell that the engine failed"


@pytest.mark.parametrize("has_stand_in", [True, False], ids=["with a stand-in", "alone"])
@pytest.mark.parametrize("way", [Way.HANGS_AFTER_ACCEPT, Way.HANGS_AFTER_HEADERS], ids=str)
@pytest.mark.parametrize("port", ["llm", "tts"])
def test_an_engine_without_a_watchdog_is_watched_by_the_call(
    port: Port, way: Way, has_stand_in: bool
) -> None:
    trial = trial_of(port, way, has_stand_in=has_stand_in)
    trial.engine.careless = True
    trial.play(caller_for(way, has_stand_in=has_stand_in, cap_s=0))

    verdict = Verdict(trial.longest_silence_s, trial.orchestrator.call.end_cause)
    expect_outcome(trial, way, verdict)
    assert not verdict.problems, "\n".join(verdict.problems)
    assert verdict.longest_silence <= SILENCE_S
    assert trial.still_running == trial.engine.running == 0
