"""The media socket of a telephone call, as a carrier opens and speaks it.

A ``MediaProtocol`` makes events of the carrier's messages, and messages of our audio. It knows nothing of the
socket itself, which is a ``MessageChannel``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from backend.domain.value_objects.audio import AudioFormat


class MessageChannel(Protocol):
    """A carrier's media socket as plain messages; the carrier's adapter speaks its protocol over it."""

    async def receive(self) -> str | bytes | None:
        """Return the next message, or None when the socket is closed; then None for ever."""
        ...

    async def send(self, message: str) -> None:
        """Send a text message; waits while the carrier does not read. Ignored once closed."""
        ...

    async def close(self, code: int) -> None:
        """Close with a WebSocket close code, within two seconds. Idempotent."""
        ...


@dataclass(frozen=True, slots=True)
class MediaStarted:
    """The first thing that matters on a media socket: whose audio comes. ``ticket`` is empty where it
    travels in the address."""

    carrier_call_id: str
    format: AudioFormat
    ticket: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class MediaReceived:
    """Audio of the other side. ``timestamp_ms`` is where it begins since the stream began, and ``sequence``
    its place among the packets (from any number, by one): None where the carrier does not say. Packets may
    be lost, doubled, late and out of order."""

    payload: bytes
    timestamp_ms: int | None = None
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class MarkReturned:
    """Everything sent before the mark ``name`` has been played, or dropped by a ``clear``."""

    name: str


@dataclass(frozen=True, slots=True)
class KeyReceived:
    """The other side has pressed a key, one of ``keypad.KEYS``."""

    key: str


@dataclass(frozen=True, slots=True)
class MediaStopped:
    """No more audio will come: the other side hung up, or the call was taken elsewhere."""


MediaEvent = MediaStarted | MediaReceived | MarkReturned | KeyReceived | MediaStopped


class MediaProtocol(Protocol):
    """The language of one media socket: pure, one object for each socket."""

    def parse(self, message: str | bytes) -> MediaEvent | None:
        """Return what ``message`` says, None if that is of no interest (unknown events: carriers add some).

        Raises ``CallerError`` (``bad-media``) when it is not of the protocol at all.
        """
        ...

    def media(self, payload: bytes) -> str:
        """Return the message that plays ``payload`` (in the format of ``MediaStarted``) after all before."""
        ...

    def mark(self, name: str) -> str:
        """Return the message whose receipt comes back as ``MarkReturned``."""
        ...

    def clear(self) -> str:
        """Return the message that drops all audio that has not been played."""
        ...
