"""What an ear would notice in a call: silence, gaps, clicks, and who falls silent when."""

from __future__ import annotations

import asyncio
import io
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backend.domain.value_objects.audio import WIDEBAND
from backend.interfaces.cli.call_script import CallScript, Utterance
from backend.interfaces.cli.caller import RATE, Caller, CallRecord
from backend.interfaces.cli.meter import is_loud, sound_end, sound_start
from tests.support.victoria import Victoria

LONGEST_STOP_MS = 150  # the closure of a consonant is shorter, the pause at a comma or full stop longer
MOST_LINGERING_S = 4.0  # a call has two seconds to store its end, and two to close its line

Samples = NDArray[np.int16]


def a_script(*speech: bytes, barge_in_ms: int | None = None) -> CallScript:
    """Return a caller who says these things (PCM16 at 16 kHz)."""
    utterances = [
        Utterance(f"sentence {number}", np.frombuffer(pcm, "<i2"), RATE)
        for number, pcm in enumerate(speech, 1)
    ]
    return CallScript(utterances, rate=RATE, barge_in_ms=barge_in_ms)


async def call(victoria: Victoria, script: CallScript, agent: str = "Victoria") -> CallRecord:
    """Make a whole call, which must not go on after the caller has hung up. Raises ``VictoriaError``."""
    ticket = await victoria.ticket(agent)
    loop = asyncio.get_running_loop()
    began = loop.time()
    record = await Caller(script).call(victoria.calls_url, ticket)
    lingered_s = loop.time() - began - len(record.said) / RATE
    assert lingered_s < MOST_LINGERING_S, (
        f"the line was closed {lingered_s:.1f} s late: {victoria.log[-4_000:]}"
    )
    return record


def digital_silences_ms(sound: Samples) -> list[float]:
    """Return the runs of zeros of more than 150 ms between the first and last audible frame of ``sound``."""
    start, end = sound_start(sound, RATE), sound_end(sound, RATE)
    if start is None or end is None:
        return []
    edges = np.flatnonzero(np.concatenate(([True], sound[start:end] != 0, [True])))
    runs = (np.diff(edges) - 1) * 1_000 / RATE
    return [float(run) for run in runs if run > LONGEST_STOP_MS]


def loud_ms(sound: Samples) -> int:
    """Return how much of ``sound`` is audible."""
    return int(is_loud(sound, RATE).sum()) * 10


def falls_silent_after_ms(record: CallRecord, spoken_at: int, speech: Samples) -> float:
    """Return how long after the first audible frame of ``speech`` the agent was audible for the last time
    before she was silent for half a second."""
    onset = sound_start(speech, RATE)
    assert onset is not None, "the caller said nothing"
    since = spoken_at + onset
    quiet = 0
    last = 0
    for index, loud in enumerate(is_loud(record.heard[since:], RATE)):
        quiet = 0 if loud else quiet + 1
        if loud:
            last = index + 1
        if quiet == 50:
            break
    return last * 10.0


def read_stereo(recording: Path | bytes) -> tuple[Samples, Samples]:
    """Return left and right of a recording, the caller and the agent."""
    content = recording if isinstance(recording, bytes) else recording.read_bytes()
    with wave.open(io.BytesIO(content), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, WIDEBAND.rate)
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    return frames[:, 0], frames[:, 1]
