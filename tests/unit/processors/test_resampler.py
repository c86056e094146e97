"""The resampler, by what an ear or a position on the line would notice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from backend.application.processors.resampler import Resampler

RATES = (8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000)
PAIRS = [(source, target) for source in RATES for target in RATES if source != target]


def sine(rate: int, hertz: float, seconds: float, amplitude: float) -> NDArray[np.int16]:
    phase = 2 * np.pi * hertz / rate * np.arange(int(rate * seconds))
    return np.asarray(np.rint(amplitude * np.sin(phase)), np.int16)


def convert(source: int, target: int, samples: NDArray[np.int16], chunk: int) -> NDArray[np.int16]:
    resampler = Resampler(source, target)
    parts = [resampler.process(samples[at : at + chunk]) for at in range(0, len(samples), chunk)]
    return np.concatenate([*parts, resampler.flush()])


def decibels(ratio: float) -> float:
    return float(20 * np.log10(max(ratio, 1e-12)))


@pytest.mark.parametrize(("source", "target"), PAIRS)
@pytest.mark.parametrize("of_nyquist", [0.1, 0.5, 0.8])
def test_a_sine_in_the_band_comes_out_as_that_sine_at_the_same_instants(
    source: int, target: int, of_nyquist: float
) -> None:
    hertz = of_nyquist * min(source, target) / 2
    converted = convert(source, target, sine(source, hertz, 0.5, 16_000), source // 50)
    wanted = 16_000 * np.sin(2 * np.pi * hertz / target * np.arange(len(converted)))
    middle = slice(len(converted) // 4, -len(converted) // 4)
    error = np.sqrt(np.mean((converted[middle] - wanted[middle]) ** 2))
    assert decibels(error / (16_000 / np.sqrt(2))) < -65


@pytest.mark.parametrize(("source", "target"), [pair for pair in PAIRS if pair[0] > 1.25 * pair[1]])
@pytest.mark.parametrize("of_nyquist", [1.125, 1.25, 1.6, 1.95])
def test_a_tone_above_the_new_band_is_silenced_instead_of_folding_back(
    source: int, target: int, of_nyquist: float
) -> None:
    hertz = min(of_nyquist * target / 2, 0.99 * source / 2)
    converted = convert(source, target, sine(source, hertz, 0.5, 30_000), source // 50)
    middle = converted[len(converted) // 4 : -len(converted) // 4].astype(np.float64)
    # 0.3 of a step is what rounding to whole steps leaves of nothing.
    assert np.sqrt(np.mean(middle**2)) < 30_000 / np.sqrt(2) * 10 ** (-70 / 20) + 0.3


@pytest.mark.parametrize(("source", "target"), [pair for pair in PAIRS if pair[0] * 1.25 < pair[1]])
def test_up_sampling_adds_no_image_of_the_voice(source: int, target: int) -> None:
    converted = convert(source, target, sine(source, 0.4 * source, 1.0, 30_000), source // 50)
    middle = converted[len(converted) // 4 : -len(converted) // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.blackman(len(middle))))
    hertz = np.fft.rfftfreq(len(middle), 1 / target)
    above = spectrum[hertz > 1.12 * source / 2]
    assert decibels(above.max() / spectrum.max()) < -70


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_constant_stays_the_same_constant(source: int, target: int) -> None:
    converted = convert(source, target, np.full(source // 10, 12_345, np.int16), 160)
    assert set(converted[len(converted) // 4 : -len(converted) // 4].tolist()) == {12_345}


@settings(deadline=None)  # the machine may be busy
@given(
    pair=st.sampled_from(PAIRS),
    samples=st.lists(st.integers(-32_768, 32_767), max_size=1_500),
    cuts=st.lists(st.integers(1, 400), min_size=1, max_size=20),
)
def test_output_does_not_depend_on_how_the_input_is_cut(
    pair: tuple[int, int], samples: list[int], cuts: list[int]
) -> None:
    stream = np.array(samples, np.int16)
    resampler = Resampler(*pair)
    parts: list[NDArray[np.int16]] = []
    at = 0
    while at < len(stream):
        cut = cuts[len(parts) % len(cuts)]
        parts.append(resampler.process(stream[at : at + cut]))
        at += cut
    parts.append(resampler.flush())
    assert np.array_equal(np.concatenate(parts), convert(*pair, stream, max(1, len(stream))))


@settings(deadline=None)  # the machine may be busy
@given(pair=st.sampled_from(PAIRS), count=st.integers(0, 3_000), chunk=st.integers(1, 700))
def test_total_length_is_the_input_length_at_the_new_rate(
    pair: tuple[int, int], count: int, chunk: int
) -> None:
    source, target = pair
    converted = convert(source, target, np.zeros(count, np.int16), chunk)
    assert abs(len(converted) - count * target / source) <= 0.5


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_sixteen_samples_of_the_lower_rate_are_held_back(source: int, target: int) -> None:
    resampler = Resampler(source, target)
    ready = len(resampler.process(np.zeros(source, np.int16)))
    one_sample_ms = 1000 / source + 1000 / target
    held_back_ms = 1000 * (1 - ready / target)
    assert abs(held_back_ms - 1000 * 16 / min(source, target)) <= one_sample_ms


@pytest.mark.parametrize(("source", "target"), [(8_000, 16_000), (24_000, 8_000), (48_000, 16_000)])
def test_after_the_first_frame_every_20_ms_frame_gives_20_ms(source: int, target: int) -> None:
    resampler = Resampler(source, target)
    resampler.process(np.zeros(source // 50, np.int16))
    assert [len(resampler.process(np.zeros(source // 50, np.int16))) for _ in range(50)] == [
        target // 50
    ] * 50


def test_overshoot_is_clipped_and_does_not_wrap_around() -> None:
    square = np.where(np.arange(800) % 40 < 20, 32_767, -32_768).astype(np.int16)
    converted = convert(8_000, 16_000, square, 160)
    to_edge = np.minimum(np.arange(1_600) % 40, 40 - np.arange(1_600) % 40)
    away = to_edge > 2  # where a wrapped sample would have the wrong sign
    assert np.array_equal(np.sign(converted[away]), np.sign(np.repeat(square, 2)[away]))


def test_equal_rates_pass_through_untouched() -> None:
    resampler = Resampler(16_000, 16_000)
    samples = np.arange(320, dtype=np.int16)
    assert resampler.process(samples) is samples
    assert len(resampler.flush()) == 0


def test_a_flushed_resampler_begins_a_new_stream() -> None:
    resampler = Resampler(22_050, 16_000)
    samples = sine(22_050, 440, 0.1, 20_000)
    once, again = (np.concatenate((resampler.process(samples), resampler.flush())) for _ in range(2))
    assert np.array_equal(once, again)


def test_a_long_recording_in_one_call_is_the_same_as_in_pieces() -> None:
    samples = sine(22_050, 300, 3.0, 20_000)
    assert np.array_equal(convert(22_050, 8_000, samples, len(samples)), convert(22_050, 8_000, samples, 441))


@pytest.mark.parametrize("rates", [(0, 8_000), (8_000, 0), (-8_000, 8_000)])
def test_a_rate_must_be_positive(rates: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="positive"):
        Resampler(*rates)
