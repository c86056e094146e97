"""How much voice there is, and where speech may be cut."""

from __future__ import annotations

import numpy as np
import pytest

from backend.domain.value_objects.audio import WIDEBAND
from backend.infrastructure.adapters.stt.speech_measure import quietest_byte, voiced_ms
from tests.support.speech import flite, silence


def noise(milliseconds: int, rms: float) -> bytes:
    samples = np.random.default_rng(1).normal(0, rms, WIDEBAND.samples_in(milliseconds))
    return samples.astype("<i2").tobytes()


@pytest.mark.parametrize(
    ("pcm", "expected_ms"),
    [
        (b"", 0),
        (b"\x00\x40" * 100, 0),
        (silence(1_000), 0),
        (noise(1_000, 40), 0),
        (noise(1_000, 400), 1_000),
    ],
)
def test_voice_is_what_is_louder_than_an_open_line(pcm: bytes, expected_ms: int) -> None:
    assert voiced_ms(pcm) == expected_ms


@pytest.mark.speech
def test_a_short_word_of_a_quiet_caller_is_voice_enough() -> None:
    loud = np.frombuffer(flite("yes"), "<i2").astype(float)
    quiet = loud * (32_768 * 10 ** (-40 / 20) / np.sqrt(np.mean(loud**2)))
    assert voiced_ms(quiet.astype("<i2").tobytes()) >= 160


def test_speech_is_cut_in_the_middle_of_its_last_pause() -> None:
    spoken = noise(2_000, 3_000) + noise(200, 20) + noise(800, 3_000)
    cut = quietest_byte(spoken, within_ms=1_500)
    assert WIDEBAND.bytes_in(2_020) <= cut <= WIDEBAND.bytes_in(2_180)
    assert cut % 2 == 0


def test_a_pause_before_the_stretch_that_is_searched_is_not_taken() -> None:
    spoken = noise(200, 20) + noise(2_800, 3_000)
    assert quietest_byte(spoken, within_ms=1_000) >= WIDEBAND.bytes_in(2_000)
