"""Sound begins and ends where an ear would say so."""

from __future__ import annotations

import numpy as np
import pytest

from backend.interfaces.cli.meter import is_loud, sound_end, sound_start

RATE = 16_000
FRAME = 160


@pytest.mark.parametrize(("dbfs", "expected"), [(-44.0, True), (-46.0, False), (-100.0, False)])
def test_what_is_above_45_db_below_full_scale_is_audible(dbfs: float, expected: bool) -> None:
    level = 32_768 * 10 ** (dbfs / 20)
    samples = np.full(FRAME, round(level), np.int16)
    assert is_loud(samples, RATE).tolist() == [expected]


def test_edges_are_those_of_whole_frames() -> None:
    samples = np.zeros(10 * FRAME, np.int16)
    samples[3 * FRAME + 5 : 6 * FRAME + 5] = 10_000
    assert sound_start(samples, RATE) == 3 * FRAME
    assert sound_end(samples, RATE) == 7 * FRAME


def test_silence_has_no_edges() -> None:
    samples = np.zeros(10 * FRAME, np.int16)
    assert sound_start(samples, RATE) is None
    assert sound_end(samples, RATE) is None
    assert sound_end(samples[:0], RATE) is None
