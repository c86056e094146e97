"""A flood is noticed; a burst after a stalled network is not taken for one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.interfaces.websocket.allowance import Allowance


@given(st.floats(0, 10_000), st.integers(1, 500))
def test_who_keeps_to_the_rate_is_never_refused(began: float, count: int) -> None:
    allowance = Allowance(per_s=50, burst=2, now=began)
    assert all(allowance.spend(1, began + step / 50) for step in range(1, count))


def test_a_burst_is_allowed_up_to_its_size_and_no_further() -> None:
    allowance = Allowance(per_s=1, burst=10, now=0)
    assert [allowance.spend(5, 0), allowance.spend(5, 0), allowance.spend(1, 0)] == [True, True, False]
    assert allowance.level == 11


def test_time_makes_room_again_but_saves_nothing_up() -> None:
    allowance = Allowance(per_s=1, burst=10, now=0)
    assert allowance.spend(10, 0)
    assert not allowance.spend(5, 4)
    allowance = Allowance(per_s=1, burst=10, now=0)
    assert not allowance.spend(11, 1_000)
