"""A recording on disk: a folder of raw chunks that reads as one WAV file.

``<recordings>/<call id>/<rate>-<number>.pcm``: the name says all that a header would, so a chunk needs no
second write to become valid, and a recording is readable after any crash. A chunk torn in the middle of a
sample is read up to the last whole one.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from backend.infrastructure.storage.wav import FRAME_BYTES, HEADER_BYTES, stereo_header

_NAME: Final = re.compile(r"([0-9]+)-([0-9]{6})\.pcm")


def chunk_name(rate: int, number: int) -> str:
    """Return the file name of the ``number``-th chunk (from 0); names sort in the order of time."""
    return f"{rate}-{number:06}.pcm"


def whole_frames(size: int) -> int:
    """Return ``size`` in bytes without the sample that is cut at its end."""
    return size - size % FRAME_BYTES


def has_audio(folder: Path) -> bool:
    """Whether ``folder`` holds a chunk with a whole sample, looking at no more of them than the first such.

    Blocks. A folder or a chunk that cannot be read is as good as none.
    """
    try:
        with os.scandir(folder) as names:
            return any(_NAME.fullmatch(name.name) and whole_frames(name.stat().st_size) for name in names)
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class ChunkedRecording:
    """What a folder holds at one moment: chunks in order, each with its bytes of whole samples."""

    rate: int
    chunks: tuple[tuple[Path, int], ...]

    @classmethod
    def scan(cls, folder: Path) -> Self | None:
        """Return the recording in ``folder``, or None if there is no audio. Blocks; raises ``OSError``."""
        rate = 0
        chunks = []
        for path in sorted(folder.glob("*.pcm")):
            match = _NAME.fullmatch(path.name)
            size = whole_frames(path.stat().st_size)
            if match and size:
                rate = int(match[1])
                chunks.append((path, size))
        return cls(rate, tuple(chunks)) if chunks else None

    @property
    def size(self) -> int:
        """Bytes of the whole WAV file."""
        return HEADER_BYTES + sum(size for _, size in self.chunks)

    def read(self, start: int, end: int) -> bytes:
        """Return bytes ``[start, end)`` of the WAV file, as slicing does. Blocks; raises ``OSError``."""
        start, end = max(0, start), min(end, self.size)
        pieces = [stereo_header(self.rate, self.size - HEADER_BYTES)[start:end]]
        position = HEADER_BYTES
        for path, size in self.chunks:
            first, last = max(start - position, 0), min(end - position, size)
            if first < last:
                pieces.append(_read(path, first, last))
            position += size
        return b"".join(pieces)


def _read(path: Path, first: int, last: int) -> bytes:
    with path.open("rb") as file:
        file.seek(first)
        return file.read(last - first)
