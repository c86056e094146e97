"""Where a process keeps what it has accepted while the database is away.

One append-only file of lines for each life of a process, made durable before anybody is told. The file is
locked for as long as its process lives, which makes it the sign of that life as well: a journal whose lock
is free belongs to a process that died, and whoever takes the lock inherits what is in it.

A crash can tear the last line; as that line was never acknowledged, it is passed over. A write that
fails half-way is cut off again, so nothing torn is ever followed by something whole.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from backend.infrastructure.database.file_lock import try_lock

_READ_BYTES: Final = 1 << 20
_SUFFIX: Final = ".jsonl"


class Journal:
    """The journal of one life, open and locked. Methods block on the disk and raise ``OSError``."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path: Final = path
        self._descriptor: Final = descriptor
        self._size = os.fstat(descriptor).st_size
        self._read_to = 0
        self._is_open = True

    @classmethod
    def create(cls, folder: Path, life: str) -> Self:
        """Begin the journal of a new life in ``folder``, which is made if need be."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Locked before it has its name: another process that looks for orphans must not take it for one.
        unnamed = folder / f".{life}"
        descriptor = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try_lock(descriptor)
        path = folder / f"{life}{_SUFFIX}"
        unnamed.rename(path)
        sync_folder(folder)
        return cls(path, descriptor)

    @classmethod
    def orphans(cls, folder: Path) -> list[Self]:
        """Take over the journals of the processes that have died."""
        orphans = []
        for path in sorted(folder.glob(f"*{_SUFFIX}")):
            try:
                descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
            except FileNotFoundError:
                continue  # another process was quicker
            if try_lock(descriptor):
                orphans.append(cls(path, descriptor))
            else:
                os.close(descriptor)
        return orphans

    @property
    def life(self) -> str:
        """The id of the life that wrote it."""
        return self._path.name.removesuffix(_SUFFIX)

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits for the database."""
        return self._size == 0

    @property
    def is_drained(self) -> bool:
        """Whether all that was appended so far has been marked as read."""
        return self._read_to >= self._size

    def append(self, lines: Sequence[bytes]) -> None:
        """Add lines and make them durable; on failure none of them is there."""
        payload = memoryview(b"".join(line + b"\n" for line in lines))
        try:
            while payload:
                payload = payload[os.write(self._descriptor, payload) :]
            os.fsync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, self._size)
            raise
        self._size = os.fstat(self._descriptor).st_size

    def unread(self) -> tuple[list[bytes], int]:
        """Return the next lines, about a megabyte of them, and where they end, for ``mark_read``."""
        lines: list[bytes] = []
        end = self._read_to
        with self._path.open("rb") as file:
            file.seek(self._read_to)
            while end < self._size and end - self._read_to < _READ_BYTES:
                line = file.readline()
                if not line:
                    return lines, self._size  # somebody has cut the file; what is gone is gone
                end += len(line)
                if line.endswith(b"\n"):
                    lines.append(line[:-1])
        return lines, end

    def mark_read(self, end: int) -> None:
        """Remember that the lines before ``end`` are in the database."""
        self._read_to = end

    def set_aside(self, lines: Sequence[bytes]) -> None:
        """Keep lines that the database will never take in a file beside this one, for a person to read."""
        with self._path.with_suffix(".rejected").open("ab") as file:
            file.write(b"".join(line + b"\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())

    def clear(self) -> None:
        """Forget everything."""
        os.ftruncate(self._descriptor, 0)
        os.fsync(self._descriptor)
        self._size = self._read_to = 0

    def close(self) -> None:
        """Release the lock and leave the file to the next life. Idempotent."""
        if self._is_open:
            self._is_open = False
            os.close(self._descriptor)

    def remove(self) -> None:
        """Close, and leave no trace: this life owes nothing."""
        with suppress(FileNotFoundError):
            self._path.unlink()
        self.close()


def sync_folder(folder: Path) -> None:
    """Make names in ``folder`` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
