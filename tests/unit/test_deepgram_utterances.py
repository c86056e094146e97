"""When an utterance has been understood by a service that answers with positions in the audio."""

from __future__ import annotations

import random

import pytest

from backend.domain.ports.stt_port import SttEvent, SttFinal, SttPartial, SttSettled
from backend.infrastructure.adapters.stt.deepgram_utterances import DeepgramUtterances
from backend.infrastructure.adapters.stt.deepgram_wire import Heard

SETTLE_S = 1.5


@pytest.fixture
def utterances() -> DeepgramUtterances:
    made = DeepgramUtterances(SETTLE_S)
    made.connected(0.0)
    return made


def interim(text: str, begin_ms: float, end_ms: float) -> Heard:
    return Heard(text, begin_ms, end_ms, is_final=False)


def final(text: str, begin_ms: float, end_ms: float, *, is_flushed: bool = False) -> Heard:
    return Heard(text, begin_ms, end_ms, is_final=True, is_flushed=is_flushed)


def flushed(text: str, begin_ms: float, end_ms: float) -> Heard:
    return final(text, begin_ms, end_ms, is_flushed=True)


def test_a_flush_settles_the_utterance_with_its_words(utterances: DeepgramUtterances) -> None:
    utterances.feed(1_000)
    assert utterances.heard(interim("I need", 0, 700), 0.7) == [SttPartial("I need")]
    assert utterances.finalize(1, 1.0) == []
    assert utterances.heard(flushed("I need help.", 0, 1_000), 1.1) == [
        SttFinal("I need help."),
        SttSettled(1),
    ]
    assert utterances.next_deadline is None


def test_the_same_words_are_told_once(utterances: DeepgramUtterances) -> None:
    utterances.feed(1_000)
    assert utterances.heard(interim("yes", 0, 500), 0.5) == [SttPartial("yes")]
    assert utterances.heard(interim("yes", 0, 900), 0.9) == []
    assert utterances.heard(interim("", 0, 950), 0.95) == []


def test_long_speech_has_several_finals_and_settles_with_the_flush(utterances: DeepgramUtterances) -> None:
    utterances.feed(9_000)
    assert utterances.heard(final("One", 0, 4_000), 4.1) == [SttFinal("One")]
    utterances.finalize(1, 9.0)
    assert utterances.heard(final("two", 4_000, 8_000), 9.05) == [SttFinal("two")]
    assert utterances.heard(flushed("three.", 8_000, 9_000), 9.1) == [SttFinal("three."), SttSettled(1)]


def test_nothing_fed_settles_at_once_but_never_out_of_order(utterances: DeepgramUtterances) -> None:
    assert utterances.finalize(1, 0.0) == [SttSettled(1)]
    utterances.feed(500)
    assert utterances.finalize(2, 0.5) == []
    assert utterances.finalize(3, 0.5) == []
    assert utterances.heard(flushed("", 0, 500), 0.6) == [SttSettled(2), SttSettled(3)]


def test_words_that_were_final_before_the_pause_settle_a_moment_later(utterances: DeepgramUtterances) -> None:
    utterances.feed(1_000)
    assert utterances.heard(final("Yes.", 0, 900), 0.9) == [SttFinal("Yes.")]
    utterances.finalize(1, 1.0)
    assert utterances.next_deadline == pytest.approx(1.3)
    assert utterances.expire(1.2) == []
    assert utterances.expire(1.3) == [SttSettled(1)]
    assert not utterances.is_unanswered


def test_a_flush_that_comes_after_all_settles_nothing_else(utterances: DeepgramUtterances) -> None:
    utterances.feed(1_000)
    utterances.heard(final("Yes.", 0, 900), 0.9)
    utterances.finalize(1, 1.0)
    utterances.expire(1.3)
    utterances.feed(2_000)
    utterances.finalize(2, 3.3)
    assert utterances.heard(flushed("", 900, 1_000), 3.35) == []
    assert utterances.heard(flushed("No.", 1_000, 3_000), 3.4) == [SttFinal("No."), SttSettled(2)]


def test_when_its_time_is_up_the_partial_stands_and_its_final_is_not_said_again(
    utterances: DeepgramUtterances,
) -> None:
    utterances.feed(1_000)
    utterances.finalize(1, 1.0)
    assert utterances.heard(interim("call me", 0, 800), 1.2) == [SttPartial("call me")]
    assert utterances.expire(1.0 + SETTLE_S) == [SttFinal("call me"), SttSettled(1)]
    assert utterances.heard(flushed("Call me.", 0, 1_000), 2.6) == []
    utterances.feed(1_000)
    assert utterances.heard(interim("please", 1_000, 1_500), 3.0) == [SttPartial("please")]


def test_a_service_that_says_nothing_after_the_question_has_failed(utterances: DeepgramUtterances) -> None:
    utterances.feed(1_000)
    utterances.heard(interim("call me", 0, 600), 0.9)
    utterances.finalize(1, 1.0)
    assert utterances.expire(1.0 + SETTLE_S) == []
    assert utterances.is_unanswered


def test_before_the_connection_is_there_nobody_is_late(utterances: DeepgramUtterances) -> None:
    early = DeepgramUtterances(SETTLE_S)
    early.feed(1_000)
    early.finalize(1, 1.0)
    assert early.next_deadline is None
    early.connected(3.0)
    assert early.next_deadline == 3.0 + SETTLE_S


def test_a_service_that_catches_up_has_its_time_from_where_it_is(utterances: DeepgramUtterances) -> None:
    utterances.feed(8_000)
    utterances.finalize(1, 0.0)
    utterances.heard(interim("one two", 0, 4_000), 1.0)
    assert utterances.next_deadline == 1.0 + SETTLE_S
    utterances.heard(interim("one two three", 0, 7_900), 2.0)  # it has heard all: now it must say so
    assert utterances.next_deadline == 1.0 + SETTLE_S


def test_who_is_busy_with_what_came_later_is_done_with_what_was_before(
    utterances: DeepgramUtterances,
) -> None:
    utterances.feed(1_000)
    utterances.finalize(1, 1.0)
    utterances.feed(1_000)
    assert utterances.heard(interim("and", 1_000, 1_600), 1.6) == [SttSettled(1), SttPartial("and")]


@pytest.mark.parametrize("seed", range(50))
def test_every_utterance_settles_once_in_order_and_no_word_is_said_twice(seed: int) -> None:
    """A service that answers late, early, or not at all, as chance has it, but never falls silent."""
    dice = random.Random(seed)
    utterances = DeepgramUtterances(SETTLE_S)
    utterances.connected(0.0)
    events: list[SttEvent] = []
    now, begin_ms, fed_ms = 0.0, 0.0, 0.0
    late: list[Heard] = []
    for number in range(20):
        length_ms = dice.choice([40, 200, 900, 3_000])
        utterances.feed(length_ms)
        fed_ms += length_ms
        now += length_ms / 1_000
        events += utterances.finalize(number, now)
        if dice.random() < 0.7:
            events += utterances.heard(interim(f"w{number}", begin_ms, fed_ms - 10), now + 0.01)
        answer = final(f"w{number}", begin_ms, fed_ms, is_flushed=dice.random() < 0.7)
        late.append(answer)
        begin_ms = fed_ms
        if dice.random() < 0.3:
            now += 2 * SETTLE_S
            events += utterances.expire(now)
        if dice.random() < 0.7:
            while late:
                events += utterances.heard(late.pop(0), now)
    for answer in late:
        events += utterances.heard(answer, now)
    events += utterances.heard(interim("", fed_ms, fed_ms + 1), now + 1)
    settled = [event.utterance for event in events if isinstance(event, SttSettled)]
    assert settled == list(range(20))
    finals = [event.text for event in events if isinstance(event, SttFinal)]
    assert len(finals) == len(set(finals))
