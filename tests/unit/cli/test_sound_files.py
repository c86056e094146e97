"""Any 16-bit WAV can be the caller; anything else is refused in a sentence."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from backend.domain.errors import CallerError, ConfigurationError
from backend.interfaces.cli.sound_files import read_mono, write_stereo


def write(path: Path, *, rate: int, channels: int, width: int = 2, seconds: float = 0.5) -> Path:
    frames = int(rate * seconds)
    tone = (8_000 * np.sin(2 * np.pi * 440 * np.arange(frames) / rate)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        content = np.repeat(tone, channels).tobytes()
        file.writeframes(content if width == 2 else content[: frames * channels * width])
    return path


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_rate_becomes_16_khz_of_the_same_length_and_level(
    tmp_path: Path, rate: int, channels: int
) -> None:
    samples = read_mono(write(tmp_path / "a.wav", rate=rate, channels=channels), 16_000)
    assert abs(len(samples) - 8_000) <= 1
    assert 7_500 < np.abs(samples[1_000:7_000]).max() < 8_500


@pytest.mark.parametrize("content", [b"", b"RIFF", b"this is not a sound", b"RIFF\x24\x00\x00\x00WAVEfmt "])
def test_what_is_not_a_wav_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(content)
    with pytest.raises(CallerError, match=r"bad\.wav cannot be read as a WAV file"):
        read_mono(path, 16_000)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="No such file"):
        read_mono(tmp_path / "none.wav", 16_000)


@pytest.mark.parametrize(("channels", "width"), [(3, 2), (1, 1), (1, 4)])
def test_other_sample_formats_are_refused(tmp_path: Path, channels: int, width: int) -> None:
    path = write(tmp_path / "odd.wav", rate=16_000, channels=channels, width=width)
    with pytest.raises(CallerError, match="16-bit, mono or stereo"):
        read_mono(path, 16_000)


def test_an_empty_sound_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="holds no sound"):
        read_mono(write(tmp_path / "none.wav", rate=16_000, channels=1, seconds=0), 16_000)


def test_a_sound_written_to_a_pipe_with_a_made_up_length_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "pipe.wav", rate=16_000, channels=1)
    content = bytearray(path.read_bytes())
    content[4:8] = content[40:44] = b"\xff\xff\xff\x7f"
    path.write_bytes(content)
    assert len(read_mono(path, 16_000)) == 8_000


def test_both_sides_are_written_beside_each_other(tmp_path: Path) -> None:
    left, right = np.array([1, 2], np.int16), np.array([-3, -4], np.int16)
    write_stereo(tmp_path / "out.wav", left, right, 16_000)
    with wave.open(str(tmp_path / "out.wav"), "rb") as file:
        assert (file.getnchannels(), file.getframerate()) == (2, 16_000)
        assert np.frombuffer(file.readframes(2), "<i2").tolist() == [1, -3, 2, -4]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    nothing = np.zeros(1, np.int16)
    with pytest.raises(ConfigurationError, match="cannot be written: No such file or directory"):
        write_stereo(tmp_path / "no" / "out.wav", nothing, nothing, 16_000)
