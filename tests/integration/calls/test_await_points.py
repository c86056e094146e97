"""At every point where a call awaits something, that something goes wrong once.

After SQLite's way of failing the n-th allocation, for all n. Frequent points (a frame of audio) are tried at
some places of the call, all others at each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from backend.domain.conversation.effects import FlushPlayout
from backend.domain.entities.call import CallStatus, EndCause
from tests.support.calls import Stage
from tests.support.counting import Mishap, Points, count
from tests.support.scripted import Say, ScriptedLlm, ScriptedStt
from tests.support.virtual_time import run_virtual

MOST_PLACES = 12
MAY_FAIL = ("stt.open", "stt.events", "llm.stream", "tts.synthesize", "log.", "recording")


async def three_turns(stage: Stage) -> None:
    """Ask, interrupt the answer, say goodbye; leave if the agent does not."""
    await stage.until_answered(quiet_s=0.6, within_s=9)
    await stage.say(600)
    await stage.until_answered(quiet_s=-0.5, within_s=9)
    await stage.say(600)
    await stage.until_answered(quiet_s=0.6, within_s=9)
    await stage.say(600)
    await stage.until_answered(quiet_s=0.6, within_s=9)
    stage.hang_up()


def play(points: Points) -> tuple[Stage, asyncio.Task[object]]:
    stage = Stage(
        stt=ScriptedStt(["Are you open?", "No, stop it.", "Goodbye."]),
        llm=ScriptedLlm([Say("We open at nine, every day."), Say("Yes?"), Say("Bye.", tool="end_call")]),
    )
    count(stage, points)

    async def main() -> asyncio.Task[object]:
        running: asyncio.Task[object] = asyncio.ensure_future(stage.run(three_turns))
        points.cancel = running.cancel
        await asyncio.wait({running})
        return running

    return stage, run_virtual(main())


def places() -> Iterator[tuple[str, int]]:
    """Yield the points of a call in which nothing goes wrong."""
    points = Points()
    stage, _ = play(points)
    assert stage.orchestrator.call.end_cause is EndCause.AGENT_HUNG_UP
    for name, times in sorted(points.seen.items()):
        step = max(1, -(-times // MOST_PLACES))
        yield from ((name, number) for number in range(1, times + 1, step))


@pytest.mark.parametrize("mishap", list(Mishap))
def test_whatever_goes_wrong_anywhere_the_call_ends_well(mishap: Mishap) -> None:
    tried = 0
    for name, number in places():
        if mishap is Mishap.FAIL and (name.endswith("aclose") or not name.startswith(MAY_FAIL)):
            continue
        points = Points(name, number, mishap)
        stage, running = play(points)
        try:
            assert_well_ended(stage, running, points)
        except AssertionError as error:
            raise AssertionError(f"{mishap.name} at {name} number {number}") from error
        tried += 1
    assert tried > 40


def assert_well_ended(stage: Stage, running: asyncio.Task[object], points: Points) -> None:
    """I1 (nothing left), as far as tasks go, was seen to by ``run_virtual``."""
    call, mishap, at = stage.orchestrator.call, points.mishap, points.name
    if mishap is Mishap.CANCEL or not at.endswith("aclose"):  # … which is not carried out if that goes wrong
        assert stage.still_running == 0
    # How it ended.
    assert running.cancelled() is (mishap is Mishap.CANCEL)
    if not running.cancelled():
        assert (running.exception() is not None) is (mishap is Mishap.BUG)
    # I2: the record is closed, with a cause.
    assert call.status is not CallStatus.LIVE
    if at != "log.close":
        assert stage.log.calls == {call.id: call}
    # I3: what was kept has no gap, and is what the speaker played.
    assert [entry.seq for entry in stage.entries] == list(range(1, len(stage.entries) + 1))
    assert [turn.number for turn in stage.turns] == list(range(1, len(stage.turns) + 1))
    if mishap is not Mishap.BUG and not at.startswith("log"):
        cuts = sum(isinstance(effect, FlushPlayout) for entry in stage.entries for effect in entry.effects)
        assert abs(len(stage.words_played) - len(stage.words_kept)) <= 1 + cuts
    # I4: never dead air, unless it is the line that hangs.
    if not (mishap is Mishap.HANG and at.startswith("line")):
        assert stage.longest_silence_s < 5
    # I5: hung up once. And in bounded time after the end.
    assert points.seen["line.close"] == 1
    if stage.left_at:
        assert stage.ended_at - stage.left_at < 8
