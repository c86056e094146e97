"""The recording has the length of the call, and everything lies where it was said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from backend.application.processors.stereo_mixer import StereoMixer

HORIZON = 400


def filled(value: int, count: int) -> NDArray[np.int16]:
    return np.full(count, value, np.int16)


def sides(interleaved: bytes) -> tuple[list[int], list[int]]:
    frames = np.frombuffer(interleaved, "<i2").reshape(-1, 2)
    return frames[:, 0].tolist(), frames[:, 1].tolist()


def test_the_caller_is_left_and_the_agent_right() -> None:
    mixer = StereoMixer(8_000)
    mixer.caller(filled(1, 2), 0)
    mixer.agent(filled(-2, 2), 1)
    assert mixer.take(4) == b"\x01\x00\x00\x00\x01\x00\xfe\xff\x00\x00\xfe\xff\x00\x00\x00\x00"


def test_a_burst_after_a_stall_does_not_lengthen_the_recording() -> None:
    mixer = StereoMixer(8_000)
    taken = b""
    for frame in range(50):
        if not 10 <= frame < 40:
            mixer.caller(filled(1, 160), frame * 160)
        if frame == 39:
            for late in range(10, 40):
                mixer.caller(filled(1, 160), late * 160)
        if frame < 10 or frame >= 40:
            taken += mixer.take((frame + 1) * 160)
    taken += mixer.finish(8_000)
    assert sides(taken)[0] == [1] * 8_000


def test_audio_that_comes_too_late_is_dropped_and_counted() -> None:
    mixer = StereoMixer(8_000)
    mixer.take(100)
    mixer.caller(filled(1, 60), 70)
    assert mixer.dropped_samples == 30
    assert sides(mixer.take(140))[0] == [1] * 30 + [0] * 10


def test_memory_is_bounded_by_the_horizon() -> None:
    mixer = StereoMixer(8_000, horizon_ms=50)
    mixer.agent(filled(2, 1_000), 0)
    mixer.caller(filled(1, 10), 10**12)
    assert mixer.dropped_samples == 600 + 10
    assert sides(mixer.finish(1_000))[1] == [2] * HORIZON + [0] * 600


def test_nothing_comes_after_the_end() -> None:
    mixer = StereoMixer(8_000)
    assert len(mixer.finish(10)) == 40
    mixer.caller(filled(1, 10), 5)
    assert mixer.take(100) == b""
    assert mixer.finish(10) == b""
    assert mixer.dropped_samples == 10


def test_a_recording_cannot_end_before_what_was_taken() -> None:
    mixer = StereoMixer(8_000)
    mixer.take(100)
    with pytest.raises(ValueError, match="100 samples were taken"):
        mixer.finish(99)


def test_a_horizon_must_hold_something() -> None:
    with pytest.raises(ValueError, match="no sample"):
        StereoMixer(8_000, horizon_ms=0.01)


PLACED = st.tuples(st.sampled_from(["caller", "agent"]), st.integers(-50, 900), st.integers(0, 500))
ORDERS = st.one_of(PLACED, st.tuples(st.just("take"), st.integers(-50, 900), st.just(0)))


@settings(deadline=None)  # the machine may be busy
@given(orders=st.lists(ORDERS, max_size=40), beyond=st.integers(0, 500))
def test_every_sample_is_taken_once_and_lies_where_it_was_placed(
    orders: list[tuple[str, int, int]], beyond: int
) -> None:
    mixer = StereoMixer(8_000, horizon_ms=50)
    wanted = np.zeros((2_500, 2), np.int16)
    taken, dropped = b"", 0
    for value, (order, at, count) in enumerate(orders, start=1):
        final = len(taken) // 4
        match order:
            case "take":
                taken += mixer.take(at)
                assert len(taken) // 4 == max(final, at)
            case side:
                getattr(mixer, side)(filled(value, count), at)
                fitting = [index for index in range(at, at + count) if final <= index < final + HORIZON]
                wanted[fitting, ("caller", "agent").index(side)] = value
                dropped += count - len(fitting)
    total = len(taken) // 4 + beyond
    taken += mixer.finish(total)
    assert len(taken) == 4 * total
    assert np.array_equal(np.frombuffer(taken, "<i2").reshape(-1, 2), wanted[:total])
    assert mixer.dropped_samples == dropped
