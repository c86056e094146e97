"""What is particular to eSpeak NG: its silences, its pitch, its process."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.domain.errors import ProviderError
from backend.domain.ports.tts_port import SpeechRequest
from backend.domain.value_objects.audio import WIDEBAND
from backend.domain.value_objects.language import SPANISH
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.domain.value_objects.word_timing import WordTiming
from backend.infrastructure.adapters.tts.espeak_adapter import EspeakTts


@pytest.fixture
async def tts() -> AsyncIterator[EspeakTts]:
    made = EspeakTts()
    yield made
    await made.aclose()


def order(text: str, *, voice: VoiceConfig | None = None) -> SpeechRequest:
    return SpeechRequest(text, SPANISH, voice or VoiceConfig(), WIDEBAND)


async def speak(tts: EspeakTts, request: SpeechRequest) -> tuple[NDArray[np.int16], list[WordTiming]]:
    async with aclosing(tts.synthesize(request)) as speech:
        chunks = [chunk async for chunk in speech]
    samples = np.frombuffer(b"".join(chunk.frame.payload for chunk in chunks), "<i2")
    return samples, [word for chunk in chunks for word in chunk.words]


def loud_ms(samples: NDArray[np.int16]) -> tuple[float, float]:
    """Return where the first and the last loud sample lie."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 300)
    return float(loud[0]) / 16, float(loud[-1]) / 16


def pitch_hz(samples: NDArray[np.int16]) -> float:
    """Return the median fundamental of the loud frames, by autocorrelation between 60 and 400 Hz."""
    heights = []
    for start in range(0, len(samples) - 800, 400):
        frame = samples[start : start + 800].astype(float)
        if np.abs(frame).max() > 3_000:
            correlation = np.correlate(frame, frame, "full")[799:]
            heights.append(16_000 / (40 + int(np.argmax(correlation[40:267]))))
    return float(np.median(heights))


@pytest.mark.parametrize("text", ["Sí.", "Buenas tardes, le atiende Victoria.", "Hola. ¿Qué tal? " * 30])
async def test_silence_around_the_speech_is_cut(tts: EspeakTts, text: str) -> None:
    samples, words = await speak(tts, order(text))
    first, last = loud_ms(samples)
    assert first <= 40
    assert len(samples) / 16 - last <= 135
    assert words[0].at_ms <= 20


async def test_a_pause_stays_between_the_pieces_of_a_long_text(tts: EspeakTts) -> None:
    sentence = "Esta frase es bastante larga, para que haga falta cortar el texto en pedazos. "
    samples, words = await speak(tts, order(sentence * 6))
    assert len(words) == 14 * 6
    starts = [round(word.at_ms * 16) for word in words[::14]][1:]
    for start in starts:
        before = samples[start - 16 * 150 : start - 16 * 30].astype(np.int32)
        assert np.abs(before).max() < 600, "a sentence runs into the next"


async def test_pitch_is_in_semitones(tts: EspeakTts) -> None:
    text = "Mamá me mima, mamá me ama."
    low, high = [
        pitch_hz((await speak(tts, order(text, voice=VoiceConfig(pitch=pitch))))[0]) for pitch in (-3, 3)
    ]
    assert 4.5 < 12 * np.log2(high / low) < 7.5


async def test_words_are_found_behind_markup(tts: EspeakTts) -> None:
    text = "Claro \N{GRINNING FACE}, **señor Núñez**: son 3.50 €, envíe un e-mail."
    _, words = await speak(tts, order(text))
    spoken = [text[word.start : word.end] for word in words]
    assert spoken == ["Claro", "señor", "Núñez", "son", "3.50", "envíe", "un", "e-mail"]


async def test_a_crash_fails_what_is_being_said_and_the_next_is_said(tts: EspeakTts) -> None:
    async with aclosing(tts.synthesize(order("Una frase. " * 500))) as speech:
        await anext(speech)
        assert tts.worker.pid is not None
        os.kill(tts.worker.pid, signal.SIGKILL)
        with pytest.raises(ProviderError) as caught:
            async for _ in speech:
                pass
    assert caught.value.retryable
    assert (await speak(tts, order("Hola.")))[0].size > 0


def _mapped_files(pid: int) -> str:
    return Path(f"/proc/{pid}/maps").read_text()


async def test_the_gpl_library_is_not_in_our_process(tts: EspeakTts) -> None:
    await speak(tts, order("Hola."))
    assert tts.worker.pid is not None
    ours, theirs = _mapped_files(os.getpid()), _mapped_files(tts.worker.pid)
    assert "espeak" in theirs
    assert "libespeak" not in ours
