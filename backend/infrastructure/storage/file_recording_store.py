"""Recordings in the data folder, which only the user that runs Victoria may read."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from backend.domain.errors import NotFoundError, StorageError
from backend.domain.value_objects.call_id import CallId
from backend.infrastructure.storage.file_recording_writer import FileRecordingWriter
from backend.infrastructure.storage.recording_chunks import ChunkedRecording, has_audio


class FileRecordingStore:
    """Implements ``RecordingStore`` in ``<data folder>/recordings``.

    A call id is 32 hexadecimal digits and nothing else, so no name leads out of the folder. While a call is
    live its recording may be read and grows from one call of ``size`` to the next.
    """

    def __init__(self, data_folder: Path) -> None:
        self._folder: Final = data_folder / "recordings"

    async def create(self, call_id: CallId, rate: int) -> FileRecordingWriter:
        """Begin a recording at ``rate`` Hz. Raises ``StorageError``, also if the call has one.

        One without any audio may be begun again: whoever began it may have been cancelled.
        """
        folder = self._folder_of(call_id)
        try:
            await asyncio.to_thread(self._make, folder)
        except OSError as error:
            raise StorageError(f"The recording cannot be written ({error.strerror}).") from error
        return FileRecordingWriter(folder, rate)

    def exists(self, call_id: CallId) -> bool:
        """Whether the call has a chunk of audio that can be looked at. Blocks; raises nothing."""
        return has_audio(self._folder_of(call_id))

    async def size(self, call_id: CallId) -> int | None:
        """Return the size in bytes of the recording as one WAV file, or None if there is none.

        Raises ``StorageError``.
        """
        recording = await self._scan(call_id)
        return None if recording is None else recording.size

    async def read(self, call_id: CallId, start: int, end: int) -> bytes:
        """Return bytes ``[start, end)`` of the recording as one WAV file, as slicing does.

        Raises ``NotFoundError`` if there is none, ``StorageError`` if the disk refuses.
        """
        recording = await self._scan(call_id)
        if recording is None:
            raise NotFoundError("The call has no recording.")
        try:
            return await asyncio.to_thread(recording.read, start, end)
        except FileNotFoundError as error:
            raise NotFoundError("The recording was deleted.") from error
        except OSError as error:
            raise _unreadable(error) from error

    async def all(self) -> list[CallId]:
        """Return the calls that have a folder here, with audio or without. Raises ``StorageError``."""
        try:
            return await asyncio.to_thread(self._names)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unreadable(error) from error

    async def delete(self, call_id: CallId) -> None:
        """Remove the recording, if there is one. Raises ``StorageError``."""
        try:
            await asyncio.to_thread(shutil.rmtree, self._folder_of(call_id))
        except FileNotFoundError:
            return
        except OSError as error:
            raise StorageError(f"The recording cannot be deleted ({error.strerror}).") from error

    def _folder_of(self, call_id: CallId) -> Path:
        return self._folder / call_id.value

    def _names(self) -> list[CallId]:
        ids = []
        for path in self._folder.iterdir():
            with suppress(ValueError):  # no call has such a name: not ours
                ids.append(CallId(path.name))
        return ids

    def _make(self, folder: Path) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        if any(folder.iterdir()):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))

    async def _scan(self, call_id: CallId) -> ChunkedRecording | None:
        try:
            return await asyncio.to_thread(ChunkedRecording.scan, self._folder_of(call_id))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unreadable(error) from error


def _unreadable(error: OSError) -> StorageError:
    return StorageError(f"The recording cannot be read ({error.strerror}).")
