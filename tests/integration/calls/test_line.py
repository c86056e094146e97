"""Lines that stall, jitter, vanish or read nothing, and storage that refuses: the call copes."""

from __future__ import annotations

import asyncio
import random

import pytest

from backend.domain.entities.call import EndCause
from backend.domain.value_objects.audio import WIDEBAND
from backend.domain.value_objects.conversation_turn import Role
from tests.support.calls import Stage, agent
from tests.support.keeping import MemoryLog, MemoryRecordings, Storage
from tests.support.scripted import Say, ScriptedLlm, ScriptedStt

LONG = "We open at nine in the morning, every day but Sunday. We close at five. Come and see us."


def test_a_stall_in_mid_utterance_ends_no_turn_and_loses_nothing() -> None:
    stage = Stage(stt=ScriptedStt(["Are you open on the first Monday of the month?"]))

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        speaking = asyncio.ensure_future(stage.say(3_000))
        await asyncio.sleep(0.5)
        stage.stall(2)
        await speaking
        await stage.until_answered()
        stage.hang_up()

    stage.play(caller)

    assert [role for role, _ in stage.dialogue] == [Role.AGENT, Role.CALLER, Role.AGENT]
    assert len(stage.llm.requests) == 1
    left = stage.recordings.samples(stage.call_id)[:, 0]
    began, ended = stage.spoken[0]
    spoken = left[int(began * WIDEBAND.rate) : int(ended * WIDEBAND.rate)]
    assert (spoken != 0).mean() > 0.98


def test_a_stall_in_a_pause_is_no_silence_of_the_caller() -> None:
    stage = Stage(stt=ScriptedStt(["My number is,", "one two three."]))

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        await stage.say(800)
        await asyncio.sleep(0.3)
        stage.stall(2)
        await asyncio.sleep(0.6)
        await stage.say(800)  # comes with the burst
        await stage.until_answered()
        stage.hang_up()

    stage.play(caller)

    assert stage.dialogue[1:] == [(Role.CALLER, "My number is, one two three."), (Role.AGENT, "All right.")]
    assert len(stage.llm.requests) == 1


@pytest.mark.parametrize("seed", range(5))
def test_jitter_changes_nothing(seed: int) -> None:
    chance = random.Random(seed)
    stage = Stage(stt=ScriptedStt(["My number is,", "one two three."]))

    async def jitter(stage: Stage) -> None:
        while True:
            await asyncio.sleep(chance.uniform(0.1, 0.4))
            stage.stall(chance.uniform(0, 0.15))

    async def caller(stage: Stage) -> None:
        shaking = asyncio.ensure_future(jitter(stage))
        await stage.until_answered()
        await stage.say(800)
        await asyncio.sleep(0.8)
        await stage.say(800)
        await stage.until_answered()
        shaking.cancel()
        stage.hang_up()

    stage.play(caller)

    assert stage.dialogue[1:] == [(Role.CALLER, "My number is, one two three."), (Role.AGENT, "All right.")]
    (latency,) = stage.latencies
    felt_ms = 1_000 * (stage.line.played[1][0] - stage.spoken[1][1])
    assert latency.voice_to_voice_ms == pytest.approx(felt_ms, abs=175)  # the journey of the last sound
    left = stage.recordings.samples(stage.call_id)[:, 0]
    assert (left != 0).sum() / WIDEBAND.rate == pytest.approx(1.6, abs=0.01)


def test_a_caller_who_vanishes_is_noticed() -> None:
    stage = Stage()

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        stage.lose(1_000)

    call = stage.play(caller)

    assert call.end_cause is EndCause.CONNECTION_LOST
    assert stage.ended_at == pytest.approx(2 + 15, abs=1)
    assert stage.dialogue == [(Role.AGENT, "Hello, this is Ana.")]


@pytest.mark.parametrize("leaves_after_ms", range(0, 6_000, 130))
def test_a_caller_may_leave_at_any_moment(leaves_after_ms: int) -> None:
    stage = Stage(stt=ScriptedStt(["Are you open?", "mm-hm", "And tomorrow?"]), llm=ScriptedLlm([Say(LONG)]))

    async def talk(stage: Stage) -> None:
        await asyncio.sleep(0.9)
        for milliseconds, pause_s in ((900, 1.4), (300, 0.9), (1_000, 9)):
            await stage.say(milliseconds)
            await asyncio.sleep(pause_s)

    async def caller(stage: Stage) -> None:
        talking = asyncio.ensure_future(talk(stage))
        await asyncio.sleep(leaves_after_ms / 1_000)
        talking.cancel()
        stage.hang_up()

    call = stage.play(caller)

    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert stage.ended_at - leaves_after_ms / 1_000 < 0.1
    assert stage.line.times_closed == 1
    assert stage.still_running == 0
    heard = [turn.heard.strip() for turn in stage.turns if turn.role is Role.AGENT]
    assert all(text in ("Hello, this is Ana.", "Hello, this is", "Hello, this", "Hello,")
               or LONG.startswith(text) for text in heard)  # fmt: skip
    cuts = sum(turn.interrupted for turn in stage.turns)
    assert 0 <= len(stage.words_played) - len(stage.words_kept) <= max(1, cuts)


def test_a_peer_that_reads_nothing_delays_only_its_own_line() -> None:
    stage = Stage(stt=ScriptedStt(["Are you open?", "Hello?"]))

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        stage.line.reading.clear()
        await stage.say(1_000)
        await asyncio.sleep(6)
        stage.hang_up()

    call = stage.play(caller)

    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert len(stage.llm.requests) == 1  # it was listened to
    assert any(entry.event.type == "deadline_reached" and entry.effects for entry in stage.entries)
    assert stage.ended_at - stage.spoken[0][1] < 6 + 2.5
    assert stage.line.closed is EndCause.CALLER_HUNG_UP
    assert stage.turns[-1].heard == "Are you open?"
    assert stage.still_running == 0


def test_a_line_whose_speaker_stands_still_is_not_waited_for_for_ever() -> None:
    """A browser whose tab sleeps takes audio and reports no progress."""
    stage = Stage(agent=agent(first_message=LONG))

    async def caller(stage: Stage) -> None:
        await stage.until_heard("nine")
        stage.line.is_playing = False

    call = stage.play(caller)

    assert call.end_cause in {EndCause.IDLE, EndCause.ENGINES_FAILED}
    assert stage.turns[0].heard.startswith("We open at nine")
    assert len(stage.turns[0].heard) < 40


@pytest.mark.parametrize("storage", [Storage.REFUSES, Storage.HANGS])
def test_a_call_does_not_notice_that_storage_is_away(storage: Storage) -> None:
    stage = Stage(
        stt=ScriptedStt(["Are you open?"]), log=MemoryLog(storage), recordings=MemoryRecordings(storage)
    )

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        await stage.say(1_000)
        await stage.until_answered()
        stage.hang_up()

    call = stage.play(caller)

    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert stage.heard_by_caller == "Hello, this is Ana. All right."
    assert stage.troubles == (["storage", "storage"] if storage is Storage.REFUSES else [])
    assert stage.ended_at - stage.left_at < 6.1
    assert stage.line.closed is EndCause.CALLER_HUNG_UP


def test_what_storage_refused_until_a_call_was_over_is_kept_when_it_is_back() -> None:
    stage = Stage(log=MemoryLog(Storage.REFUSES))

    async def caller(stage: Stage) -> None:
        await stage.until_answered()
        stage.hang_up()
        asyncio.get_running_loop().call_later(0.5, setattr, stage.log, "storage", Storage.WELL)

    call = stage.play(caller)

    assert stage.ended_at - stage.left_at < 0.1
    assert stage.log.calls == {call.id: call}
    assert [entry.seq for entry in stage.entries] == list(range(1, len(stage.timeline) + 1))


def test_what_storage_refused_for_a_while_is_kept_when_it_is_back() -> None:
    stage = Stage(log=MemoryLog(Storage.REFUSES))

    async def caller(stage: Stage) -> None:
        await asyncio.sleep(5)
        stage.log.storage = Storage.WELL
        await asyncio.sleep(2)
        assert stage.entries
        stage.hang_up()

    call = stage.play(caller)

    assert stage.log.calls == {call.id: call}
    assert [entry.seq for entry in stage.entries] == list(range(1, len(stage.entries) + 1))
    assert stage.troubles == ["storage"]
