"""The caller's voice in tests: real speech from flite or espeak-ng, as PCM16 at 16 kHz."""

from __future__ import annotations

import functools
import io
import os
import shutil
import subprocess
import wave
from collections.abc import Iterator

import numpy as np
import pytest

from backend.application.processors.resampler import Resampler
from backend.domain.value_objects.audio import PTIME_MS, WIDEBAND, AudioFrame

# Flite's "slt" is the clearest voice for recognisers, but English only; espeak-ng speaks Spanish too.
ENGLISH_SENTENCES = (
    "hello how are you today",
    "what time do you open tomorrow morning",
    "i would like to book a table for two people",
    "turn on the lights in the living room",
    "please call me back this afternoon",
    "the weather is very nice today",
    "i need help with my order",
    "can you tell me the price of the ticket",
)


def require(program: str) -> None:
    """Skip the test if ``program`` is not installed; fail it in CI, where it must be."""
    if shutil.which(program) is None:
        message = f"{program} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)


@functools.cache
def flite(text: str, voice: str = "slt") -> bytes:
    """Return English speech without silence around it."""
    require("flite")
    return _samples(["flite", "-voice", voice, "-t", text, "-o", "/dev/stdout"])


@functools.cache
def espeak(text: str, voice: str = "es") -> bytes:
    """Return speech in espeak-ng's ``voice``."""
    require("espeak-ng")
    return _samples(["espeak-ng", "-v", voice, "--stdout", text])


def frames(pcm: bytes, ptime_ms: int = PTIME_MS) -> Iterator[AudioFrame]:
    """Yield ``pcm`` cut into frames as they come from a caller."""
    size = WIDEBAND.bytes_in(ptime_ms)
    for start in range(0, len(pcm), size):
        yield AudioFrame(WIDEBAND, pcm[start : start + size])


def silence(milliseconds: int) -> bytes:
    """Return silence."""
    return bytes(WIDEBAND.bytes_in(milliseconds))


def word_errors(reference: str, heard: str) -> int:
    """Return how many words must be changed, added or dropped to turn one text into the other."""
    wanted, got = reference.split(), heard.split()
    row = list(range(len(got) + 1))
    for i, word in enumerate(wanted, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(got, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


def _samples(command: list[str]) -> bytes:
    output = subprocess.run(command, check=True, capture_output=True, timeout=30).stdout
    with wave.open(io.BytesIO(output)) as wav:
        # A WAV that was written to a pipe does not know its length; what there is, is read.
        pcm = np.frombuffer(wav.readframes(len(output) // 2), "<i2")
        rate = wav.getframerate()
    resampler = Resampler(rate, WIDEBAND.rate)
    resampled = np.concatenate((resampler.process(pcm), resampler.flush()))
    return resampled.astype("<i2").tobytes()
