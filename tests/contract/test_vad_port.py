"""What every voice activity detector must do, whatever is behind the port."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.domain.ports.vad_port import VadPort
from backend.infrastructure.adapters.vad.silero_vad import SileroVad

Samples = NDArray[np.float64]  # in [-1, 1]

FACTORIES: list[Callable[[], VadPort]] = [SileroVad]
SPEAKING_ABOVE = 0.5
SETTLE_S = 0.05  # to see that nothing comes: far beyond the milliseconds that an engine may gather for

VOICES = {
    "en": ("espeak-ng", "-v", "en", "--stdout", "Good morning, I would like to make an appointment."),
    "es": ("espeak-ng", "-v", "es", "--stdout", "Hola, quisiera pedir una cita para mañana."),
    "soft": ("espeak-ng", "-v", "es", "--stdout", "Bueno, gracias."),
    "flite": ("flite", "-voice", "slt", "-t", "Good morning, what time do you open?", "-o", "/dev/stdout"),
}


@pytest.fixture(scope="module", params=FACTORIES, ids=lambda factory: factory.__name__)
def vad(request: pytest.FixtureRequest) -> VadPort:
    port: VadPort = request.param()
    return port


@cache
def spoken(voice: str, rate: int) -> Samples:
    """Return a sentence in ``voice``, resampled to ``rate`` Hz by interpolation."""
    command = VOICES[voice]
    if shutil.which(command[0]) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{command[0]} is not installed")
        pytest.skip(f"{command[0]} is not installed")
    wav = subprocess.run(command, capture_output=True, check=True).stdout
    source_rate = int.from_bytes(wav[24:28], "little")
    source = np.frombuffer(wav[44 : len(wav) - len(wav) % 2], "<i2") / 32_768
    times = np.arange(int(len(source) * rate / source_rate)) * source_rate / rate
    return np.interp(times, np.arange(len(source)), source)


def noise(seconds: float, rate: int, *, level: float, seed: int = 1) -> Samples:
    return np.random.default_rng(seed).standard_normal(int(seconds * rate)) * level


def windows(samples: Samples, size: int) -> list[bytes]:
    pcm = (np.clip(samples, -1, 1) * 32_767).astype("<i2")
    return [pcm[start : start + size].tobytes() for start in range(0, len(pcm) - size + 1, size)]


class Ear:
    """Collects the probabilities of one stream."""

    def __init__(self) -> None:
        self.heard: list[float] = []
        self._more = asyncio.Event()

    def __call__(self, probability: float) -> None:
        self.heard.append(probability)
        self._more.set()

    async def reach(self, count: int) -> list[float]:
        """Wait until ``count`` windows have been judged."""
        async with asyncio.timeout(20):
            while len(self.heard) < count:
                self._more.clear()
                await self._more.wait()
        return self.heard


async def judge(vad: VadPort, rate: int, *callers: Samples) -> list[list[float]]:
    """Feed all callers side by side, one window each in turn; return each one's probabilities."""
    ears = [Ear() for _ in callers]
    streams = [vad.open(rate, ear) for ear in ears]
    cut = [windows(caller, streams[0].window_samples) for caller in callers]
    for turn in range(max(map(len, cut))):
        for stream, caller_windows in zip(streams, cut, strict=True):
            if turn < len(caller_windows):
                stream.accept(caller_windows[turn])
    heard = [await ear.reach(len(expected)) for ear, expected in zip(ears, cut, strict=True)]
    for stream in streams:
        stream.close()
    return heard


def share_of_speech(probabilities: Sequence[float]) -> float:
    return float(np.mean(np.asarray(probabilities) > SPEAKING_ABOVE))


@pytest.fixture(params=[8_000, 16_000])
def rate(request: pytest.FixtureRequest, vad: VadPort) -> int:
    if request.param not in vad.rates:
        pytest.skip("not a native rate of this engine")
    return int(request.param)


async def test_a_rate_that_is_not_native_is_refused(vad: VadPort) -> None:
    with pytest.raises(ValueError, match="11025"):
        vad.open(11_025, lambda _: None)


async def test_a_window_of_another_size_is_refused(vad: VadPort, rate: int) -> None:
    stream = vad.open(rate, lambda _: None)
    with pytest.raises(ValueError, match="window"):
        stream.accept(bytes(2 * stream.window_samples - 2))
    stream.close()


@pytest.mark.speech
@pytest.mark.parametrize("voice", ["en", "es", "flite"])
async def test_speech_is_heard(vad: VadPort, rate: int, voice: str) -> None:
    (probabilities,) = await judge(vad, rate, spoken(voice, rate))
    assert share_of_speech(probabilities) > 0.7


@pytest.mark.parametrize("level", [0.0, 0.001, 0.03, 0.1])
async def test_silence_and_white_noise_are_not_speech(vad: VadPort, rate: int, level: float) -> None:
    (probabilities,) = await judge(vad, rate, noise(20, rate, level=level))
    assert max(probabilities) < SPEAKING_ABOVE


@pytest.mark.speech
@pytest.mark.parametrize("level", [0.0003, 0.003, 0.01])
async def test_a_minute_of_silence_does_not_make_it_deaf(vad: VadPort, rate: int, level: float) -> None:
    sentence = spoken("soft", rate) * 0.1 if level < 0.01 else spoken("soft", rate)
    at_once = sentence + noise(len(sentence) / rate, rate, level=level)
    after_silence = np.concatenate([noise(60, rate, level=level), at_once])
    fresh, late = await judge(vad, rate, at_once, after_silence)
    late = late[len(late) - len(fresh) :]
    assert share_of_speech(late) >= 0.9 * share_of_speech(fresh)
    noticed = next(index for index, probability in enumerate(late) if probability > SPEAKING_ABOVE)
    assert noticed * 0.032 < 0.2


@pytest.mark.speech
@pytest.mark.parametrize("crowd", [2, 9, 40])
async def test_callers_do_not_influence_one_another(vad: VadPort, rate: int, crowd: int) -> None:
    sentence = spoken("en", rate)
    callers = [np.roll(sentence, 977 * number)[: len(sentence) - 700 * number] for number in range(crowd)]
    together = await judge(vad, rate, *callers)
    for caller, probabilities in zip(callers, together, strict=True):
        (alone,) = await judge(vad, rate, caller)
        np.testing.assert_allclose(probabilities, alone, atol=1e-5)


@pytest.mark.speech
async def test_a_new_caller_inherits_nothing_from_the_last(vad: VadPort, rate: int) -> None:
    (first,) = await judge(vad, rate, spoken("en", rate))
    (second,) = await judge(vad, rate, spoken("en", rate))
    assert first == second


@pytest.mark.speech
@pytest.mark.parametrize("others", [0, 12])
async def test_after_a_reset_the_past_is_forgotten(vad: VadPort, rate: int, others: int) -> None:
    idle = [vad.open(rate, lambda _: None) for _ in range(others)]  # enough of them, and engines batch
    ear = Ear()
    stream = vad.open(rate, ear)
    cut = windows(spoken("en", rate), stream.window_samples)[:30]
    for window in cut:
        stream.accept(window)
    stream.reset()
    for window in cut:
        stream.accept(window)
    heard = await ear.reach(60)
    np.testing.assert_allclose(heard[30:], heard[:30], atol=1e-5)
    for open_stream in (stream, *idle):
        open_stream.close()


@pytest.mark.parametrize("others", [0, 12])
async def test_a_closed_stream_reports_no_more(vad: VadPort, rate: int, others: int) -> None:
    idle = [vad.open(rate, lambda _: None) for _ in range(others)]
    heard: list[float] = []
    stream = vad.open(rate, heard.append)
    stream.accept(bytes(2 * stream.window_samples))
    stream.close()
    reported = len(heard)
    stream.accept(bytes(2 * stream.window_samples))
    stream.reset()
    stream.close()
    await asyncio.sleep(SETTLE_S)
    assert len(heard) == reported
    for open_stream in idle:
        open_stream.close()


async def test_closing_other_streams_from_a_callback_is_safe(vad: VadPort, rate: int) -> None:
    heard: list[float] = []
    neighbours = [vad.open(rate, heard.append) for _ in range(11)]

    def hang_up_all(_: float) -> None:
        for neighbour in neighbours:
            neighbour.close()

    first = vad.open(rate, hang_up_all)
    for stream in (first, *neighbours):
        stream.accept(bytes(2 * stream.window_samples))
    await asyncio.sleep(SETTLE_S)
    assert heard == []
    first.close()


async def test_one_calls_bug_reaches_that_call_only(vad: VadPort, rate: int) -> None:
    ears = [Ear() for _ in range(11)]
    neighbours = [vad.open(rate, ear) for ear in ears]
    silence = bytes(2 * neighbours[0].window_samples)

    def stumble(_: float) -> None:
        raise LookupError("a bug of this call")

    faulty = vad.open(rate, stumble)
    for stream in (faulty, *neighbours):
        stream.accept(silence)
    for ear in ears:
        assert len(await ear.reach(1)) == 1
    with pytest.raises(LookupError):
        faulty.accept(silence)
    for stream in (faulty, *neighbours):
        stream.close()


async def test_a_window_needs_no_other_to_push_it(vad: VadPort, rate: int) -> None:
    ears = [Ear() for _ in range(20)]
    streams = [vad.open(rate, ear) for ear in ears]
    streams[0].accept(bytes(2 * streams[0].window_samples))
    assert len(await ears[0].reach(1)) == 1
    for stream in streams:
        stream.close()
