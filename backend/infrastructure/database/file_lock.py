"""Locks that a dead process cannot keep.

``flock`` belongs to the open file: the kernel releases it however the process ends, ``kill -9`` included,
so there are no stale locks to explain to anybody.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Final, Self


class FileLock:
    """An exclusive lock on a file, which is created if need be and stays behind, empty."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: Final = descriptor

    @classmethod
    def take(cls, path: Path) -> Self | None:
        """Return the lock, or None if someone else holds it. Raises ``OSError``."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if try_lock(descriptor):
            return cls(descriptor)
        os.close(descriptor)
        return None

    def release(self) -> None:
        """Let someone else have it. Call once."""
        os.close(self._descriptor)


def try_lock(descriptor: int) -> bool:
    """Lock an open file exclusively without waiting; return whether that worked."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
