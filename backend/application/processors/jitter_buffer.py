"""From packets as a carrier delivers them to audio as it was said.

Packets are numbered, or say where they begin, or neither; they may be lost, doubled, late and out of order.
A packet that is due passes through at once and untouched: in order, nothing is delayed and nothing is held.
One that comes too early is held until the missing ones have come or ``REORDER_MS`` of later audio waits; then
what is missing is given up and concealed (``LossConcealment``), ``MAX_CONCEALED_MS`` of it at most: more
would be an invented silence, and a caller whom we did not hear has not paused. Where audio belongs on the
call's line is for its owner to say (``CallerLine``); each piece says where its sender puts it.

A number is only good for order among its neighbours. Counters jump, wrap, repeat and start again; so a packet
whose number makes no sense is set aside, and if ``RESTART_MS`` of such come with none in between that makes
sense, the stream is taken to have a new count, and nothing of what was set aside is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from backend.application.processors.loss_concealment import LossConcealment

REORDER_MS: Final = 60
MAX_CONCEALED_MS: Final = 120
RESTART_MS: Final = 160  # below what counts as a stalled line
NEIGHBOUR_MS: Final = 1_000  # what is further ahead is not early, but of another count
_SAMPLE_BYTES: Final = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """PCM16 in order. ``stamp_ms`` is where it begins by the sender's clock; None if the sender has not said
    so, and for what was invented: that goes right behind the piece before."""

    pcm: bytes
    stamp_ms: int | None = None


@dataclass(frozen=True, slots=True)
class _Packet:
    """``number`` and ``after``, the number that follows it, are in units of ``unit_ms``; numbers that differ
    by ``slack`` or less mean the same."""

    piece: Piece
    number: int
    after: int
    unit_ms: int
    slack: int


class JitterBuffer:
    """Puts one stream of mono PCM16 at ``rate`` Hz in order.

    ``dropped`` counts packets that were doubled or too late, ``concealed_ms`` how much was invented.
    """

    def __init__(self, rate: int) -> None:
        self._bytes_per_ms = rate * _SAMPLE_BYTES // 1_000
        self._next: int | None = None  # the number of the packet that is due
        self._held: dict[int, _Packet] = {}
        self._held_bytes = 0
        self._strange: list[_Packet] = []
        self._strange_bytes = 0
        self._concealment = LossConcealment(rate)
        self.dropped = 0
        self.concealed_ms = 0

    def put(
        self, pcm: bytes, *, sequence: int | None = None, timestamp_ms: int | None = None
    ) -> Sequence[Piece]:
        """Take a packet (PCM16, any length) and return what is now ready, in order.

        ``sequence`` counts packets; ``timestamp_ms`` is where the packet begins, and stands in where that is
        missing.
        """
        if not pcm:
            return ()  # if it is numbered, its audio is missed like that of a lost one
        piece = Piece(pcm, timestamp_ms)
        length_ms = max(1, len(pcm) // self._bytes_per_ms)
        if sequence is not None:
            number, after, unit_ms, slack = sequence, sequence + 1, length_ms, 0
        elif timestamp_ms is not None:
            # Milliseconds are rounded, and some carriers' clocks are not exactly those of the samples.
            number, after, unit_ms, slack = timestamp_ms, timestamp_ms + length_ms, 1, length_ms // 2
        else:
            self._concealment.heard(pcm)
            return (piece,)
        early = 0 if self._next is None else number - self._next
        if -slack <= early <= slack:
            return self._due(piece, after)
        packet = _Packet(piece, number, after, unit_ms, slack)
        return self._early(packet) if 0 < early * unit_ms <= NEIGHBOUR_MS else self._set_aside(packet)

    def _due(self, piece: Piece, after: int) -> Sequence[Piece]:
        self._drop_strange()
        ready = self._passed_on(piece, after)
        return [ready, *self._released()] if self._held else (ready,)

    def _passed_on(self, piece: Piece, after: int) -> Piece:
        self._next = after
        pcm = self._concealment.rejoin(piece.pcm)
        self._concealment.heard(pcm)
        return piece if pcm is piece.pcm else Piece(pcm, piece.stamp_ms)

    def _early(self, packet: _Packet) -> Sequence[Piece]:
        if packet.number in self._held:
            self.dropped += 1
            return ()
        self._held[packet.number] = packet
        self._held_bytes += len(packet.piece.pcm)
        return self._given_up() if self._held_bytes >= REORDER_MS * self._bytes_per_ms else ()

    def _given_up(self) -> list[Piece]:
        """Nothing that is missing before the first packet that is held will come any more; what came too late
        was no new count, as the old one goes on."""
        self._drop_strange()
        first = self._held[min(self._held)]
        assert self._next is not None
        lost_ms = min((first.number - self._next) * first.unit_ms, MAX_CONCEALED_MS)
        self.concealed_ms += lost_ms
        invented = self._concealment.conceal(lost_ms * self._bytes_per_ms // _SAMPLE_BYTES)
        self._next = first.number
        return [Piece(invented), *self._released()]

    def _released(self) -> list[Piece]:
        """Return the held packets that are due, and drop those that are late by now."""
        ready: list[Piece] = []
        for packet in sorted(self._held.values(), key=attrgetter("number")):
            assert self._next is not None
            early = packet.number - self._next
            if early > packet.slack:
                break
            del self._held[packet.number]
            self._held_bytes -= len(packet.piece.pcm)
            if early < -packet.slack:
                self.dropped += 1
            else:
                ready.append(self._passed_on(packet.piece, packet.after))
        return ready

    def _set_aside(self, packet: _Packet) -> Sequence[Piece]:
        self._strange.append(packet)
        self._strange_bytes += len(packet.piece.pcm)
        if self._strange_bytes < RESTART_MS * self._bytes_per_ms:
            return ()
        waiting = [*sorted(self._held.values(), key=attrgetter("number")), *self._strange]
        self._held.clear()
        self._held_bytes = 0
        self._forget_strange()
        return [self._passed_on(each.piece, each.after) for each in waiting]

    def _drop_strange(self) -> None:
        if self._strange:
            self.dropped += len(self._strange)
            self._forget_strange()

    def _forget_strange(self) -> None:
        self._strange.clear()
        self._strange_bytes = 0
