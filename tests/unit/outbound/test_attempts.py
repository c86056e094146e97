"""What carriers tell of an order, in whatever order they tell it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.entities.outbound_call import Attempt, OutboundCall, OutboundStatus
from backend.domain.errors import ConflictError
from backend.domain.value_objects.answerer import Answerer
from tests.support.outbound_orders import NOW, a_dialling_order, an_attempt, an_order

NEWS = [
    OutboundStatus.RINGING,
    OutboundStatus.LIVE,
    OutboundStatus.COMPLETED,
    OutboundStatus.BUSY,
    OutboundStatus.NO_ANSWER,
    OutboundStatus.FAILED,
    OutboundStatus.CANCELLED,
]
OPEN = (OutboundStatus.DIALLING, OutboundStatus.RINGING, OutboundStatus.LIVE)


def after(order: OutboundCall, news: Sequence[OutboundStatus]) -> OutboundCall:
    """Return ``order`` after its latest attempt was told ``news``, a second apart."""
    reference = order.attempts[-1].reference
    for seconds, status in enumerate(news, start=1):
        order = order.told(reference, status, NOW + seconds * 1_000)
    return order


def state(order: OutboundCall) -> tuple[object, ...]:
    return (order.status, order.cause, [each.status for each in order.attempts], order.under_way is None)


@given(st.lists(st.sampled_from(NEWS), max_size=8), st.integers(1, 3), st.data())
def test_the_same_news_end_the_same_in_any_order_and_however_often(
    news: list[OutboundStatus], max_attempts: int, data: st.DataObject
) -> None:
    order = a_dialling_order(max_attempts=max_attempts)
    again = data.draw(st.lists(st.sampled_from(news), max_size=8)) if news else []
    shuffled = data.draw(st.permutations([*news, *again]))
    assert state(after(order, news)) == state(after(order, shuffled))


@given(st.lists(st.sampled_from(NEWS), max_size=8), st.integers(1, 3))
def test_an_order_is_always_in_a_state_that_makes_sense(
    news: list[OutboundStatus], max_attempts: int
) -> None:
    order = after(a_dialling_order(max_attempts=max_attempts), news)
    attempt = order.attempts[-1]
    assert (order.due_at is not None) is (order.status is OutboundStatus.SCHEDULED)
    assert (order.under_way is not None) is (order.status in OPEN)
    assert attempt.is_open is not attempt.status.is_end
    assert (attempt.charged_s == attempt.reserved_s) is attempt.is_open
    if order.status is OutboundStatus.SCHEDULED:
        assert attempt.status in (OutboundStatus.BUSY, OutboundStatus.NO_ANSWER)
        assert len(order.attempts) < max_attempts


@given(st.lists(st.sampled_from(NEWS), max_size=8))
def test_what_we_decided_stays_whatever_is_told(news: list[OutboundStatus]) -> None:
    order = a_dialling_order(max_attempts=3)
    reference = order.attempts[0].reference
    for decided in (
        order.cancelled(NOW + 500),
        order.given_up(reference, OutboundStatus.FAILED, "process-died", NOW + 500),
    ):
        assert after(decided, news) == decided


@given(st.lists(st.sampled_from(NEWS), max_size=6))
def test_late_news_of_an_earlier_attempt_do_not_touch_the_present_one(news: list[OutboundStatus]) -> None:
    order = after(a_dialling_order(max_attempts=2), [OutboundStatus.BUSY])
    first = order.attempts[0].reference
    order = order.begun(an_attempt(at=NOW + 600_000))
    for status in news:
        order = order.told(first, status, NOW + 601_000)
    assert order.status is OutboundStatus.DIALLING
    assert order.under_way == order.attempts[1]


def test_waiting_doubles_up_to_a_day() -> None:
    order = an_order(max_attempts=5, retry_after_s=30_000)
    waits = []
    for _ in range(4):
        order = after(order.begun(an_attempt()), [OutboundStatus.NO_ANSWER])
        assert order.due_at is not None
        waits.append((order.due_at - NOW - 1_000) // 1_000)
    assert waits == [30_000, 60_000, 86_400, 86_400]


@pytest.mark.parametrize(
    ("attempt", "charged_s"),
    [
        (an_attempt(), 600),
        (an_attempt(status=OutboundStatus.BUSY, ended_at=NOW + 9_000), 0),
        (an_attempt(status=OutboundStatus.COMPLETED, answered_at=NOW, ended_at=NOW), 60),
        (an_attempt(status=OutboundStatus.COMPLETED, answered_at=NOW, ended_at=NOW + 60_000), 60),
        (an_attempt(status=OutboundStatus.COMPLETED, answered_at=NOW, ended_at=NOW + 60_001), 120),
        # Nobody told us that it was answered: the ringing is counted as speech.
        (an_attempt(status=OutboundStatus.COMPLETED, ended_at=NOW + 61_000), 120),
        (an_attempt(status=OutboundStatus.FAILED, answered_at=NOW, ended_at=NOW + 1), 60),
    ],
)
def test_a_call_takes_begun_minutes_of_its_day(attempt: Attempt, charged_s: int) -> None:
    assert attempt.charged_s == charged_s


def test_who_answered_is_kept_once_it_is_known() -> None:
    order = a_dialling_order()
    reference = order.attempts[0].reference
    for told, known in (
        (Answerer.UNKNOWN, Answerer.UNKNOWN),
        (Answerer.MACHINE, Answerer.MACHINE),
        (Answerer.HUMAN, Answerer.MACHINE),
    ):
        order = order.answered_by(reference, told)
        assert order.attempts[0].answerer is known


def test_only_what_waits_is_begun() -> None:
    with pytest.raises(ConflictError):
        a_dialling_order().begun(an_attempt())


def test_news_of_nobody_change_nothing() -> None:
    order = a_dialling_order()
    assert order.told("nobody", OutboundStatus.LIVE, NOW) is order
    assert order.placed("nobody", "CA1") is order
    assert order.given_up("nobody", OutboundStatus.FAILED, "x", NOW) is order
    named = order.placed(order.attempts[0].reference, "CA1")
    assert named.placed(order.attempts[0].reference, "CA2") is named


@pytest.mark.parametrize("changes", [{"max_attempts": 0}, {"max_attempts": 6}, {"retry_after_s": 29}])
def test_limits_of_an_order_hold(changes: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"attempts|retries"):
        replace(an_order(), **changes)  # type: ignore[arg-type]
