"""Where the caller's audio belongs on the call's line."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.application.processors.caller_line import (
    DRIFT_MS,
    FIRST_MS,
    JITTER_MS,
    SLACK_MS,
    CallerLine,
    Placed,
)

RATE = 1_000  # one sample a millisecond
FRAME = 20
STAMPED = [pytest.param(True, id="stamped"), pytest.param(False, id="unstamped")]


@dataclass(frozen=True)
class Frame:
    """Frame ``number`` of a caller, which comes at ``arrives``, stamped with ``stamp_ms``."""

    number: int
    arrives: int
    stamp_ms: int | None

    @property
    def samples(self) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
        return np.full(FRAME, self.number, np.int16)


def said(
    frames: int, late: Callable[[int], int] = lambda _: 0, *, stamped: bool = True, begin: int = 0
) -> list[Frame]:
    """Return frames that are said without a pause from ``begin`` on and come so late, but in order."""
    arrivals = [begin + FRAME * (n + 1) + late(n) for n in range(frames)]
    return [Frame(n, max(arrivals[: n + 1]), 7_000 + FRAME * n if stamped else None) for n in range(frames)]


def lay(frames: Iterable[Frame], line: CallerLine | None = None) -> list[Placed]:
    line = line or CallerLine(RATE)
    placed = [each for frame in frames for each in line.put(frame.samples, frame.arrives, frame.stamp_ms)]
    return [*placed, *line.finish()]


def begins(placed: Iterable[Placed]) -> dict[int, int]:
    """Return where each frame lies that lies somewhere as a whole."""
    return {int(each.samples[0]): each.begins for each in placed if len(each.samples) == FRAME}


def assert_no_overlap(placed: Sequence[Placed]) -> None:
    for before, after in pairwise(placed):
        assert after.begins >= before.begins + len(before.samples)
    assert all(each.begins >= 0 for each in placed)


@pytest.mark.parametrize("stamped", STAMPED)
@pytest.mark.parametrize("begin", [0, 4_321])
def test_frames_lie_where_they_were_spoken(stamped: bool, begin: int) -> None:
    placed = lay(said(100, stamped=stamped, begin=begin))
    assert begins(placed) == {n: begin + FRAME * n for n in range(100)}


def test_the_first_second_waits_and_nothing_after_it() -> None:
    line, frames = CallerLine(RATE), said(100)
    counts = [len(line.put(frame.samples, frame.arrives, frame.stamp_ms)) for frame in frames]
    first = FIRST_MS // FRAME
    assert counts == [0] * first + [first + 1] + [1] * (99 - first)


@pytest.mark.parametrize("stamped", STAMPED)
@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32), st.integers(0, 24))
def test_jitter_moves_nothing(stamped: bool, seed: int, on_time: int) -> None:
    """As long as one frame of each half second was not late."""
    chance = random.Random(seed)
    late = [0 if n % 25 == on_time else chance.randrange(JITTER_MS - FRAME) for n in range(400)]
    frames = [Frame(n, FRAME * (n + 1) + late[n], FRAME * n if stamped else None) for n in range(400)]
    assert begins(lay(frames)) == {n: FRAME * n for n in range(400)}


@pytest.mark.parametrize("stamped", STAMPED)
@settings(deadline=None, max_examples=20)
@given(st.integers(20, 5_000))
def test_a_burst_fills_the_hole_that_its_stall_left(stamped: bool, stall_ms: int) -> None:
    frames = said(600, lambda n: max(0, stall_ms - FRAME * (n - 100)) if n >= 100 else 0, stamped=stamped)
    assert begins(lay(frames)) == {n: FRAME * n for n in range(600)}


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 2**32),
    st.sampled_from([0.0, 0.01, 0.05, 0.1, 0.5]),
    st.sampled_from([0, 40, 150, 250]),
    st.integers(-200, 200),
)
def test_what_was_lost_leaves_a_hole_of_its_own_length(
    seed: int, loss: float, jitter_ms: int, drift_ppm: int
) -> None:
    """At any loss and jitter two frames lie as far apart as they were said, but for 0.4 % (by which the line
    follows a clock, and their clock drifts) and 20 ms (one step of that, and what stamps wander)."""
    chance = random.Random(seed)
    frames, arrived = list[Frame](), 0
    for n in range(1_000):
        if chance.random() >= loss:
            arrived = max(arrived, FRAME * (n + 1) + int(chance.random() * jitter_ms))
            frames.append(Frame(n, arrived, FRAME * n * (1_000_000 + drift_ppm) // 1_000_000))
    placed = lay(frames)
    assert_no_overlap(placed)
    after_first = {n: at for n, at in begins(placed).items() if n > 100}
    said_at = FRAME * np.array(list(after_first))
    off = np.array(list(after_first.values())) - said_at
    apart = np.abs(said_at[:, None] - said_at)
    assert (np.abs(off[:, None] - off) <= 0.004 * apart + 2 * SLACK_MS).all()


def test_a_frame_without_a_stamp_goes_right_behind_the_one_before() -> None:
    """So does what was invented in the place of what was lost; what comes then lies where it was said."""
    frames = [frame for frame in said(100) if not 60 <= frame.number < 70]
    frames[60:60] = [Frame(1_000 + n, 1_400, None) for n in range(6)]
    placed = begins(lay(frames))
    assert [placed[1_000 + n] for n in range(6)] == [1_200 + FRAME * n for n in range(6)]
    assert placed[70] == 1_400


@pytest.mark.parametrize("ppm", [-100, 100])
@pytest.mark.parametrize("stamped", STAMPED)
def test_a_sender_whose_clock_drifts_is_followed(stamped: bool, ppm: int) -> None:
    """A quarter of an hour of a sound card that is too slow or too fast; nearly nothing is cut or added."""
    frames = [
        Frame(n, (n + 1) * FRAME + n * FRAME * ppm // 1_000_000, FRAME * n if stamped else None)
        for n in range(32_000)
    ]
    placed = lay(frames)
    assert_no_overlap(placed)
    off = [at - frames[number].arrives + FRAME for number, at in begins(placed).items()]
    assert max(map(abs, off)) <= DRIFT_MS + 2
    steps = [after.begins - before.begins - len(before.samples) for before, after in pairwise(placed)]
    assert max(steps) <= DRIFT_MS
    assert sum(len(each.samples) for each in placed) >= FRAME * len(frames) * 0.9998


@pytest.mark.parametrize("stamped", STAMPED)
def test_audio_that_never_comes_leaves_a_hole(stamped: bool) -> None:
    """Whether or not the sender says that it is missing; if not, it may still be a burst for a while."""
    before, after = said(100, stamped=stamped), said(100, stamped=stamped, begin=5_000)
    later = [
        Frame(200 + n, frame.arrives, None if frame.stamp_ms is None else frame.stamp_ms + 5_000)
        for n, frame in enumerate(after)
    ]
    placed = begins(lay([*before, *later]))
    assert placed[200] == (5_000 if stamped else 2_000)
    assert [placed[260 + n] for n in range(40)] == [6_200 + FRAME * n for n in range(40)]


def test_a_sender_who_does_not_count_what_is_missing_is_found_out() -> None:
    """Its stamps go on evenly after three seconds in which it was not heard."""
    frames = said(600, lambda n: 3_000 if n >= 100 else 0)
    placed = begins(lay(frames))
    assert placed[200] == 200 * FRAME
    assert placed[599] == 599 * FRAME + 3_000


def test_a_long_detour_moves_nothing() -> None:
    """Four seconds on a way that takes 400 ms longer are no reason to move what has stamps."""
    frames = said(600, lambda n: 400 if 100 <= n < 300 else 0)
    assert begins(lay(frames)) == {n: FRAME * n for n in range(600)}


def test_what_was_said_before_the_call_has_no_place() -> None:
    """It waited for us to take the call, and came in one burst."""
    frames = [Frame(n, max(1, FRAME * (n + 1) - 110), FRAME * n) for n in range(200)]
    placed = lay(frames)
    assert (placed[0].begins, len(placed[0].samples), int(placed[0].samples[0])) == (0, 10, 5)
    assert begins(placed) == {n: FRAME * n - 110 for n in range(6, 200)}


@pytest.mark.parametrize("stamped", STAMPED)
def test_a_stream_that_begins_late_does_not_shift_the_call(stamped: bool) -> None:
    placed = lay(said(200, lambda n: max(0, 700 - FRAME * n), stamped=stamped))
    assert begins(placed)[199] == 199 * FRAME


@pytest.mark.parametrize("stamped", STAMPED)
def test_nothing_is_cut_when_frames_come_sooner_than_any_in_the_first_second(stamped: bool) -> None:
    """The line comes nearer as slowly as clocks drift; what is lost meanwhile leaves a hole all the same."""
    frames = said(1_000, lambda n: 200 if n < 100 else 0, stamped=stamped)
    placed = lay([frame for frame in frames if not stamped or not 500 <= frame.number < 510])
    assert_no_overlap(placed)
    late = {n: at - FRAME * n for n, at in begins(placed).items()}
    assert late[0] == 200
    assert all(160 <= at <= 200 for at in late.values())


def test_a_short_call_is_placed_at_its_end() -> None:
    assert begins(lay(said(5))) == {n: FRAME * n for n in range(5)}


def test_what_waits_is_placed_before_it_is_too_late() -> None:
    """A stall in the first second may last longer than the recording waits."""
    line, frames = CallerLine(RATE), said(10, begin=400)
    for frame in frames:
        assert line.put(frame.samples, frame.arrives, frame.stamp_ms) == ()
    assert line.settle(400) == ()
    assert begins(line.settle(401)) == {n: 400 + FRAME * n for n in range(10)}
    assert line.settle(402) == ()


def test_nothing_waits_for_a_second_in_which_more_comes_than_was_said() -> None:
    line = CallerLine(RATE)
    assert sum(len(line.put(np.zeros(FRAME, np.int16), 10_000, None)) for _ in range(1_000)) > 0


STRANGE: dict[str, Callable[[int], int]] = {
    "constant": lambda _: 0,
    "in samples": lambda n: 8 * FRAME * n,
    "in seconds": lambda n: FRAME * n // 1_000,
    "backward": lambda n: -FRAME * n,
    "hours ahead at times": lambda n: FRAME * n + (7_200_000 if n % 10 == 5 else 0),
    "hours ahead from then on": lambda n: FRAME * n + (7_200_000 if n > 90 else 0),
    "set to zero": lambda n: FRAME * (n % 70),
    "below zero": lambda n: FRAME * n - 10**15,
    "wandering": lambda n: FRAME * n + (0, 1, -1, 6, 5, 7, 4)[n % 7],
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_stamps_are_as_good_as_none(name: str) -> None:
    frames = [Frame(n, FRAME * (n + 1), STRANGE[name](n)) for n in range(600)]
    assert begins(lay(frames)) == {n: FRAME * n for n in range(600)}


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(st.integers(0, 3_000), st.none() | st.integers(-(10**7), 10**7) | st.integers(0, 5_000)),
        max_size=100,
    )
)
def test_whatever_comes_keeps_its_order_and_is_never_ahead_of_the_clock(
    steps: list[tuple[int, int | None]],
) -> None:
    line, now, last = CallerLine(RATE), 0, list[Placed]()
    for number, (step, stamp_ms) in enumerate(steps):
        now += step
        placed = [*last, *line.put(np.full(FRAME, number, np.int16), now, stamp_ms)]
        assert_no_overlap(placed)
        assert all(each.begins + len(each.samples) <= now + JITTER_MS for each in placed)
        last = placed[-1:]
    assert_no_overlap([*last, *line.finish()])
