"""What is heard in the place of lost packets."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.application.processors.loss_concealment import LossConcealment

RATE = 8_000
PACKET = 160


def hum(hertz: float, samples: int, start: int = 0) -> NDArray[np.int16]:
    """A voice's fundamental with two overtones."""
    at = np.arange(start, start + samples) / RATE
    wave = sum(np.sin(2 * np.pi * hertz * n * at) / n for n in (1, 2, 3))
    return np.asarray(6_000 * wave, np.int16)


def after(voice: NDArray[np.int16]) -> LossConcealment:
    """Return a concealment that has heard ``voice``."""
    concealment = LossConcealment(RATE)
    for start in range(0, len(voice), PACKET):
        concealment.heard(voice[start : start + PACKET].tobytes())
    return concealment


@pytest.mark.parametrize("hertz", [80, 125, 190])
def test_a_voice_goes_on_for_a_moment(hertz: float) -> None:
    """The first 10 ms are nearly what would have been said."""
    voice = hum(hertz, 5 * PACKET)
    invented = np.frombuffer(after(voice[:480]).conceal(PACKET), np.int16).astype(float)
    real = voice[480 : 480 + 80].astype(float)
    error = np.mean((invented[:80] - real) ** 2) / np.mean(real**2)
    assert error < 0.05


def test_after_60_ms_there_is_silence() -> None:
    invented = np.frombuffer(after(hum(120, 480)).conceal(8 * PACKET), np.int16)
    assert np.abs(invented[:80]).max() > 6_000
    assert np.abs(invented[240:320]).max() < 0.75 * np.abs(invented[:80]).max()
    assert not invented[480:].any()


def test_what_comes_next_joins_without_a_click() -> None:
    """The join's largest step is no larger than those that the voice itself makes."""
    voice = hum(120, 6 * PACKET)
    concealment = after(voice[:480])
    invented = np.frombuffer(concealment.conceal(PACKET), np.int16)
    real = np.frombuffer(concealment.rejoin(voice[640:800].tobytes()), np.int16)
    steps = np.abs(np.diff(np.concatenate((invented, real)).astype(int)))
    assert steps[PACKET - 2 : PACKET + 34].max() <= np.abs(np.diff(voice.astype(int))).max()
    assert (real[32:] == voice[672:800]).all()


def test_only_the_first_packet_after_a_loss_is_touched() -> None:
    concealment = after(hum(120, 480))
    concealment.conceal(PACKET)
    concealment.rejoin(hum(120, PACKET).tobytes())
    packet = hum(200, PACKET).tobytes()
    assert concealment.rejoin(packet) is packet


def test_without_a_past_there_is_silence() -> None:
    assert LossConcealment(RATE).conceal(PACKET) == bytes(2 * PACKET)


def test_of_loud_noise_nothing_overflows() -> None:
    noise = np.random.default_rng(1).choice(np.array([-32_768, 32_767], np.int16), 480)
    concealment = after(noise)
    invented = np.frombuffer(concealment.conceal(PACKET), np.int16)
    rejoined = np.frombuffer(concealment.rejoin(noise[:PACKET].tobytes()), np.int16)
    assert len(invented) == len(rejoined) == PACKET
    assert set(np.unique(invented[:80])) <= {-32_768, 32_767}
