"""The messages of Azure's speech services, as SDK 1.53.0 was seen to send and take them on 2026-11-22.

A text message is a block of ``Name:Value`` lines, an empty line, and JSON (or SSML). A binary message is the
length of such a block (two bytes, big-endian), the block, and audio. Times are in ticks of 100 ns.
"""

from __future__ import annotations

import json
import struct
import uuid
from dataclasses import dataclass
from typing import Any, Final

TICKS_PER_MS: Final = 10_000
WAV_HEADER_BYTES: Final = 44
MULAW, ALAW, PCM = 7, 6, 1  # of a WAV header, by RFC 2361


@dataclass(frozen=True)
class WavHeader:
    """What the first 44 bytes of the client's audio say about the rest."""

    encoding: int
    rate: int
    bits: int

    @property
    def window_bytes(self) -> int:
        """Bytes of 20 milliseconds."""
        return self.rate * self.bits // 8 // 50


def wav_header(audio: bytes) -> WavHeader:
    """Read the header at the beginning of ``audio``."""
    encoding, _channels, rate, _bytes_per_s, _block, bits = struct.unpack("<HHIIHH", audio[20:36])
    return WavHeader(encoding, rate, bits)


@dataclass(frozen=True)
class Message:
    """A message of the client."""

    path: str
    request_id: str
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body, if it is JSON."""
        parsed = json.loads(self.body)
        assert isinstance(parsed, dict)
        return parsed


def parse(raw: str | bytes) -> Message:
    """Read a message of the client."""
    if isinstance(raw, str):
        head, _, text = raw.partition("\r\n\r\n")
        body = text.encode()
    else:
        (length,) = struct.unpack(">H", raw[:2])
        head, body = raw[2 : 2 + length].decode(), raw[2 + length :]
    pairs = (line.partition(":") for line in head.split("\r\n"))
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Message(headers["path"].lower(), headers.get("x-requestid", ""), body)


def event(path: str, request_id: str, body: dict[str, object]) -> str:
    """Return a text message of the service."""
    head = f"X-RequestId:{request_id}\r\nContent-Type:application/json; charset=utf-8\r\nPath:{path}"
    return f"{head}\r\n\r\n{json.dumps(body)}"


def turn_start(request_id: str) -> str:
    """Return the message that begins every turn."""
    return event("turn.start", request_id, {"context": {"serviceTag": uuid.uuid4().hex}})


def audio(request_id: str, stream_id: str, payload: bytes) -> bytes:
    """Return a piece of speech; an empty one ends it."""
    head = f"X-RequestId:{request_id}\r\nX-StreamId:{stream_id}\r\nPath:audio\r\n".encode()
    return struct.pack(">H", len(head)) + head + payload
