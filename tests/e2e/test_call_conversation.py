"""Whole calls by a spoken caller over a real server, judged by what an ear would notice."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from backend.domain.conversation.events import ClauseGenerated
from backend.domain.value_objects.conversation_turn import Role
from backend.interfaces.cli.call_report import report_of
from backend.interfaces.cli.caller import RATE, CallRecord
from backend.interfaces.cli.meter import sound_start
from tests.support.ear import (
    a_script,
    call,
    digital_silences_ms,
    falls_silent_after_ms,
    loud_ms,
    read_stereo,
)
from tests.support.speech import espeak, flite, silence, word_errors
from tests.support.victoria import Victoria

pytestmark = pytest.mark.speech

QUESTION = "where are you"
LONGEST_PAUSE_MS = 400


def reply_sound(record: CallRecord, index: int) -> np.ndarray:
    """Return the sound of the ``index``-th stretch of the agent's voice."""
    stretch = record.stretches[index]
    return record.heard[stretch.start : stretch.end]


def clauses_of(record: CallRecord, *, reply_id: int) -> int:
    """Return how many clauses a reply had."""
    events = [entry.event for entry in record.story.entries]
    return sum(isinstance(event, ClauseGenerated) and event.reply_id == reply_id for event in events)


def caller_words(record: CallRecord) -> list[str]:
    """Return the caller's turns as they were understood. PocketSphinx mistakes a short word now and then."""
    return [turn.content.strip() for turn in record.story.turns if turn.role is Role.CALLER]


async def test_a_spoken_question_is_recognised_answered_and_kept(victoria: Victoria) -> None:
    script = a_script(flite(QUESTION), flite(QUESTION))
    record = await call(victoria, script)

    assert record.cause == "caller-hung-up"
    assert record.troubles == []
    roles = [turn.role for turn in record.story.turns]
    assert roles == [Role.AGENT, Role.CALLER, Role.AGENT, Role.CALLER, Role.AGENT]
    assert all(word_errors(QUESTION, words) <= 1 for words in caller_words(record))
    assert any("Harbour Street" in turn.heard for turn in record.story.turns[2::2])

    # One gapless stretch for each reply: a second one would be an underrun.
    assert len(record.stretches) == 3
    for index in range(3):
        sound = reply_sound(record, index)
        assert loud_ms(sound) > 1_500
        # There are pauses where a clause ends, and nowhere else.
        pauses = digital_silences_ms(sound)
        assert len(pauses) < clauses_of(record, reply_id=index + 1)
        assert all(pause < LONGEST_PAUSE_MS for pause in pauses)

    report = report_of(record, script)
    assert report.all_answered
    for answer in report.answers:
        assert answer.latency is not None
        assert answer.measured_ms is not None
        assert answer.latency.voice_to_voice_ms == pytest.approx(answer.measured_ms, abs=20)

    assert_kept(victoria, record)


def assert_kept(victoria: Victoria, record: CallRecord) -> None:
    """The history has the turns, the latencies and the sound of the call."""
    kept = victoria.get(f"/api/history/calls/{record.call_id}")
    assert (kept["status"], kept["end_cause"]) == ("completed", "caller-hung-up")
    assert [(turn["role"], turn["content"], turn["heard"]) for turn in kept["transcript"]] == [
        (turn.role.value, turn.content, turn.heard) for turn in record.story.turns
    ]
    answered = [turn for turn in kept["transcript"] if turn["latency"] is not None]
    assert len(answered) == 2
    assert all(value >= 0 for turn in answered for value in turn["latency"].values())

    recording = victoria.ask("GET", f"/api/history/calls/{record.call_id}/recording")
    caller, agent = read_stereo(recording.content)
    assert len(caller) == kept["duration_ms"] * RATE // 1_000
    assert abs(len(caller) - len(record.said)) < RATE // 2
    assert_same_sound(caller, record.said)
    assert_same_sound(agent, record.heard)


def assert_same_sound(recorded: np.ndarray, original: np.ndarray) -> None:
    """The recording holds the sound itself, to the sample, no more than 60 ms away from where it was."""
    start, first = sound_start(original, RATE), sound_start(recorded, RATE)
    assert start is not None
    assert first is not None
    probe = original[start : start + RATE // 2]
    offsets = range(start - RATE * 60 // 1_000, start + RATE * 60 // 1_000)
    found = [at for at in offsets if at >= 0 and np.array_equal(recorded[at : at + len(probe)], probe)]
    assert len(found) == 1, f"sound of {start} begins at {first}"


async def test_the_agent_falls_silent_when_she_is_interrupted(victoria: Victoria) -> None:
    question, interruption = flite(QUESTION), flite("wait where are you")
    script = a_script(question, interruption, barge_in_ms=1_000)
    record = await call(victoria, script)

    spoken_at = script.utterances[1].began_at
    assert spoken_at is not None
    silent_after = falls_silent_after_ms(record, spoken_at, script.utterances[1].samples)
    assert 0 < silent_after < 300

    cut = record.story.turns[2]
    assert cut.interrupted
    assert cut.unheard
    assert "twelve" not in cut.heard
    assert report_of(record, script).all_answered


async def test_the_agent_ends_the_call_after_a_goodbye(victoria: Victoria) -> None:
    script = a_script(flite("goodbye"), silence(20_000))
    record = await call(victoria, script)
    assert record.cause == "agent-hung-up"
    assert "goodbye" in record.story.turns[-1].heard.casefold()
    assert victoria.get(f"/api/history/calls/{record.call_id}")["end_cause"] == "agent-hung-up"


async def test_a_spanish_agent_says_that_she_could_not_understand(victoria: Victoria) -> None:
    """No Spanish recogniser is there without a download: that is told, and nobody waits in silence."""
    record = await call(victoria, a_script(espeak("hola, a qué hora abren mañana")), "Victoria (español)")
    assert record.cause == "caller-hung-up"
    assert [trouble.code for trouble in record.troubles] == ["not-ready"]
    assert [turn.content for turn in record.story.turns] == [
        "Hola, soy Victoria, de la Clínica Dental del Puerto. ¿En qué puedo ayudarle?",
        "Perdone, no le he entendido. ¿Puede repetirlo?",
    ]
    assert all(loud_ms(reply_sound(record, index)) > 1_000 for index in range(2))


async def test_two_calls_at_once_have_a_transcript_each(victoria: Victoria) -> None:
    said = ("where are you", "how much is a cleaning")
    records = await asyncio.gather(*(call(victoria, a_script(flite(text))) for text in said))
    assert records[0].call_id != records[1].call_id
    for record, text in zip(records, said, strict=True):
        assert [word_errors(text, words) <= 1 for words in caller_words(record)] == [True]
        assert len(record.stretches) == 2
