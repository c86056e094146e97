"""The loudspeaker plays gaplessly, falls silent at once, and tells the truth about its position."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backend.interfaces.cli.speaker import Speaker, Stretch

RATE = 16_000
REPORT_MS = 100


def tone(count: int, value: int = 1_000) -> NDArray[np.int16]:
    return np.full(count, value, np.int16)


def test_audio_that_comes_in_time_is_played_without_a_gap() -> None:
    speaker = Speaker(RATE)
    speaker.receive(tone(640, 1), now=100)
    speaker.receive(tone(640, 2), now=300)
    assert speaker.stretches == [Stretch(100, 1_380)]
    assert speaker.heard(1_381).tolist() == [0] * 100 + [1] * 640 + [2] * 640 + [0]


def test_audio_that_comes_too_late_begins_a_new_stretch() -> None:
    speaker = Speaker(RATE)
    speaker.receive(tone(640), now=0)
    speaker.receive(tone(640), now=700)
    assert speaker.stretches == [Stretch(0, 640), Stretch(700, 1_340)]


def test_a_flush_silences_at_once_and_counts_as_played() -> None:
    speaker = Speaker(RATE)
    speaker.receive(tone(640), now=0)
    speaker.receive(tone(640), now=10)
    speaker.flush(now=700)
    assert speaker.report_at == 700
    assert speaker.report(now=700) == 1_280
    assert speaker.heard(1_280).tolist() == [1_000] * 700 + [0] * 580
    assert speaker.stretches == [Stretch(0, 700)]


def test_audio_after_a_flush_continues_the_positions() -> None:
    speaker = Speaker(RATE)
    speaker.receive(tone(640), now=0)
    speaker.flush(now=100)
    speaker.receive(tone(320), now=200)
    assert speaker.report(now=300) == 640 + 100


def test_a_flush_in_silence_is_answered_too() -> None:
    speaker = Speaker(RATE)
    speaker.receive(tone(640), now=0)
    speaker.flush(now=5_000)
    assert speaker.report_at == 5_000
    assert speaker.report(now=5_000) == 640
    assert speaker.stretches == [Stretch(0, 640)]


def test_reports_come_at_the_start_then_every_100_ms_then_at_the_end() -> None:
    speaker = Speaker(RATE)
    speaker.receive(tone(4_000), now=0)
    told = []
    while speaker.report_at is not None:
        now = speaker.report_at
        told.append((now, speaker.report(now)))
    assert told == [(128, 128), (1_728, 1_728), (3_328, 3_328), (4_000, 4_000)]


def test_there_is_nothing_to_report_before_the_first_audio() -> None:
    assert Speaker(RATE).report_at is None
