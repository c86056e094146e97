"""Whole calls by a spoken caller over a real server, judged by what an ear would notice."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from statistics import median

import numpy as np
import pytest

from backend.domain.value_objects.conversation_turn import Role
from backend.interfaces.cli.call_report import report_of
from backend.interfaces.cli.call_script import CallScript
from backend.interfaces.cli.caller import RATE, CallRecord
from backend.interfaces.cli.meter import sound_start
from backend.interfaces.cli.speaker import Stretch
from tests.support.ear import (
    a_script,
    call,
    digital_silences_ms,
    falls_silent_after_ms,
    loud_ms,
    read_stereo,
)
from tests.support.speech import espeak, flite, word_errors
from tests.support.victoria import Victoria

pytestmark = [pytest.mark.speech, pytest.mark.alone]

QUESTION = "where are you"
LONGEST_PAUSE_MS = 400
PUNCTUATION = re.compile(r"[.,:;!?]")


PRICE = "how much is a cleaning"


@dataclass(frozen=True, slots=True)
class Heard:
    """A call that was made: what its caller meant to do, and what came of it."""

    script: CallScript
    record: CallRecord


@dataclass(frozen=True, slots=True)
class Calls:
    """Five callers at once, as a real server has them (and because calls take their time)."""

    asking: Heard
    pricing: Heard
    interrupting: Heard
    leaving: Heard
    spanish: Heard


@pytest.fixture(scope="module")
def calls(victoria: Victoria) -> Calls:
    """Make all the calls of this module, each begun a moment after the one before."""
    scripts = (
        a_script(flite(QUESTION), flite(QUESTION)),
        a_script(flite(PRICE)),
        a_script(flite(QUESTION), flite("wait where are you"), barge_in_ms=1_000),
        a_script(*[flite("goodbye")] * 4),  # said again until it is understood
        a_script(espeak("hola, a qué hora abren mañana")),
    )

    async def make() -> list[Heard]:
        return await asyncio.gather(*(one(number, script) for number, script in enumerate(scripts)))

    async def one(number: int, script: CallScript) -> Heard:
        await asyncio.sleep(1.5 * number)
        agent = "Victoria (español)" if number == 4 else "Victoria"
        return Heard(script, await call(victoria, script, agent))

    return Calls(*asyncio.run(make()))


def reply_stretches(record: CallRecord) -> list[list[Stretch]]:
    """Return the stretches of each reply that was heard. One reply is one stretch, unless there was a gap."""
    begins = [reply.audible_at for reply in record.story.replies.values() if reply.audible_at is not None]
    until = [*begins[1:], len(record.heard)]
    return [
        [stretch for stretch in record.stretches if first <= stretch.start < last]
        for first, last in zip(begins, until, strict=True)
    ]


def reply_sounds(record: CallRecord) -> list[np.ndarray]:
    """Return the sound of each reply that was heard."""
    return [record.heard[parts[0].start : parts[-1].end] for parts in reply_stretches(record)]


def caller_words(record: CallRecord) -> list[str]:
    """Return the caller's turns as they were understood. PocketSphinx mistakes a short word now and then."""
    return [turn.content.strip() for turn in record.story.turns if turn.role is Role.CALLER]


def test_a_spoken_question_is_recognised_and_answered(calls: Calls) -> None:
    record = calls.asking.record
    assert record.cause == "caller-hung-up"
    assert record.troubles == []
    roles = [turn.role for turn in record.story.turns]
    assert roles == [Role.AGENT, Role.CALLER, Role.AGENT, Role.CALLER, Role.AGENT]
    assert all(word_errors(QUESTION, words) <= 1 for words in caller_words(record))
    assert any("Harbour Street" in turn.heard for turn in record.story.turns[2::2])


def test_the_agents_voice_has_no_gaps(calls: Calls) -> None:
    """One freeze of the whole machine is not ours, and is heard by all callers at the same moment."""
    gaps = sorted(
        record.began_at + stretch.start / RATE
        for record in (calls.asking.record, calls.pricing.record, calls.spanish.record)
        for parts in reply_stretches(record)
        for stretch in parts[1:]
    )
    assert not gaps or gaps[-1] - gaps[0] < 1.0


def test_the_agents_voice_pauses_at_punctuation_and_nowhere_else(calls: Calls) -> None:
    record = calls.asking.record
    said = [turn.content.strip() for turn in record.story.turns if turn.role is Role.AGENT]
    for text, sound, parts in zip(said, reply_sounds(record), reply_stretches(record), strict=True):
        assert loud_ms(sound) > 1_500
        gaps = len(parts) - 1
        pauses = digital_silences_ms(sound)
        assert len(pauses) <= len(PUNCTUATION.findall(text[:-1])) + gaps
        assert sum(pause > LONGEST_PAUSE_MS for pause in pauses) <= gaps


def test_the_latency_of_a_turn_is_what_its_caller_measured(calls: Calls) -> None:
    """Both sides tell the time of what the other did by its arrival, so a message that is late (this machine
    is busy) shows in one measurement; a mistake in the accounts shows in all of them."""
    differences = []
    for heard in (calls.asking, calls.pricing, calls.interrupting):
        report = report_of(heard.record, heard.script)
        assert report.all_answered
        for answer in report.answers:
            assert answer.latency is not None
            assert answer.measured_ms is not None
            differences.append(abs(answer.latency.voice_to_voice_ms - answer.measured_ms))
    assert median(differences) < 20
    assert max(differences) < 400


def test_the_history_has_the_call(calls: Calls, victoria: Victoria) -> None:
    record = calls.asking.record
    kept = victoria.get(f"/api/history/calls/{record.call_id}")
    assert (kept["status"], kept["end_cause"]) == ("completed", "caller-hung-up")
    assert [(turn["role"], turn["content"], turn["heard"]) for turn in kept["transcript"]] == [
        (turn.role.value, turn.content, turn.heard) for turn in record.story.turns
    ]
    answered = [turn for turn in kept["transcript"] if turn["latency"] is not None]
    assert len(answered) == 2
    assert all(value >= 0 for turn in answered for value in turn["latency"].values())


def test_the_recording_has_both_sides_and_the_length_of_the_call(calls: Calls, victoria: Victoria) -> None:
    record = calls.asking.record
    kept = victoria.get(f"/api/history/calls/{record.call_id}")
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


def test_the_agent_falls_silent_when_she_is_interrupted(calls: Calls) -> None:
    script, record = calls.interrupting.script, calls.interrupting.record
    spoken_at = script.utterances[1].began_at
    assert spoken_at is not None
    silent_after = falls_silent_after_ms(record, spoken_at, script.utterances[1].samples)
    # 300 ms are promised, and that is how long it takes when what has been sent is not flushed.
    assert 0 < silent_after < 250

    cut = record.story.turns[2]
    assert cut.interrupted
    assert cut.unheard
    assert "lighthouse" not in cut.heard


def test_the_agent_ends_the_call_after_a_goodbye(calls: Calls, victoria: Victoria) -> None:
    record = calls.leaving.record
    assert record.cause == "agent-hung-up"
    assert "goodbye" in record.story.turns[-1].heard.casefold()
    assert victoria.get(f"/api/history/calls/{record.call_id}")["end_cause"] == "agent-hung-up"


def test_a_spanish_agent_without_ears_does_not_blame_the_caller(calls: Calls) -> None:
    """No Spanish recogniser is there without a download: that is told, and nobody waits in silence."""
    record = calls.spanish.record
    assert record.cause == "caller-hung-up"
    assert len(record.troubles) == 1
    assert [turn.content for turn in record.story.turns] == [
        "Hola, soy Victoria, de la Clínica Dental del Puerto. ¿En qué puedo ayudarle?",
        "Lo siento, algo ha fallado por mi parte. ¿Puede repetirlo?",
    ]
    assert [loud_ms(sound) > 1_000 for sound in reply_sounds(record)] == [True, True]


def test_calls_at_once_have_a_transcript_each(calls: Calls) -> None:
    (price,) = caller_words(calls.pricing.record)
    assert word_errors(PRICE, price) <= 1
    assert len({heard.record.call_id for heard in (calls.asking, calls.pricing, calls.leaving)}) == 3
