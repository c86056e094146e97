"""Messages between Victoria and the processes that run her local engines.

A pipe carries bytes, an engine and its calls exchange messages: each is a header (payload length, stream
number, kind) and a payload, all integers big-endian. Many streams share one pipe; stream 0 is the process
itself. This module is pure: it turns messages into bytes and bytes into messages.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

_HEADER: Final = struct.Struct(">IIB")
# The largest honest message is a text to be spoken; an engine that announces more has lost its way.
MAX_PAYLOAD_BYTES: Final = 4 * 1024 * 1024
PROCESS_STREAM: Final = 0


class Kind(IntEnum):
    """What a message says. The payload is empty unless described."""

    # to the engine
    OPEN = 1  # begin a stream; payload is the engine's own
    CLOSE = 2  # forget the stream
    AUDIO = 3  # PCM16 samples, 16 kHz
    FINALIZE = 4  # number of the utterance that ends here
    MORE = 5  # one more piece of speech is wanted
    # from the engine
    READY = 16  # the process can work (stream 0)
    FAILED = 17  # the stream is over; payload is the reason, UTF-8
    CONSUMED = 18  # number of samples that were worked through
    PARTIAL = 19  # words so far, UTF-8
    FINAL = 20  # words that will not change, UTF-8
    SETTLED = 21  # number of the utterance whose words have all been given
    SPEECH = 22  # audio with its words, see speech_messages
    PIECE_DONE = 23  # one piece of speech has been given
    DONE = 24  # all that was asked for has been given
    PROGRESS = 25  # how much of it there is, from 0 to 1000


class FramingError(ValueError):
    """The bytes are not messages."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of one stream."""

    stream: int
    kind: Kind
    payload: bytes = b""


def encode(message: Message) -> bytes:
    """Return ``message`` as bytes. Raises ``FramingError`` if its payload is too large."""
    if len(message.payload) > MAX_PAYLOAD_BYTES:
        raise FramingError(f"a payload of {len(message.payload)} bytes is too large")
    return _HEADER.pack(len(message.payload), message.stream, message.kind) + message.payload


class MessageReader:
    """Puts messages together from bytes that arrive in any portions."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, block: bytes) -> list[Message]:
        """Return the messages that ``block`` completes. After a ``FramingError`` the reader is useless."""
        self._buffer += block
        messages = []
        start = 0
        while len(self._buffer) - start >= _HEADER.size:
            length, stream, kind = _HEADER.unpack_from(self._buffer, start)
            if length > MAX_PAYLOAD_BYTES:
                raise FramingError(f"a payload of {length} bytes is too large")
            end = start + _HEADER.size + length
            if len(self._buffer) < end:
                break
            payload = bytes(self._buffer[start + _HEADER.size : end])
            messages.append(Message(stream, _kind(kind), payload))
            start = end
        del self._buffer[:start]
        return messages


def _kind(value: int) -> Kind:
    try:
        return Kind(value)
    except ValueError as error:
        raise FramingError(f"unknown kind of message: {value}") from error


_NUMBER: Final = struct.Struct(">I")


def encode_number(number: int) -> bytes:
    """Return the payload of FINALIZE, SETTLED, CONSUMED and PROGRESS."""
    return _NUMBER.pack(number)


def decode_number(payload: bytes) -> int:
    """Return the number in a payload. Raises ``FramingError``."""
    if len(payload) != _NUMBER.size:
        raise FramingError("a number has four bytes")
    (number,) = _NUMBER.unpack(payload)
    return int(number)
