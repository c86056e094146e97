"""What is said to a local speech engine's process, and what it answers.

``OPEN`` carries an order as JSON, ``SPEECH`` audio and the words that begin in it or later, as binary.
The order grants two pieces; every ``MORE`` grants another, so that an unread stream stays small.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from typing import Final

from backend.domain.value_objects.audio import AudioFormat, Encoding
from backend.domain.value_objects.word_timing import WordTiming

PIECES_AHEAD: Final = 2

_COUNT: Final = struct.Struct(">I")
_WORD: Final = struct.Struct(">IId")


@dataclass(frozen=True, slots=True)
class SpeechOrder:
    """Text to be spoken; ``voice`` and ``pitch`` are the engine's own."""

    text: str
    voice: str
    words_per_minute: int
    pitch: int
    encoding: str
    rate: int

    @property
    def format(self) -> AudioFormat:
        """The format of the audio asked for."""
        return AudioFormat(Encoding(self.encoding), self.rate)

    def encode(self) -> bytes:
        """Return the order as a payload."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def decode(cls, payload: bytes) -> SpeechOrder:
        """Return the order that ``encode`` wrote. Raises ``ValueError`` or ``TypeError`` on anything else."""
        return cls(**json.loads(payload))


def encode_speech(audio: bytes, words: tuple[WordTiming, ...]) -> bytes:
    """Return audio with its words as a payload."""
    timings = b"".join(_WORD.pack(word.start, word.end, word.at_ms) for word in words)
    return _COUNT.pack(len(words)) + timings + audio


def decode_speech(payload: bytes) -> tuple[bytes, tuple[WordTiming, ...]]:
    """Return what ``encode_speech`` was given. Raises ``struct.error`` on anything else."""
    (count,) = _COUNT.unpack_from(payload)
    end = _COUNT.size + count * _WORD.size
    words = tuple(WordTiming(*timing) for timing in _WORD.iter_unpack(payload[_COUNT.size : end]))
    return payload[end:], words
