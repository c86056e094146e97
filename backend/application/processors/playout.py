"""The playout clock: what of a reply has been sent, what has been heard.

A reply's audio is one line of samples, clause after clause. It reaches the caller in *stretches*: runs
of gapless playout that begin when something is sent after silence and end when everything sent was heard,
when it is held, or when it is flushed. Within a stretch, what was heard is what the caller's side reported,
carried on by the clock for at most ``CARRY_ON_MS`` after the last report; a line that never reports is
believed to play what it is sent, at once and in real time.

Everything is counted in samples of the line's format (PCM16). Time comes in as data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from backend.application.processors.reply_audio import ReplyAudio
from backend.domain.ports.channel_port import ChannelCapabilities
from backend.domain.value_objects.audio import AudioFormat, AudioFrame
from backend.domain.value_objects.instant import NS_PER_S, Instant, later

CARRY_ON_MS: Final = 400  # reports come every 100 ms; after four have failed to come, nothing is assumed
SLACK_MS: Final = 1_000  # how much may be on its way beyond the lead: the longest journey we allow for
NAP_MS: Final = 5  # no need to look more often
NO_REPORT_MS: Final = 2_000  # a line that has not reported by then does not report …
STANDSTILL_MS: Final = 2_000  # … and one that has, and reports no progress for that long, plays nothing


@dataclass(frozen=True, slots=True)
class Started:
    """The caller began to hear something at ``audible_at``."""

    audible_at: Instant


@dataclass(frozen=True, slots=True)
class HeardAudio:
    """Audio (PCM16) that the caller heard from ``at`` on."""

    at: Instant
    pcm: bytes


@dataclass(frozen=True, slots=True)
class HeardText:
    """The caller has now heard ``text`` of the reply, all of it counted."""

    text: str


@dataclass(frozen=True, slots=True)
class Drained:
    """Everything there was has been heard; more is to come."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Everything there was has been heard; nothing more is to come (because of ``failure``, if any)."""

    failure: str = ""


PlayoutFact = Started | HeardAudio | HeardText | Drained | Ended


@dataclass(slots=True)
class _Stretch:
    """Position ``line_start`` of the line is sample ``reply_start`` of the reply."""

    line_start: int
    reply_start: int
    began_at: Instant
    sent: int = 0
    reported: int = 0  # samples that are known to have been played …
    reported_at: Instant | None = None  # … at this instant
    progressed_at: Instant | None = None  # when that last became more
    has_stopped: bool = False
    audible_at: Instant | None = None
    delivered: int = 0  # samples that have been given out as HeardAudio


class Playout:
    """One line's playout: at most one reply at a time.

    ``lead_ms`` is how far ahead of what was heard audio is handed over (one packet at least), ``packet_ms``
    how much at once;
    ``reports`` says whether the line tells what it has played.
    """

    def __init__(self, format_: AudioFormat, *, lead_ms: int, packet_ms: int, reports: bool) -> None:
        self._format = format_
        self._packet = format_.samples_in(packet_ms)
        self._lead = max(format_.samples_in(lead_ms), self._packet)
        self._reports = reports
        self._line = 0  # samples ever sent on the line
        self._reset()

    @classmethod
    def on(cls, line: ChannelCapabilities) -> Self:
        """Return the playout of a line."""
        return cls(
            line.output_format, lead_ms=line.lead_ms, packet_ms=line.packet_ms, reports=line.reports_playout
        )

    def _reset(self) -> None:
        self._reply = ReplyAudio(self._format)
        self._next = 0  # the next sample of the reply to be sent
        self._reached = 0  # how far the reply had been heard when its last stretch ended
        self._told = ""  # the text that has been told as heard
        self._is_held = False
        self._has_ended = True
        self._stretch: _Stretch | None = None

    # --- the reply's side -------------------------------------------------------------------------

    def begin(self, audio: ReplyAudio) -> None:
        """The reply whose audio this is, as far as there is any, takes the line; what was left of another
        one is forgotten."""
        self._reset()
        self._reply = audio
        self._has_ended = False

    @property
    def ahead_ms(self) -> float:
        """How much audio waits to be sent."""
        return (self._reply.total - self._next) * 1_000 / self._format.rate

    # --- the floor --------------------------------------------------------------------------------

    def hold(self, now: Instant) -> list[PlayoutFact]:
        """Hand over nothing more and step back to what was not heard; return what was heard so far."""
        facts = self._tell(now)
        self._reached = self._heard(now)
        self._stretch = None
        self._next = self._reply.word_beginning(self._reached)
        self._is_held = True
        return facts

    def resume(self) -> None:
        """Go on after ``hold``."""
        self._is_held = False

    def flush(self, now: Instant) -> tuple[str, list[PlayoutFact]]:
        """Forget the reply; return the text of it that was heard, and what was heard last."""
        facts = self._tell(now)
        heard = max(self._told, self._reply.text_until(self._heard(now)), key=len)
        self._reset()
        return heard, facts

    # --- the line's side --------------------------------------------------------------------------

    def take(self, now: Instant) -> AudioFrame | None:
        """Return the next packet if it is time to hand it over."""
        size = min(self._packet, self._reply.total - self._next)
        if self._is_held or size == 0 or self._handed_over(now) > self._enough_ahead(size):
            return None
        stretch = self._stretch
        if stretch is None:
            stretch = self._stretch = _Stretch(self._line, self._next, now)
        payload = self._reply.slice(self._next, self._next + size)
        self._next += size
        self._line += size
        stretch.sent += size
        return AudioFrame(self._format, payload)

    def played(self, position: int, now: Instant) -> None:
        """The caller's side says that it has played everything before ``position`` of the line.

        A report about an earlier stretch, or about audio that was never sent, proves nothing.
        """
        stretch = self._stretch
        if stretch is None or not stretch.line_start < position <= self._line:
            return
        played = position - stretch.line_start
        if stretch.audible_at is None:
            stretch.audible_at = max(stretch.began_at, Instant(now - self._format.duration_ns(played)))
        if stretch.progressed_at is None or played > stretch.reported:
            stretch.progressed_at = now
        stretch.reported, stretch.reported_at = max(stretch.reported, played), now

    def advance(self, now: Instant) -> list[PlayoutFact]:
        """Return what has become true since the last time."""
        facts = self._tell(now)
        stretch = self._stretch
        if stretch is not None and self._next == self._reply.total and self._ahead(now) == 0:
            self._reached, self._stretch = self._heard(now), None
            if not self._reply.is_complete or self._reply.failure:
                facts.append(Drained())
        elif stretch is not None and not stretch.has_stopped and self._stands_still(stretch, now):
            stretch.has_stopped = True
            facts.append(Drained())
        if self._stretch is None and self._is_over():
            self._has_ended = True
            facts.append(Ended(self._reply.failure))
        return facts

    def next_wake(self, now: Instant) -> Instant | None:
        """Return when ``take`` or ``advance`` will have something, unless audio or a report comes before."""
        stretch = self._stretch
        if stretch is None:
            has_work = self._is_over() or (self._next < self._reply.total and not self._is_held)
            return now if has_work else None
        if (waiting := min(self._packet, self._reply.total - self._next)) > 0:
            excess = self._handed_over(now) - self._enough_ahead(waiting)
            return Instant(now + self._format.duration_ns(max(excess, self._format.samples_in(NAP_MS))))
        if stretch.reported_at is None and self._reports and now < later(stretch.began_at, NO_REPORT_MS):
            return later(stretch.began_at, NO_REPORT_MS)
        if stretch.reported_at is not None and now >= later(stretch.reported_at, CARRY_ON_MS):
            assert stretch.progressed_at is not None
            return None if stretch.has_stopped else later(stretch.progressed_at, STANDSTILL_MS)
        return Instant(now + self._format.duration_ns(max(self._ahead(now), 1)))

    def _enough_ahead(self, size: int) -> int:
        """With more samples than this on their way, the next ``size`` can wait: for their time, or, if
        they are less than a packet, for more to send them with."""
        is_short = size < self._packet and not (
            self._reply.is_complete and self._next + size == self._reply.total
        )
        return min(self._packet, self._lead - size) if is_short else self._lead - size

    # --- what was heard ---------------------------------------------------------------------------

    def _played(self, stretch: _Stretch, now: Instant) -> int:
        """How many samples of the stretch the caller has heard."""
        if stretch.reported_at is not None:
            carried = min(now - stretch.reported_at, later(Instant(0), CARRY_ON_MS))
            return min(stretch.sent, stretch.reported + self._samples(carried))
        if self._reports and now < later(stretch.began_at, NO_REPORT_MS):
            return 0
        return min(stretch.sent, self._samples(now - stretch.began_at))

    def _stands_still(self, stretch: _Stretch, now: Instant) -> bool:
        return (
            stretch.progressed_at is not None
            and now >= later(stretch.progressed_at, STANDSTILL_MS)
            and self._ahead(now) > 0
        )

    def _ahead(self, now: Instant) -> int:
        """How many samples have been sent and not heard."""
        return 0 if self._stretch is None else self._stretch.sent - self._played(self._stretch, now)

    def _handed_over(self, now: Instant) -> int:
        """How many samples have been sent before their time.

        Their time is told by our clock, because reports are a network's journey old; but a caller's side
        that plays nothing is given no more than ``SLACK_MS`` on top.
        """
        stretch = self._stretch
        if stretch is None:
            return 0
        played = self._played(stretch, now)
        due = min(self._samples(now - stretch.began_at), played + self._format.samples_in(SLACK_MS))
        return stretch.sent - max(played, due)

    def _heard(self, now: Instant) -> int:
        """The sample of the reply up to which it has been heard; a word said again is not heard less."""
        stretch = self._stretch
        if stretch is None:
            return self._reached
        return max(self._reached, stretch.reply_start + self._played(stretch, now))

    def _is_over(self) -> bool:
        return (
            self._reply.is_complete
            and self._next == self._reply.total
            and not (self._is_held or self._has_ended)
        )

    def _tell(self, now: Instant) -> list[PlayoutFact]:
        """Give out what was heard since the last time: the start, the audio, the whole clauses."""
        stretch = self._stretch
        if stretch is None or (played := self._played(stretch, now)) == 0:
            return []
        facts: list[PlayoutFact] = []
        if stretch.audible_at is None:
            stretch.audible_at = stretch.began_at
        if stretch.delivered == 0:
            facts.append(Started(stretch.audible_at))
        if stretch.has_stopped and played > stretch.delivered:
            stretch.has_stopped = False
            facts.append(Started(now))
        if played > stretch.delivered:
            first, last = stretch.reply_start + stretch.delivered, stretch.reply_start + played
            at = Instant(stretch.audible_at + self._format.duration_ns(stretch.delivered))
            facts.append(HeardAudio(at, self._reply.slice(first, last)))
            stretch.delivered = played
        heard = stretch.reply_start + played
        if len(told := self._reply.whole_clauses_until(heard)) > len(self._told):
            self._told = told
            facts.append(HeardText(told))
        self._reply.forget_heard(heard)
        return facts

    def _samples(self, duration_ns: int) -> int:
        return duration_ns * self._format.rate // NS_PER_S
