"""The line to one caller, as the call sees it.

Behind it is a browser's WebSocket or a carrier's media stream, already accepted and authenticated.
Positions count samples of ``output_format``: the first sample ever sent on the line has position 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from backend.domain.entities.call import Call, EndCause
from backend.domain.entities.telephone import Destination
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.value_objects.answerer import Answerer
from backend.domain.value_objects.audio import AudioFormat, AudioFrame


@dataclass(frozen=True, slots=True)
class ChannelCapabilities:
    """How the line likes its audio.

    ``lead_ms``: how far ahead of playout we may send. ``packet_ms``: how much audio goes into one packet.
    ``reports_playout``: ``Played`` messages come back; without them the send clock has to do.
    ``can_transfer``: the caller can be put through to somebody else.
    """

    input_format: AudioFormat
    output_format: AudioFormat
    lead_ms: int = 200
    packet_ms: int = 40
    reports_playout: bool = True
    can_transfer: bool = False


@dataclass(frozen=True, slots=True)
class StampedAudio:
    """Audio of which its sender says when it began: ``stamp_ms`` by the sender's own clock, since any moment.
    It is what the sender says, so anything."""

    frame: AudioFrame
    stamp_ms: int


@dataclass(frozen=True, slots=True)
class Played:
    """The caller's side has played all samples before ``position`` (or skipped them in a flush)."""

    position: int


@dataclass(frozen=True, slots=True)
class LineClosed:
    """Nothing more will come; the line is gone."""

    cause: EndCause


@dataclass(frozen=True, slots=True)
class Typed:
    """The caller wrote something instead of saying it."""

    text: str


@dataclass(frozen=True, slots=True)
class KeyPress:
    """The caller pressed a key of the telephone: one of ``0123456789*#ABCD``."""

    key: str


@dataclass(frozen=True, slots=True)
class AnsweredBy:
    """The carrier has found out who answered a call that we placed. It may tell twice of a machine: as soon
    as it knows, and when the machine's greeting is over and a message can be left."""

    answerer: Answerer
    greeting_is_over: bool


@dataclass(frozen=True, slots=True)
class TransferRefused:
    """A transfer that had been accepted did not reach anybody; the caller is still on the line."""

    code: str


Incoming = AudioFrame | StampedAudio | Played | LineClosed | Typed | KeyPress | AnsweredBy | TransferRefused


@dataclass(frozen=True, slots=True)
class CallReady:
    """The call has begun."""

    call: Call


@dataclass(frozen=True, slots=True)
class TimelineAppended:
    """A new entry of the call's timeline."""

    entry: TimelineEntry


@dataclass(frozen=True, slots=True)
class TimelineCommitted:
    """All entries up to ``seq`` are on disk and survive whatever happens to this process."""

    seq: int


@dataclass(frozen=True, slots=True)
class TroubleReported:
    """Something the person at the other end should know; the call goes on."""

    code: str
    message: str


Notice = CallReady | TimelineAppended | TimelineCommitted | TroubleReported


class CallerChannel(Protocol):
    """One caller's line. ``receive`` has one reader; the sending half has one writer."""

    @property
    def capabilities(self) -> ChannelCapabilities: ...

    async def receive(self) -> Incoming:
        """Return the next message. After ``LineClosed`` it returns ``LineClosed`` for ever.

        A peer that breaks the protocol is told so and cut off by the channel itself.
        """
        ...

    async def send_audio(self, frame: AudioFrame) -> None:
        """Send audio in ``output_format``; waits while the peer does not read. Ignored once closed."""
        ...

    async def flush(self) -> None:
        """Have the peer drop all audio that it has not played. Ignored once closed."""
        ...

    async def notify(self, notice: Notice) -> None:
        """Tell the peer what goes on, if it can understand that (telephones cannot)."""
        ...

    async def transfer(self, destination: Destination, summary: str) -> None:
        """Put the caller through to ``destination``, who is told ``summary`` first if that is warm.

        Returns when the carrier has accepted it. Then either the line closes with ``EndCause.TRANSFERRED``,
        or ``TransferRefused`` comes. Raises ``VictoriaError`` if it was not accepted: ``ConflictError``
        (``no-transfer``) on a line that cannot, ``ProviderError`` if the carrier would not.
        """
        ...

    async def close(self, cause: EndCause) -> None:
        """Say goodbye on the wire and close, within two seconds. Idempotent."""
        ...
