"""An utterance settles once, in order, and as soon as its words are there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.ports.stt_port import SttEvent, SttFinal, SttPartial, SttSettled
from backend.infrastructure.adapters.azure.utterances import Utterances

PADDING_MS = 300.0


def fed(*milliseconds: float) -> Utterances:
    """Return utterances 1, 2 … of these lengths, finalised at 1, 2 … seconds."""
    utterances = Utterances()
    for number, length in enumerate(milliseconds, 1):
        utterances.feed(length)
        utterances.finalize(number, float(number), padding_ms=PADDING_MS)
    return utterances


def test_an_utterance_settles_with_the_phrase_that_reaches_its_pause() -> None:
    utterances = fed(2_000)
    assert utterances.phrase("Hello.", 300, 1_700) == [SttFinal("Hello."), SttSettled(1)]
    assert utterances.next_deadline is None


def test_an_utterance_of_two_phrases_waits_for_the_second() -> None:
    utterances = fed(4_000)
    assert utterances.phrase("A table,", 300, 1_500) == [SttFinal("A table,")]
    assert utterances.phrase("for two.", 2_500, 3_800) == [SttFinal("for two."), SttSettled(1)]


def test_an_utterance_does_not_settle_while_a_phrase_is_open() -> None:
    utterances = Utterances()
    utterances.feed(2_000)
    utterances.phrase("A table,", 300, 1_500)
    utterances.hypothesis("for", 1_600)
    assert utterances.finalize(1, 1.0, padding_ms=PADDING_MS) == []
    assert utterances.phrase("for two.", 1_600, 1_900) == [SttFinal("for two."), SttSettled(1)]


def test_a_phrase_that_came_before_the_pause_was_noticed_is_enough() -> None:
    utterances = Utterances()
    utterances.feed(2_000)
    utterances.phrase("Hello.", 300, 1_500)
    assert utterances.finalize(1, 1.0, padding_ms=PADDING_MS) == [SttSettled(1)]


def test_the_phrase_of_the_utterance_before_is_not_enough() -> None:
    utterances = fed(1_000)
    utterances.phrase("Hello.", 300, 800)
    utterances.feed(500)
    assert utterances.finalize(2, 2.0, padding_ms=PADDING_MS) == []


def test_nothing_fed_is_nothing_to_wait_for() -> None:
    assert Utterances().finalize(7, 1.0, padding_ms=PADDING_MS) == [SttSettled(7)]


def test_nothing_fed_settles_after_what_was_fed_before() -> None:
    utterances = fed(1_000)
    assert utterances.finalize(2, 1.0, padding_ms=PADDING_MS) == []
    assert utterances.phrase("Hello.", 300, 800) == [SttFinal("Hello."), SttSettled(1), SttSettled(2)]


def test_words_of_the_next_utterance_settle_the_one_before_them() -> None:
    utterances = fed(1_000, 1_000)
    assert utterances.hypothesis("yes", 1_500) == [SttSettled(1), SttPartial("yes")]
    assert utterances.phrase("Yes.", 1_500, 2_000) == [SttFinal("Yes."), SttSettled(2)]


def test_what_is_said_again_after_a_reconnection_is_no_news() -> None:
    utterances = Utterances()
    texts = ["one", "one two", "one", "one two", "one two three"]
    events = [event for text in texts for event in utterances.hypothesis(text, 100)]
    assert events == [SttPartial("one"), SttPartial("one two"), SttPartial("one two three")]


def test_a_phrase_is_not_given_twice() -> None:
    utterances = Utterances()
    assert utterances.phrase("One.", 100, 500) == [SttFinal("One.")]
    assert utterances.phrase("One.", 100, 500) == []


def test_words_settle_without_their_phrase_when_it_does_not_come_and_are_not_repeated() -> None:
    utterances = fed(2_000)
    utterances.hypothesis("hello", 300)
    assert utterances.next_deadline == 2.5
    assert utterances.expire(2.49) == []
    assert utterances.expire(2.5) == [SttFinal("hello"), SttSettled(1)]
    assert utterances.phrase("Hello.", 300, 1_700) == []


def test_a_cough_settles_soon_and_words_that_were_late_are_given_nevertheless() -> None:
    utterances = fed(2_000)
    assert utterances.next_deadline == 1.7
    assert utterances.expire(1.7) == [SttSettled(1)]
    assert utterances.phrase("Hello.", 300, 1_700) == [SttFinal("Hello.")]


def test_a_reconnection_gives_the_service_its_time_again() -> None:
    utterances = fed(2_000)
    utterances.hypothesis("hello", 300)
    utterances.reconnected(2.0)
    assert utterances.next_deadline == 3.5


def test_silent_utterances_are_counted_until_the_service_says_something() -> None:
    utterances = fed(1_000, 1_000)
    utterances.expire(9.0)
    assert utterances.silent_in_a_row == 2
    utterances.hypothesis("hello", 2_700)
    assert utterances.silent_in_a_row == 0


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("feed"), st.integers(0, 3_000)),
            st.tuples(st.just("finalize"), st.just(0)),
            st.tuples(st.just("hypothesis"), st.integers(0, 4_000)),
            st.tuples(st.just("phrase"), st.integers(0, 4_000)),
            st.tuples(st.just("expire"), st.just(0)),
        ),
        max_size=40,
    )
)
def test_whatever_happens_every_utterance_settles_once_and_in_order(steps: list[tuple[str, int]]) -> None:
    utterances = Utterances()
    events: list[SttEvent] = []
    asked, fed_ms = 0, 0.0
    for now, (kind, value) in enumerate(steps):
        match kind:
            case "feed":
                utterances.feed(value)
                fed_ms += value
            case "finalize":
                asked += 1
                events += utterances.finalize(asked, float(now), padding_ms=PADDING_MS)
                fed_ms += PADDING_MS
            case "hypothesis":
                events += utterances.hypothesis(f"word {value}", max(0.0, fed_ms - value))
            case "phrase":
                events += utterances.phrase("Words.", max(0.0, fed_ms - value), fed_ms)
            case _:
                events += utterances.expire(float(now))
    events += utterances.expire(1e9)
    settled = [event.utterance for event in events if isinstance(event, SttSettled)]
    assert settled == list(range(1, asked + 1))
    assert utterances.next_deadline is None
