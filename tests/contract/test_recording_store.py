"""What every recording store promises, shown on the one that keeps files."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import resource
import stat
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.errors import NotFoundError, StorageError
from backend.domain.ports.recording_port import RecordingStore
from backend.domain.value_objects.call_id import CallId
from backend.infrastructure.storage.file_recording_store import FileRecordingStore
from backend.infrastructure.storage.recording_chunks import ChunkedRecording

CALL = CallId("0123456789abcdef" * 2)
RATE = 8_000
SECOND = RATE * 4


@pytest.fixture
def store(tmp_path: Path) -> RecordingStore:
    return FileRecordingStore(tmp_path)


def audio(seconds: float, seed: int = 0) -> bytes:
    """Stereo samples that differ from one place to the next."""
    frames = round(seconds * RATE)
    return b"".join(((seed + frame) % 65_521).to_bytes(2, "little") * 2 for frame in range(frames))


async def record(store: RecordingStore, samples: bytes, *, piece: int = 640) -> None:
    writer = await store.create(CALL, RATE)
    for start in range(0, len(samples), piece):
        await writer.write(samples[start : start + piece])
    await writer.close()


async def whole(store: RecordingStore) -> bytes:
    size = await store.size(CALL)
    assert size is not None
    return await store.read(CALL, 0, size)


async def test_a_recording_reads_as_one_wav_file_as_long_as_the_call_to_the_sample(
    store: RecordingStore,
) -> None:
    samples = audio(12.34)
    await record(store, samples)
    with wave.open(io.BytesIO(await whole(store))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)
        assert file.readframes(file.getnframes()) == samples


async def test_any_range_is_the_same_slice_of_the_whole(tmp_path: Path) -> None:
    store = FileRecordingStore(tmp_path)
    await record(store, audio(11))
    everything = await whole(store)
    recording = ChunkedRecording.scan(tmp_path / "recordings" / CALL.value)
    assert recording is not None
    assert len(recording.chunks) == 3

    @settings(deadline=None, max_examples=200)
    @given(st.integers(0, len(everything) + 99), st.integers(0, len(everything) + 99))
    def ranges(start: int, end: int) -> None:
        assert recording.read(start, end) == everything[start:end]

    ranges()
    edge = 44 + 5 * SECOND
    assert await store.read(CALL, edge - 3, edge + 3) == everything[edge - 3 : edge + 3]


async def test_a_call_without_audio_has_no_recording(store: RecordingStore) -> None:
    assert await store.size(CALL) is None
    with pytest.raises(NotFoundError):
        await store.read(CALL, 0, 44)
    writer = await store.create(CALL, RATE)
    await writer.close()
    await writer.close()
    assert await store.size(CALL) is None


async def test_a_recording_exists_from_its_first_second_until_it_is_deleted(store: RecordingStore) -> None:
    assert not store.exists(CALL)
    writer = await store.create(CALL, RATE)
    assert not store.exists(CALL)
    await writer.write(audio(1))
    assert store.exists(CALL)
    await writer.close()
    await store.delete(CALL)
    assert not store.exists(CALL)


async def test_what_cannot_be_read_does_not_exist(store: RecordingStore, tmp_path: Path) -> None:
    folder = tmp_path / "recordings" / CALL.value
    folder.mkdir(parents=True)
    chunk = folder / "8000-000000.pcm"
    chunk.symlink_to(chunk)  # a loop, which not even root can follow
    assert not store.exists(CALL)
    with pytest.raises(StorageError):
        await store.size(CALL)
    chunk.unlink()
    folder.rmdir()
    folder.symlink_to(folder)
    assert not store.exists(CALL)


async def test_a_deleted_recording_is_gone_and_deleting_again_is_fine(
    store: RecordingStore, tmp_path: Path
) -> None:
    await record(store, audio(1))
    await store.delete(CALL)
    await store.delete(CALL)
    assert await store.size(CALL) is None
    assert not list((tmp_path / "recordings").iterdir())


async def test_only_the_owner_can_read_recordings(store: RecordingStore, tmp_path: Path) -> None:
    await record(store, audio(6))
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in [tmp_path / "recordings", *(tmp_path / "recordings").rglob("*")]
    }
    assert modes == {
        "recordings": 0o700,
        CALL.value: 0o700,
        "8000-000000.pcm": 0o600,
        "8000-000001.pcm": 0o600,
    }


async def test_what_was_written_before_the_process_died_is_readable_up_to_a_whole_sample(
    store: RecordingStore, tmp_path: Path
) -> None:
    writer = await store.create(CALL, RATE)
    samples = audio(7)
    await writer.write(samples)  # never closed, as after kill -9
    last = tmp_path / "recordings" / CALL.value / "8000-000001.pcm"
    os.truncate(last, last.stat().st_size - 1)
    assert (await whole(store))[44:] == samples[:-4]
    await writer.close()


async def test_no_more_than_a_second_is_held_back(store: RecordingStore) -> None:
    writer = await store.create(CALL, RATE)
    for start in range(0, 3 * SECOND, 640):
        await writer.write(audio(3)[start : start + 640])
    size = await store.size(CALL)
    assert size is not None
    assert size - 44 > 2 * SECOND - 640
    await writer.close()


async def test_a_call_is_recorded_once(store: RecordingStore) -> None:
    await record(store, audio(1))
    with pytest.raises(StorageError):
        await store.create(CALL, RATE)


async def test_a_recording_that_somebody_had_just_begun_when_cancelled_can_be_begun(
    store: RecordingStore,
) -> None:
    async with asyncio.TaskGroup() as group:
        beginning = group.create_task(store.create(CALL, RATE))
        await asyncio.sleep(0)
        beginning.cancel()
    await record(store, audio(1))
    assert len(await whole(store)) == 44 + SECOND


@pytest.mark.parametrize("steps", range(5))
async def test_whoever_is_cancelled_while_writing_loses_nothing(store: RecordingStore, steps: int) -> None:
    writer = await store.create(CALL, RATE)
    samples = audio(3)
    await writer.write(samples[:SECOND])
    async with asyncio.TaskGroup() as group:
        writing = group.create_task(writer.write(samples[SECOND : 2 * SECOND]))
        for _ in range(1 + steps):
            await asyncio.sleep(0)
        writing.cancel()
    await writer.write(samples[2 * SECOND :])
    await writer.close()
    assert (await whole(store))[44:] == samples


@pytest.mark.parametrize("steps", range(5))
async def test_closing_goes_on_where_it_was_cancelled(store: RecordingStore, steps: int) -> None:
    writer = await store.create(CALL, RATE)
    samples = audio(1.5)
    await writer.write(samples[:SECOND])
    await writer.write(samples[SECOND:])
    async with asyncio.TaskGroup() as group:
        closing = group.create_task(writer.close())
        for _ in range(1 + steps):
            await asyncio.sleep(0)
        closing.cancel()
    await writer.close()
    assert (await whole(store))[44:] == samples


async def test_a_full_disk_ends_the_recording_and_keeps_what_is_whole(store: RecordingStore) -> None:
    writer = await store.create(CALL, RATE)
    samples = audio(4)
    await writer.write(samples[:SECOND])
    with files_at_most(SECOND + 1_001), pytest.raises(StorageError, match=os.strerror(errno.EFBIG)):
        await writer.write(samples[SECOND:])
    with pytest.raises(StorageError):
        await writer.write(samples[SECOND:])
    await writer.close()
    assert (await whole(store))[44:] == samples[: SECOND + 1_000]


async def test_a_folder_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "recordings").write_bytes(b"in the way")
    with pytest.raises(StorageError):
        await FileRecordingStore(tmp_path).create(CALL, RATE)


@contextmanager
def files_at_most(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond ``size`` bytes: a full disk, as far as ``write`` can tell."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
