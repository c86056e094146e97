"""Speech starts and stops, by random probabilities and by a real detector on synthetic speech."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from backend.application.processors.g711 import mulaw_decode, mulaw_encode
from backend.application.processors.resampler import Resampler
from backend.application.processors.vad_processor import (
    VadProcessor,
    VadTuning,
    VoiceEvent,
    VoiceStarted,
    VoiceStopped,
)

Samples = NDArray[np.int16]
WINDOW = 512
MS_PER_WINDOW = 32


def tone(amplitude: float, samples: int = WINDOW) -> Samples:
    return np.asarray(np.rint(amplitude * np.sin(2 * np.pi * 1000 / 16_000 * np.arange(samples))), np.int16)


VOICE = tone(6_000)  # -18 dBFS
QUIET = np.zeros(WINDOW, np.int16)


def run(vad: VadProcessor, windows: list[tuple[float, Samples]]) -> list[tuple[int, VoiceEvent]]:
    """Return the events, each with the number of windows that had come when it was told."""
    told = [(number, vad.process(*window)) for number, window in enumerate(windows, start=1)]
    return [(number, event) for number, event in told if event is not None]


def test_speech_is_reported_with_its_second_window_and_silence_after_the_set_time() -> None:
    windows = [(0.01, QUIET)] * 10 + [(0.9, VOICE)] * 20 + [(0.01, QUIET)] * 10
    events = run(VadProcessor(16_000, WINDOW, VadTuning(min_silence_ms=200)), windows)
    assert events == [
        (12, VoiceStarted(10 * WINDOW)),
        (37, VoiceStopped(30 * WINDOW, voiced_ms=20 * MS_PER_WINDOW)),  # 7 windows are 224 ms
    ]


def test_a_click_of_one_window_is_not_speech() -> None:
    click = [(0.9, VOICE), (0.1, QUIET)]
    assert run(VadProcessor(16_000, WINDOW), click * 20) == []


def test_a_gap_within_a_word_does_not_stop_speech() -> None:
    word = [(0.9, VOICE)] * 5 + [(0.1, QUIET)] * 6  # 192 ms
    events = run(VadProcessor(16_000, WINDOW, VadTuning(min_silence_ms=200)), word * 5)
    assert events == [(2, VoiceStarted(0))]


def test_doubtful_windows_neither_start_nor_stop_speech() -> None:
    doubtful = [(0.4, VOICE)] * 40
    assert run(VadProcessor(16_000, WINDOW), doubtful) == []
    assert len(run(VadProcessor(16_000, WINDOW), [(0.9, VOICE)] * 2 + doubtful)) == 1


def test_the_end_is_that_of_the_sound_and_not_of_the_detectors_tail() -> None:
    last = np.concatenate((VOICE[: WINDOW // 2], QUIET[: WINDOW // 2]))
    windows = [(0.9, VOICE)] * 10 + [(0.9, last)] + [(0.6, QUIET)] * 3 + [(0.1, QUIET)] * 10
    stop = run(VadProcessor(16_000, WINDOW), windows)[-1][1]
    assert stop == VoiceStopped(10 * WINDOW + WINDOW // 2, voiced_ms=10.5 * MS_PER_WINDOW)


def test_a_soft_last_consonant_that_the_detector_missed_belongs_to_the_word() -> None:
    soft = tone(300)  # -44 dBFS
    windows = [(0.9, VOICE)] * 10 + [(0.1, soft)] + [(0.1, QUIET)] * 10
    assert run(VadProcessor(16_000, WINDOW), windows)[-1][1].sample == 11 * WINDOW


def test_a_soft_first_consonant_that_the_detector_missed_belongs_to_the_word() -> None:
    windows = [(0.1, QUIET)] * 10 + [(0.1, tone(300))] * 2 + [(0.9, VOICE)] * 2
    assert run(VadProcessor(16_000, WINDOW), windows) == [(14, VoiceStarted(10 * WINDOW))]


def test_steady_noise_is_not_part_of_the_voice() -> None:
    noise = np.random.default_rng(1).normal(0, 200, (70, WINDOW))  # -44 dBFS
    voiced = range(30, 50)
    windows = [
        (0.9 if at in voiced else 0.05, (noise[at] + (VOICE if at in voiced else 0)).astype(np.int16))
        for at in range(70)
    ]
    (_, start), (_, stop) = run(VadProcessor(16_000, WINDOW), windows)
    assert abs(start.sample - 30 * WINDOW) <= WINDOW // 4
    assert abs(stop.sample - 50 * WINDOW) <= WINDOW // 4


def test_where_the_voice_hardly_stands_out_of_the_noise_the_detectors_word_counts() -> None:
    noise = np.random.default_rng(1).normal(0, 820, (90, WINDOW))  # -32 dBFS
    loud, soft = tone(4_600), tone(2_900)  # -20 and -24 dBFS
    windows = [(0.05, noise[at].astype(np.int16)) for at in range(90)]
    windows[60:70] = [
        (0.9, (noise[at] + (loud if at < 65 else soft)).astype(np.int16)) for at in range(60, 70)
    ]
    (_, start), (_, stop) = run(VadProcessor(16_000, WINDOW), windows)
    assert (start.sample, stop.sample) == (60 * WINDOW, 70 * WINDOW)


def test_a_start_does_not_reach_back_into_the_utterance_before() -> None:
    windows = [(probability, VOICE) for probability in (0.9, 0.9, 0.1, 0.9, 0.9)]
    events = [event for _, event in run(VadProcessor(16_000, WINDOW, VadTuning(min_silence_ms=1)), windows)]
    assert events == [
        VoiceStarted(0),
        VoiceStopped(3 * WINDOW, voiced_ms=2 * MS_PER_WINDOW),
        VoiceStarted(3 * WINDOW),
    ]


@settings(deadline=None)  # the machine may be busy
@given(
    windows=st.lists(
        st.tuples(st.floats(0, 1), st.sampled_from([0, 3, 100, 1_000, 30_000])), min_size=1, max_size=120
    ),
    min_speech_ms=st.integers(1, 300),
    min_silence_ms=st.integers(1, 400),
)
def test_starts_and_stops_alternate_and_never_go_back(
    windows: list[tuple[float, int]], min_speech_ms: int, min_silence_ms: int
) -> None:
    tuning = VadTuning(min_speech_ms=min_speech_ms, min_silence_ms=min_silence_ms)
    vad = VadProcessor(16_000, WINDOW, tuning)
    position, began, quiet = 0, 0, 0
    for number, (probability, amplitude) in enumerate(windows, start=1):
        was_speaking = vad.is_speaking
        quiet = quiet + WINDOW if probability < tuning.stop_threshold else 0
        event = vad.process(probability, tone(amplitude))
        match event:
            case VoiceStarted(sample):
                assert not was_speaking
                assert vad.is_speaking
                assert probability >= tuning.start_threshold
                began = sample
            case VoiceStopped(sample, voiced_ms):
                assert was_speaking
                assert not vad.is_speaking
                assert quiet >= 16 * min_silence_ms
                assert 0 <= voiced_ms <= (sample - began) / 16
            case None:
                assert vad.is_speaking == was_speaking
                continue
        assert position <= event.sample <= number * WINDOW
        position = event.sample


@pytest.mark.parametrize(
    ("field", "value"),
    [("stop_threshold", 0.6), ("stop_threshold", 0.0), ("start_threshold", 1.1), ("min_speech_ms", 0)],
)
def test_tuning_that_contradicts_itself_is_refused(field: str, value: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        VadTuning(**{field: value})  # type: ignore[arg-type]


def test_windows_that_cannot_be_sliced_are_refused() -> None:
    with pytest.raises(ValueError, match="equal slices"):
        VadProcessor(16_000, 510)


# --- with Silero on synthetic speech ----------------------------------------------------------------

PHRASES = [
    ("flite", "slt", "Hello, I would like to book a table for tonight."),
    ("flite", "rms", "He asks for six boxes of fish and chips."),
    ("flite", "kal", "Yes."),
    ("espeak-ng", "en-us", "Could you please repeat that? I missed the last part."),
    ("espeak-ng", "en-us", "That is enough stuff."),
    ("espeak-ng", "es", "Hola, quería reservar una mesa para esta noche."),
    ("espeak-ng", "es", "No, gracias, eso es todo por hoy."),
    ("espeak-ng", "es", "Sí."),
]


@functools.cache
def silero() -> ort.InferenceSession:
    package = importlib.util.find_spec("silero_vad")
    assert package is not None
    assert package.submodule_search_locations is not None
    path = Path(package.submodule_search_locations[0]) / "data" / "silero_vad.onnx"
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def probabilities(samples: Samples, rate: int, window: int) -> list[float]:
    context: NDArray[np.float32] = np.zeros((1, window // 8), np.float32)
    state: NDArray[np.float32] = np.zeros((2, 1, 128), np.float32)
    found = []
    for at in range(0, len(samples) - window + 1, window):
        fresh = samples[at : at + window].astype(np.float32)[None] / np.float32(32_768)
        inputs = {
            "input": np.concatenate((context, fresh), axis=1),
            "state": state,
            "sr": np.array(rate, np.int64),
        }
        probability, state = silero().run(None, inputs)
        context = fresh[:, -context.shape[1] :]
        found.append(float(probability[0, 0]))
    return found


def spoken(program: str, voice: str, text: str, folder: Path) -> tuple[Samples, int]:
    """Return speech and its rate; skips the test where there is no such program, but not in CI."""
    if shutil.which(program) is None and os.environ.get("CI") != "true":
        pytest.skip(f"{program} is not installed")
    path = folder / "speech.wav"
    options = ["-voice", voice, "-t", text, "-o"] if program == "flite" else ["-v", voice, text, "-w"]
    subprocess.run([program, *options, str(path)], check=True, timeout=20)
    content = path.read_bytes()
    return np.frombuffer(content[44:], np.int16), int.from_bytes(content[24:28], "little")


def audible_span(samples: Samples, rate: int, above_dbfs: float) -> tuple[float, float]:
    """Return in ms where RMS over 10 ms is above a level for the first and the last time."""
    size = rate // 100
    frames = samples[: len(samples) // size * size].reshape(-1, size).astype(np.float64)
    loud = np.flatnonzero(np.sqrt((frames**2).mean(axis=1)) > 32_768 * 10 ** (above_dbfs / 20))
    return 10.0 * loud[0], 10.0 * (loud[-1] + 1)


@pytest.mark.speech
@pytest.mark.parametrize("rate", [8_000, 16_000])
@pytest.mark.parametrize(("program", "voice", "text"), PHRASES)
def test_speech_begins_and_ends_where_an_observer_of_its_level_says(
    program: str, voice: str, text: str, rate: int, tmp_path: Path
) -> None:
    recorded, recorded_rate = spoken(program, voice, text, tmp_path)
    resampler = Resampler(recorded_rate, rate)
    speech = np.concatenate((resampler.process(recorded), resampler.flush()))
    if rate == 8_000:
        speech = mulaw_decode(mulaw_encode(speech))
    line = np.concatenate((np.zeros(rate // 2, np.int16), speech, np.zeros(rate, np.int16)))

    window = rate * 32 // 1000
    vad = VadProcessor(rate, window)
    heard = probabilities(line, rate, window)
    events = run(vad, [(p, line[at * window : (at + 1) * window]) for at, p in enumerate(heard)])

    # Sounds right at the observer's threshold may go either way: it decides at -44 or at -46 dBFS.
    begins_early, ends_late = audible_span(line, rate, -46)
    begins_late, ends_early = audible_span(line, rate, -44)
    (told_start, start), (told_stop, stop) = events[0], events[-1]
    assert isinstance(start, VoiceStarted)
    assert isinstance(stop, VoiceStopped)
    assert begins_early - 20 <= 1000 * start.sample / rate <= begins_late + 20
    assert ends_early - 20 <= 1000 * stop.sample / rate <= ends_late + 20
    assert told_start * MS_PER_WINDOW - begins_late <= 150
    assert told_stop * MS_PER_WINDOW - ends_early <= 200 + 270  # our wait, and the detector's longest tail
