"""An engine that is down is left alone, and asked now and then whether it is back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.application.services.circuit_breaker import CircuitBreaker
from backend.domain.value_objects.instant import NS_PER_MS


def ms(milliseconds: float) -> int:
    return round(milliseconds * NS_PER_MS)


def always_longest() -> float:
    return 1.0


def breaker(**changes: int) -> CircuitBreaker:
    return CircuitBreaker(
        failures=5, pause_ms=1_000, longest_pause_ms=8_000, chance=always_longest, **changes
    )


def opened() -> CircuitBreaker:
    """A breaker that opened at 0 ms."""
    it = breaker()
    for _ in range(5):
        it.failed(0)
    return it


def test_it_opens_after_five_failures_in_a_row() -> None:
    it = breaker()
    for _ in range(4):
        it.failed(0)
    assert it.admits(0)
    it.failed(0)
    assert not it.admits(0)


def test_a_success_in_between_starts_the_count_again() -> None:
    it = breaker()
    for _ in range(4):
        it.failed(0)
    it.succeeded()
    for _ in range(4):
        it.failed(0)
    assert it.admits(0)


def test_after_the_pause_one_probe_is_let_through_and_no_other() -> None:
    it = opened()
    assert not it.admits(ms(999))
    assert it.admits(ms(1_000))
    it.begun(ms(1_000))
    assert not it.admits(ms(1_000))


def test_a_probe_that_succeeds_closes_it() -> None:
    it = opened()
    it.begun(ms(1_000))
    it.succeeded()
    assert it.admits(ms(1_001))
    for _ in range(4):
        it.failed(ms(1_001))
    assert it.admits(ms(1_001))


def test_each_probe_that_fails_doubles_the_pause_up_to_a_limit() -> None:
    it, now, pauses = opened(), 0, []
    for _ in range(6):
        began = now
        while not it.admits(ms(now)):
            now += 100
        pauses.append(now - began)
        it.begun(ms(now))
        it.failed(ms(now))
    assert pauses == [1_000, 2_000, 4_000, 8_000, 8_000, 8_000]


def test_a_probe_that_nobody_waits_for_is_followed_by_another() -> None:
    it = opened()
    it.begun(ms(1_000))
    assert not it.admits(ms(1_999))
    assert it.admits(ms(2_000))


def test_a_probe_that_is_given_back_leaves_its_turn_to_the_next() -> None:
    it = opened()
    probe = it.begun(ms(1_000))
    assert probe is not None
    probe.give_back()
    assert it.admits(ms(1_000))
    assert it.begun(ms(1_100)) is not None
    assert not it.admits(ms(1_100))


def test_nothing_is_given_back_of_a_probe_that_has_a_result_or_was_followed_by_another() -> None:
    it = opened()
    first = it.begun(ms(1_000))
    second = it.begun(ms(2_000))
    assert first is not None
    assert second is not None
    first.give_back()
    assert not it.admits(ms(2_999))
    it.failed(ms(2_100))
    second.give_back()
    assert not it.admits(ms(4_099))
    assert it.admits(ms(4_100))


def test_an_attempt_is_a_probe_only_after_the_pause() -> None:
    assert breaker().begun(0) is None
    assert opened().begun(ms(999)) is None


def test_failures_of_work_begun_before_it_opened_do_not_keep_it_open() -> None:
    it = opened()
    for _ in range(30):
        it.failed(ms(900))
    assert it.admits(ms(1_000))


@given(chance=st.floats(0, 1))
def test_chance_decides_about_half_of_the_pause(chance: float) -> None:
    it = CircuitBreaker(failures=1, pause_ms=1_000, chance=lambda: chance)
    it.failed(0)
    assert not it.admits(ms(499))
    assert it.admits(ms(1_000))
