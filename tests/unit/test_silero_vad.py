"""Silero's adapter against its network used plainly: one stream, one window at a time, nothing shared."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.infrastructure.adapters.vad.silero_model import GEOMETRIES, SileroModel
from backend.infrastructure.adapters.vad.silero_vad import SileroVad

Floats = NDArray[np.float32]


def buzzing_syllables(rate: int) -> NDArray[np.int16]:
    """Return 1.5 s of something that a network takes for a voice now and then: pulses at 120 Hz, swelling."""
    times = np.arange(int(1.5 * rate)) / rate
    buzz = np.sum([np.sin(2 * np.pi * 120 * k * times) / k for k in range(1, 20)], axis=0)
    swell = np.maximum(0, np.sin(2 * np.pi * 3 * times))
    samples: NDArray[np.int16] = (buzz * swell * 6_000).astype(np.int16)
    return samples


def plain(model: SileroModel, rate: int, samples: NDArray[np.int16], *, with_context: bool) -> list[float]:
    geometry = GEOMETRIES[rate]
    audio = samples.astype(np.float32) / 32_768
    context = np.zeros(geometry.context, np.float32)
    state = np.zeros((2, 1, 128), np.float32)
    probabilities = []
    for start in range(0, len(audio) - geometry.window + 1, geometry.window):
        inputs = np.concatenate([context, audio[start : start + geometry.window]])
        if with_context:
            context = inputs[-geometry.context :]
        probability, state = model.infer(rate, inputs[None], state)
        probabilities.append(float(probability[0, 0]))
    return probabilities


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_each_window_is_joined_to_the_end_of_the_one_before(rate: int) -> None:
    samples = buzzing_syllables(rate)
    heard: list[float] = []
    stream = SileroVad().open(rate, heard.append)
    step = stream.window_samples
    for start in range(0, len(samples) - step + 1, step):
        stream.accept(samples[start : start + step].tobytes())
    stream.close()
    model = SileroModel()
    np.testing.assert_allclose(heard, plain(model, rate, samples, with_context=True), atol=1e-5)
    # The check above can see the difference:
    assert np.max(np.abs(np.subtract(heard, plain(model, rate, samples, with_context=False)))) > 0.01


def test_the_model_is_found_without_importing_torch() -> None:
    SileroVad()
    assert "silero_vad" not in sys.modules
    assert "torch" not in sys.modules
