"""Samples are the same however the network has cut them, and no listener hears the seams."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from backend.application.processors.g711 import alaw_encode, mulaw_encode
from backend.application.processors.resampler import Resampler
from backend.domain.ports.tts_port import SpeechChunk
from backend.domain.value_objects.audio import MULAW_8K, NARROWBAND, WIDEBAND, AudioFormat, Encoding
from backend.domain.value_objects.word_timing import WordTiming
from backend.infrastructure.adapters.tts.pcm_speech import PcmSpeech
from tests.support.elevenlabs_server import tone

HIGH = AudioFormat(Encoding.PCM16, 24_000)
ALAW_8K = AudioFormat(Encoding.ALAW, 8_000)


def spoken(speech: PcmSpeech, *pieces: bytes) -> list[SpeechChunk]:
    chunks: list[SpeechChunk] = []
    for piece in pieces:
        speech.add(piece)
        chunks += speech.take()
    return [*chunks, *speech.finish()]


def payload(chunks: list[SpeechChunk]) -> bytes:
    return b"".join(chunk.frame.payload for chunk in chunks)


@pytest.mark.parametrize(
    ("source", "target"), [(WIDEBAND, WIDEBAND), (HIGH, WIDEBAND), (HIGH, MULAW_8K), (MULAW_8K, MULAW_8K)]
)
@given(cuts=st.lists(st.integers(0, 9_600), max_size=12).map(sorted))
def test_the_audio_does_not_depend_on_how_it_was_cut(
    source: AudioFormat, target: AudioFormat, cuts: list[int]
) -> None:
    whole = tone(200, 24_000)
    pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert payload(spoken(PcmSpeech(source, target), *pieces)) == payload(
        spoken(PcmSpeech(source, target), whole)
    )


def test_what_needs_no_conversion_is_not_touched() -> None:
    assert payload(spoken(PcmSpeech(WIDEBAND, WIDEBAND), tone(333, 16_000))) == tone(333, 16_000)
    assert payload(spoken(PcmSpeech(MULAW_8K, MULAW_8K), bytes(range(256)))) == bytes(range(256))


@pytest.mark.parametrize(("target", "encode"), [(MULAW_8K, mulaw_encode), (ALAW_8K, alaw_encode)])
def test_the_telephones_codes_are_made_of_samples(
    target: AudioFormat, encode: Callable[[NDArray[np.int16]], bytes]
) -> None:
    samples = np.frombuffer(tone(400, 24_000), "<i2")
    resampler = Resampler(24_000, 8_000)
    expected = np.concatenate((resampler.process(samples), resampler.flush()))
    assert payload(spoken(PcmSpeech(HIGH, target), samples.tobytes())) == encode(expected)


def test_a_tone_has_no_click_at_its_seams() -> None:
    audio = tone(500, 24_000)
    pieces = [audio[start : start + 333] for start in range(0, len(audio), 333)]  # seams within samples
    heard = np.frombuffer(payload(spoken(PcmSpeech(HIGH, WIDEBAND), *pieces)), "<i2").astype(int)
    steepest = 2 * np.pi * 440 / 16_000 * 8_000
    assert np.abs(np.diff(heard[100:-100])).max() <= steepest * 1.02


def test_pieces_too_short_to_be_heard_wait_for_more() -> None:
    speech = PcmSpeech(WIDEBAND, WIDEBAND)
    speech.add(bytes(WIDEBAND.bytes_in(19)))
    assert list(speech.take()) == []
    speech.add(bytes(WIDEBAND.bytes_in(1)))
    (chunk,) = speech.take()
    assert chunk.frame.duration_ns == 20_000_000


def test_no_chunk_is_longer_than_a_tenth_of_a_second() -> None:
    chunks = spoken(PcmSpeech(NARROWBAND, NARROWBAND), tone(1_050, 8_000))
    assert [chunk.frame.duration_ns // 1_000_000 for chunk in chunks] == [100] * 10 + [50]


def test_half_a_sample_at_the_end_shows() -> None:
    speech = PcmSpeech(WIDEBAND, WIDEBAND)
    speech.add(bytes(999))
    assert (speech.is_empty, speech.is_torn) == (False, True)
    assert len(payload(list(speech.finish()))) == 998


def test_silence_is_not_nothing() -> None:
    speech = PcmSpeech(WIDEBAND, WIDEBAND)
    assert (speech.is_empty, speech.is_torn) == (True, False)
    assert payload(spoken(speech, bytes(640))) == bytes(640)
    assert not speech.is_empty


def test_a_word_that_is_told_late_gets_the_next_place() -> None:
    speech = PcmSpeech(HIGH, WIDEBAND)
    speech.add(bytes(HIGH.bytes_in(100)), [WordTiming(0, 3, 10.0)])
    (first,) = speech.take()
    speech.add(bytes(HIGH.bytes_in(100)), [WordTiming(4, 7, 60.0), WordTiming(8, 9, 150.0)])
    (second,) = speech.take()
    assert first.words == (WordTiming(0, 3, 10.0),)
    assert second.words == (WordTiming(4, 7, first.frame.duration_ns / 1e6), WordTiming(8, 9, 150.0))
