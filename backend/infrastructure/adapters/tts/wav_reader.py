"""Samples from a body that may be raw PCM or a WAV file, as it streams in, without I/O.

Some servers that imitate OpenAI's speech send a WAV file whatever they are asked for, and some of those make
up its size before there is any audio. So the header is read leniently (RIFF as in Microsoft and IBM,
"Multimedia Programming Interface and Data Specifications 1.0", 1991, chapter 2), and its size only believed
if it can be true.
"""

from __future__ import annotations

import struct
from typing import Final

from backend.domain.value_objects.audio import AudioFormat, Encoding

_RIFF: Final = b"RIFF"
# Compressed audio and web pages, played as PCM, would be noise in the caller's ear.
_FOREIGN: Final = (b"ID3", b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"<!", b"<h")
_LONGEST_HEADER: Final = 65_536  # bytes
_PCM: Final = 0x0001
_EXTENSIBLE: Final = 0xFFFE
_FIRST_CHUNK: Final = 12  # behind "RIFF", the size and "WAVE"
_CHUNK_HEAD: Final = 8
_FMT_SIZE: Final = 16
# Sizes from here on are how writers say that they do not know.
_MADE_UP: Final = 0x7FFF_0000


class WavReader:
    """Reads one body; without a header it is PCM16 in ``raw_format``."""

    def __init__(self, raw_format: AudioFormat) -> None:
        self._raw_format = raw_format
        self._head: bytearray | None = bytearray()  # None once the samples have begun
        self._rest: int | None = None  # bytes of samples to come, if it is known
        self.format: AudioFormat | None = None
        """What the samples are; None until it is known."""

    @property
    def lacks_end(self) -> bool:
        """Whether a header has promised more than has come."""
        return bool(self._head) or bool(self._rest)

    def feed(self, payload: bytes) -> bytes:
        """Return the samples in the next bytes. Raises ``ValueError`` if they are of no use."""
        if self._head is not None:
            self._head += payload
            samples = self._begin(bytes(self._head))
            if samples is None:
                if len(self._head) > _LONGEST_HEADER:
                    raise ValueError("the header of the audio does not end")
                return b""
            self._head = None
            payload = samples
        if self._rest is not None:
            payload = payload[: self._rest]  # other chunks may follow
            self._rest -= len(payload)
        return payload

    def _begin(self, head: bytes) -> bytes | None:
        """Return the first samples, None as long as it cannot be told where they begin."""
        if head.startswith(_FOREIGN):
            raise ValueError("this is no PCM")
        if len(head) < len(_RIFF):
            return None
        if not head.startswith(_RIFF):
            self.format = self._raw_format
            return head
        return self._read_chunks(head)

    def _read_chunks(self, head: bytes) -> bytes | None:
        at = _FIRST_CHUNK
        while len(head) >= at + _CHUNK_HEAD:
            name, size = struct.unpack_from("<4sI", head, at)
            at += _CHUNK_HEAD
            if name == b"data":
                if self.format is None:
                    raise ValueError("the samples come before their format")
                self._rest = size if 0 < size < _MADE_UP else None
                return head[at:]
            if name == b"fmt ":
                if len(head) < at + _FMT_SIZE:
                    return None
                self.format = _format(head, at)
            at += size + size % 2  # chunks begin at even places
        return None


def _format(head: bytes, at: int) -> AudioFormat:
    coding, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", head, at)
    if coding not in (_PCM, _EXTENSIBLE) or channels != 1 or bits != 16:
        raise ValueError(f"cannot use {bits} bits of {channels} channels, coding {coding}")
    return AudioFormat(Encoding.PCM16, rate)
