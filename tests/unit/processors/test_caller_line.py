"""Where the caller's audio belongs on the call's line."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from backend.application.processors.caller_line import JITTER_MS, CallerLine

RATE = 1_000  # one sample a millisecond
FRAME = 20


def place(arrivals: Iterable[int], line: CallerLine | None = None) -> list[int]:
    """Return where frames begin that arrive (whole) at these milliseconds."""
    line = line or CallerLine(RATE)
    return [line.place(FRAME, arrived) for arrived in arrivals]


def on_time(first: int, frames: int) -> list[int]:
    return [first + FRAME * (n + 1) for n in range(frames)]


def test_frames_lie_where_they_were_spoken() -> None:
    assert place(on_time(0, 3)) == [0, 20, 40]


@given(st.lists(st.integers(0, JITTER_MS - FRAME), min_size=200, max_size=200))
def test_jitter_moves_nothing(delays: list[int]) -> None:
    delays[0] = 0
    assert place(t + d for t, d in zip(on_time(0, 200), delays, strict=True)) == [20 * n for n in range(200)]


@given(st.integers(20, 5_000))
def test_a_burst_fills_the_hole_that_its_stall_left(stall_ms: int) -> None:
    frames = on_time(0, 600)
    arrivals = [max(t, 2_000 + stall_ms) if t > 2_000 else t for t in frames]
    assert place(arrivals) == [20 * n for n in range(600)]


def test_audio_that_never_comes_leaves_a_hole() -> None:
    line = CallerLine(RATE)
    place(on_time(0, 100), line)
    after = place(on_time(5_000, 100), line)
    assert after[0] == 2_000  # it may still be a burst
    assert after[60:] == [5_000 + 20 * n for n in range(60, 100)]


def test_a_first_frame_that_came_late_does_not_shift_the_call() -> None:
    late = [max(t, 700) for t in on_time(0, 200)]
    assert place(late)[-1] == 199 * FRAME


def test_nothing_is_placed_before_the_call() -> None:
    assert CallerLine(RATE).place(FRAME, 3) == 0
