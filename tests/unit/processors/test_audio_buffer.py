"""Buffered audio comes out as it went in, in exact windows, and never grows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from backend.application.processors.audio_buffer import AudioBuffer, PreRoll

CHUNKS = st.lists(st.integers(0, 700), max_size=40)


def numbered(start: int, count: int) -> NDArray[np.int16]:
    """Return samples that tell their own position."""
    return np.arange(start, start + count).astype(np.int16)


@settings(deadline=None)  # the machine may be busy
@given(chunks=CHUNKS, window=st.integers(1, 600))
def test_windows_are_exact_and_lose_nothing(chunks: list[int], window: int) -> None:
    buffer = AudioBuffer(8_000, 200)  # 1600 samples: more than a chunk and a rest
    total = 0
    out: list[NDArray[np.int16]] = []
    for count in chunks:
        buffer.append(numbered(total, count))
        total += count
        out.extend(buffer.windows(window))
    assert all(len(part) == window for part in out)
    assert np.array_equal(np.concatenate([*out, buffer.drain()]), numbered(0, total))
    assert buffer.dropped_samples == 0


@settings(deadline=None)  # the machine may be busy
@given(chunks=CHUNKS, takes=st.lists(st.integers(1, 300), min_size=1, max_size=40))
def test_overflow_drops_the_oldest_and_counts_them(chunks: list[int], takes: list[int]) -> None:
    buffer = AudioBuffer(8_000, 50)  # 400 samples: chunks may exceed even an empty buffer
    model: list[int] = []
    total = dropped = 0
    for turn, count in enumerate(chunks):
        buffer.append(numbered(total, count))
        model.extend(range(total, total + count))
        total += count
        dropped += max(0, len(model) - 400)
        del model[: max(0, len(model) - 400)]
        wanted = takes[turn % len(takes)]
        taken = buffer.take(wanted)
        if wanted > len(model):
            assert taken is None
        else:
            assert taken is not None
            assert taken.tolist() == [np.int16(at) for at in model[:wanted]]
            del model[:wanted]
        assert len(buffer) == len(model)
        assert buffer.dropped_samples == dropped


def test_what_was_taken_is_not_overwritten_later() -> None:
    buffer = AudioBuffer(8_000, 20)
    buffer.append(numbered(0, 160))
    taken = buffer.take(160)
    for _ in range(5):
        buffer.append(np.full(160, -1, np.int16))
    assert taken is not None
    assert np.array_equal(taken, numbered(0, 160))


def test_the_pre_roll_is_the_last_of_the_stream() -> None:
    pre_roll = PreRoll(16_000, 300)
    for frame in range(50):
        pre_roll.append(numbered(frame * 320, 320))
    assert np.array_equal(pre_roll.drain(), numbered(16_000 - 4_800, 4_800))
    assert len(pre_roll.drain()) == 0


def test_a_buffer_must_hold_something() -> None:
    with pytest.raises(ValueError, match="no sample"):
        AudioBuffer(8_000, 0.1)


def test_an_empty_window_is_refused_instead_of_yielded_for_ever() -> None:
    with pytest.raises(ValueError, match="at least one"):
        next(AudioBuffer(8_000, 20).windows(0))
