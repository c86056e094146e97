"""An utterance settles once, in order, and as soon as its words are there; a dead service settles none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import ProviderTimeoutError
from backend.domain.ports.stt_port import SttEvent, SttFinal, SttPartial, SttSettled
from backend.infrastructure.adapters.azure.utterances import Utterances

PADDING_MS = 300.0


def listened_to() -> Utterances:
    """Return those of a service that listens."""
    utterances = Utterances()
    utterances.connected(0.0)
    utterances.sign_of_life()
    return utterances


def fed(*milliseconds: float) -> Utterances:
    """Return utterances 1, 2 … of these lengths, finalised at 1, 2 … seconds."""
    utterances = listened_to()
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
    utterances = listened_to()
    utterances.feed(2_000)
    utterances.phrase("A table,", 300, 1_500)
    utterances.hypothesis("for", 1_600)
    assert utterances.finalize(1, 1.0, padding_ms=PADDING_MS) == []
    assert utterances.phrase("for two.", 1_600, 1_900) == [SttFinal("for two."), SttSettled(1)]


def test_a_phrase_that_came_before_the_pause_was_noticed_is_enough() -> None:
    utterances = listened_to()
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


def expect_failure(utterances: Utterances, at: float) -> None:
    """Expect the next utterance to fail, then and not before."""
    assert utterances.next_deadline == at
    assert utterances.expire(at - 0.01) == []
    with pytest.raises(ProviderTimeoutError) as caught:
        utterances.expire(at)
    assert (caught.value.code, caught.value.retryable) == ("stt-silent", True)


def test_a_cough_settles_soon_and_words_that_were_late_are_given_nevertheless() -> None:
    utterances = fed(2_000)
    assert utterances.next_deadline == 1.7
    assert utterances.expire(1.69) == []
    assert utterances.expire(1.7) == [SttSettled(1)]
    assert utterances.phrase("Hello.", 300, 1_700) == [SttFinal("Hello.")]


def test_a_phrase_that_was_begun_and_does_not_come_is_a_failure() -> None:
    utterances = fed(2_000)
    utterances.hypothesis("hello", 300)
    expect_failure(utterances, 2.5)


def test_a_service_that_has_said_nothing_yet_is_not_taken_to_have_heard_nothing() -> None:
    utterances = Utterances()
    utterances.connected(0.0)
    utterances.feed(2_000)
    utterances.finalize(1, 1.0, padding_ms=PADDING_MS)
    expect_failure(utterances, 1.7)


def test_nobody_hears_without_a_connection() -> None:
    utterances = fed(2_000)
    utterances.disconnected()
    expect_failure(utterances, 1.7)


def test_what_was_said_over_the_last_connection_does_not_speak_for_this_one() -> None:
    utterances = fed(2_000)
    utterances.disconnected()
    utterances.connected(1.0)
    expect_failure(utterances, 1.7)


def test_a_second_utterance_without_a_sign_is_a_failure() -> None:
    utterances = fed(1_000, 1_000)
    assert utterances.expire(1.7) == [SttSettled(1)]
    expect_failure(utterances, 2.7)


def test_any_message_is_a_sign() -> None:
    utterances = fed(1_000, 1_000)
    assert utterances.expire(1.7) == [SttSettled(1)]
    utterances.sign_of_life()
    assert utterances.expire(2.7) == [SttSettled(2)]


def test_a_connection_gives_the_service_its_time() -> None:
    utterances = Utterances()
    utterances.feed(2_000)
    utterances.finalize(1, 1.0, padding_ms=PADDING_MS)
    utterances.connected(1.5)
    assert utterances.next_deadline == 2.2


def test_a_reconnection_gives_the_service_its_time_again() -> None:
    utterances = fed(2_000)
    utterances.hypothesis("hello", 300)
    utterances.disconnected()
    utterances.connected(2.0)
    assert utterances.next_deadline == 3.5


def test_a_service_that_only_accepts_connections_does_not_get_more_time_with_each() -> None:
    utterances = fed(2_000)
    for at in (1.2, 1.4, 1.6):
        utterances.disconnected()
        utterances.connected(at)
    assert utterances.next_deadline == 1.2 + 0.7


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("feed"), st.integers(0, 3_000)),
            st.tuples(st.just("finalize"), st.just(0)),
            st.tuples(st.just("hypothesis"), st.integers(0, 4_000)),
            st.tuples(st.just("phrase"), st.integers(0, 4_000)),
            st.tuples(st.just("sign"), st.just(0)),
        ),
        max_size=40,
    )
)
def test_whatever_happens_every_utterance_settles_once_and_in_order_or_fails(
    steps: list[tuple[str, int]],
) -> None:
    utterances = listened_to()
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
                utterances.sign_of_life()
    has_failed = False
    while utterances.next_deadline is not None and not has_failed:
        utterances.sign_of_life()
        try:
            events += utterances.expire(1e9)
        except ProviderTimeoutError:  # a phrase was begun, and does not come
            has_failed = True
    settled = [event.utterance for event in events if isinstance(event, SttSettled)]
    assert settled == list(range(1, len(settled) + 1))
    assert len(settled) == asked or has_failed
