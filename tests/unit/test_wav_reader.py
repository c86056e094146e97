"""Raw samples and WAV files are read as they stream in; anything else is refused."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.value_objects.audio import AudioFormat, Encoding
from backend.infrastructure.adapters.tts.wav_reader import WavReader
from tests.support.openai_tts_server import wav_header

RAW = AudioFormat(Encoding.PCM16, 24_000)
SAMPLES = bytes(range(200))


def read(*pieces: bytes) -> tuple[bytes, WavReader]:
    reader = WavReader(RAW)
    return b"".join(reader.feed(piece) for piece in pieces), reader


def test_without_a_header_all_is_samples() -> None:
    samples, reader = read(SAMPLES)
    assert (samples, reader.format, reader.lacks_end) == (SAMPLES, RAW, False)


@given(cut=st.integers(0, 244), size=st.sampled_from([200, 0, 0xFFFF_FFFF, 0x7FFF_FFFF]))
def test_a_header_tells_the_rate_however_it_was_cut(cut: int, size: int) -> None:
    body = wav_header(22_050, size=size) + SAMPLES
    samples, reader = read(body[:cut], body[cut:])
    assert (samples, reader.format) == (SAMPLES, AudioFormat(Encoding.PCM16, 22_050))
    assert not reader.lacks_end


def test_what_follows_the_samples_is_not_spoken() -> None:
    body = wav_header(size=200) + SAMPLES + b"LIST" + bytes(100)
    assert read(body)[0] == SAMPLES
    assert read(*(body[start : start + 7] for start in range(0, len(body), 7)))[0] == SAMPLES


def test_what_precedes_the_samples_is_passed_over() -> None:
    header = wav_header(size=200)
    extra = b"LIST" + struct.pack("<I", 5) + b"hello\0"
    assert read(header[:36] + extra + header[36:] + SAMPLES)[0] == SAMPLES


def test_samples_that_were_promised_and_did_not_come_show() -> None:
    assert read(wav_header(size=201) + SAMPLES)[1].lacks_end
    assert read(wav_header()[:30])[1].lacks_end


@pytest.mark.parametrize(
    "body",
    [
        wav_header(channels=2),
        wav_header(bits=24),
        wav_header(rate=96_000),
        wav_header()[:12] + wav_header()[36:],
        wav_header()[:16] + b"\xff\xff\xff\x7f" + bytes(70_000),
        b"ID3\x04" + SAMPLES,
        b"OggS" + SAMPLES,
        b"fLaC" + SAMPLES,
        b"<!DOCTYPE html>",
    ],
)
def test_what_is_no_use_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(body)


@given(st.lists(st.binary(max_size=40), max_size=8), st.booleans())
def test_no_body_does_harm(pieces: list[bytes], is_wav: bool) -> None:
    reader = WavReader(RAW)
    try:
        came = sum(len(reader.feed(piece)) for piece in [b"RIFF" * is_wav, *pieces])
    except ValueError:
        return
    assert came <= sum(map(len, pieces))
