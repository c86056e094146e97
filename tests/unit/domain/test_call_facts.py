"""What a call comes to, told from its timeline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from backend.domain.conversation.effects import (
    CommitTurn,
    Effect,
    HangUp,
    ReleaseReply,
    ReplyKind,
    StartReply,
)
from backend.domain.conversation.events import (
    CallerLeft,
    CallStarted,
    EngineFailed,
    Event,
    FinalTranscript,
    KeyPressed,
    PlayoutDrained,
    PlayoutStarted,
    ReplyEnded,
    SpeechStarted,
    SpeechStopped,
    TextTyped,
)
from backend.domain.entities.call import EndCause
from backend.domain.entities.call_facts import CallFacts, CallTally, EngineTrouble
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.value_objects.conversation_turn import Role
from backend.domain.value_objects.instant import ms
from tests.support.storage_builders import a_turn, an_entry

Step = Event | tuple[Event, Sequence[Effect]]


def call_facts(entries: Iterable[TimelineEntry]) -> CallFacts:
    tally = CallTally()
    tally.add(entries)
    return tally.facts


def timeline(*steps: Step) -> list[TimelineEntry]:
    pairs = [step if isinstance(step, tuple) else (step, ()) for step in steps]
    return [TimelineEntry(seq, event, tuple(effects)) for seq, (event, effects) in enumerate(pairs, 1)]


def dead_air_ms(*steps: Step) -> float:
    return call_facts(timeline(*steps)).dead_air_ms


def spoke(start: float, end: float) -> tuple[Event, Event]:
    return SpeechStarted(ms(start), ms(start)), SpeechStopped(ms(end + 200), ms(end), end - start)


def answer(at: float, kind: ReplyKind = ReplyKind.ANSWER, *, speculative: bool = False) -> Step:
    return FinalTranscript(ms(at), "so"), [StartReply(1, kind, "", speculative)]


def heard(at: float) -> Event:
    return PlayoutStarted(ms(at + 10), 1, ms(at))


def test_a_call_without_a_word_comes_to_nothing() -> None:
    assert call_facts([]) == CallFacts()


def test_answers_are_measured_and_cut_turns_counted() -> None:
    cut = replace(a_turn(4, answered_ms=950, content="And so"), heard="And", interrupted=True)
    facts = call_facts([an_entry(1, a_turn(1)), an_entry(2, a_turn(2, answered_ms=700), a_turn(3), cut)])
    assert facts.turns == 4
    assert list(facts.voice_to_voice_ms) == [700, 950]
    assert facts.interruptions == 1
    assert facts.was_answered


def test_an_agent_that_nobody_heard_has_not_answered() -> None:
    unheard = replace(a_turn(1, answered_ms=700), heard="", role=Role.AGENT)
    assert not call_facts([an_entry(1, unheard)]).was_answered
    assert not call_facts([an_entry(1, a_turn(1))]).was_answered  # the caller was, of course


def test_a_failure_that_is_tried_again_or_has_no_successor_is_no_fallback() -> None:
    chain = [("groq", "groq"), ("groq", "openai"), ("openai", ""), ("groq", "openai")]
    failures = [EngineFailed(ms(1), "llm", engine, "x", successor) for engine, successor in chain]
    facts = call_facts(timeline(*failures))
    assert facts.engines == (EngineTrouble("llm", "groq", 3, 2), EngineTrouble("llm", "openai", 1, 0))


def test_what_comes_twice_counts_once() -> None:
    entries = [an_entry(1, a_turn(1)), an_entry(2, a_turn(2, answered_ms=700))]
    tally = CallTally()
    tally.add(entries)
    tally.add([*entries, an_entry(3, a_turn(3))])
    assert tally.facts == call_facts([*entries, an_entry(3, a_turn(3))])


# --- dead air -------------------------------------------------------------------------------------


def test_an_answer_in_good_time_leaves_no_dead_air() -> None:
    assert dead_air_ms(*spoke(0, 1_000), answer(1_500), heard(2_800)) == 0


def test_what_goes_beyond_the_time_to_think_is_dead_air() -> None:
    """From the end of the caller's last sound to the first audible sample: 5 s, less 1.8 s."""
    assert dead_air_ms(*spoke(0, 1_000), answer(1_500), heard(6_000)) == pytest.approx(3_200)


def test_a_cough_that_nobody_answers_opens_no_silence() -> None:
    assert dead_air_ms(*spoke(0, 100), *spoke(20_000, 21_000), answer(21_500), heard(22_000)) == 0


def test_a_draft_is_the_agents_turn_only_when_it_is_released() -> None:
    drafted = (*spoke(0, 1_000), answer(1_300, speculative=True))
    assert dead_air_ms(*drafted, *spoke(9_000, 9_500)) == 0
    released = (FinalTranscript(ms(1_600), "so"), [ReleaseReply(1)])
    assert dead_air_ms(*drafted, released, heard(4_000)) == pytest.approx(1_200)


def test_a_caller_who_goes_on_ends_the_silence_and_has_a_new_one_answered() -> None:
    assert dead_air_ms(
        *spoke(0, 1_000), answer(1_500), *spoke(3_800, 5_000), answer(5_500), heard(6_000)
    ) == pytest.approx(1_000)


def test_a_reply_that_runs_dry_is_silent_until_it_is_heard_again_or_over() -> None:
    begun = (*spoke(0, 1_000), answer(1_100), heard(2_000), PlayoutDrained(ms(3_000), 1))
    assert dead_air_ms(*begun, heard(7_000)) == pytest.approx(2_200)
    assert dead_air_ms(*begun, ReplyEnded(ms(5_000), 1)) == pytest.approx(200)


def test_the_callers_time_to_think_is_nobodys_dead_air() -> None:
    """The agent has asked something; what it says after a long silence comes of its own accord."""
    told = (*spoke(0, 1_000), answer(1_100), heard(1_900), ReplyEnded(ms(4_000), 1))
    assert dead_air_ms(*told, answer(12_000, ReplyKind.IDLE_PROMPT), heard(12_500)) == 0


def test_a_late_greeting_is_dead_air_from_the_first_moment() -> None:
    greeting = (CallStarted(ms(0)), [StartReply(1, ReplyKind.FIRST_MESSAGE, "Hello")])
    assert dead_air_ms(greeting, heard(2_500)) == pytest.approx(700)


def test_an_apology_stands_for_the_answer_that_failed() -> None:
    asked = (*spoke(0, 1_000), answer(1_500))
    assert dead_air_ms(*asked, answer(6_000, ReplyKind.APOLOGY), heard(6_100)) == pytest.approx(3_300)


def test_a_caller_who_hangs_up_in_the_silence_has_borne_it() -> None:
    left = (CallerLeft(ms(11_000), EndCause.CALLER_HUNG_UP), [HangUp(EndCause.CALLER_HUNG_UP)])
    assert dead_air_ms(*spoke(0, 1_000), answer(1_500), left) == pytest.approx(8_200)
    assert dead_air_ms(*spoke(0, 1_000), answer(1_500), heard(1_600), left) == 0


def test_a_committed_turn_is_no_sound() -> None:
    effects: list[Effect] = [CommitTurn(a_turn(1)), StartReply(1, ReplyKind.ANSWER, "so")]
    words = FinalTranscript(ms(1_500), "so")
    assert dead_air_ms(*spoke(0, 1_000), (words, effects), heard(3_800)) == pytest.approx(1_000)


def test_who_writes_waits_from_then_on() -> None:
    assert dead_air_ms(TextTyped(ms(1_000), "so"), answer(1_000), heard(4_000)) == 1_200


def test_who_presses_keys_does_not_wait_before_they_are_complete() -> None:
    spoken = spoke(0, 1_000)
    assert dead_air_ms(*spoken, KeyPressed(ms(1_500), "1"), answer(4_000), heard(5_500)) == 0


@pytest.mark.parametrize("kind", [ReplyKind.ANNOUNCEMENT, ReplyKind.VOICEMAIL, ReplyKind.TRANSFER_FAILED])
def test_what_answers_nothing_is_waited_for_from_when_it_was_begun(kind: ReplyKind) -> None:
    assert dead_air_ms(*spoke(0, 1_000), answer(60_000, kind), heard(61_000)) == 0
