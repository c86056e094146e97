"""What a call comes to: the figures that the history and its statistics are made of.

Derived from the timeline alone, one entry after the other, so that a call that is still live, one that ended
and one that is read back years later all come to the same.

*Dead air* is silence that the caller had to bear while it was the agent's turn, beyond the 1.8 s that people
take for thinking. The agent's turn begins where the caller stopped speaking, once a reply to it was decided
on (a cough that nobody answers is no turn), or where the agent took the floor by itself; it is silence until
the reply is audible, and again whenever the reply runs dry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from backend.domain.conversation.effects import (
    CommitTurn,
    Effect,
    HangUp,
    ReleaseReply,
    ReplyKind,
    StartReply,
)
from backend.domain.conversation.events import (
    EngineFailed,
    Event,
    KeyPressed,
    PlayoutDrained,
    PlayoutStarted,
    ReplyEnded,
    SpeechStarted,
    SpeechStopped,
    TextTyped,
)
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.instant import Instant, elapsed_ms

# Longer than the slowest answers that callers take for a person's, and where they begin to say "hello?".
DEAD_AIR_AFTER_MS: Final = 1_800

# What the agent says of its own accord: there is no question whose end the caller waits from.
_UNASKED: Final = frozenset(
    {
        ReplyKind.ANNOUNCEMENT,
        ReplyKind.FIRST_MESSAGE,
        ReplyKind.IDLE_PROMPT,
        ReplyKind.GOODBYE,
        ReplyKind.VOICEMAIL,
        ReplyKind.TRANSFER_FAILED,
    }
)


@dataclass(frozen=True, slots=True)
class EngineTrouble:
    """How often ``engine`` of ``port`` failed in a call, and how often another one took over."""

    port: str
    engine: str
    failures: int
    fallbacks: int


@dataclass(frozen=True, slots=True)
class CallFacts:
    """The figures of one call.

    ``voice_to_voice_ms`` has one value for each answered turn, in order. ``was_answered``: the caller heard
    the agent say something. ``dead_air_ms`` counts only what is beyond ``DEAD_AIR_AFTER_MS`` of each silence.
    """

    turns: int = 0
    voice_to_voice_ms: tuple[float, ...] = ()
    interruptions: int = 0
    was_answered: bool = False
    dead_air_ms: float = 0.0
    engines: tuple[EngineTrouble, ...] = ()


@dataclass(slots=True)
class _Silence:
    """Where nobody speaks and it is the agent's turn."""

    dead_air_ms: float = 0.0
    _since: Instant | None = None
    _asked_at: Instant | None = None  # where the caller stopped; None once the agent was heard again

    def hear(self, event: Event) -> None:
        match event:
            case SpeechStarted(since=since):
                self._ends(since)
            case SpeechStopped(since=since):
                self._asked_at = since
            case TextTyped(at=at):
                self._asked_at = at
            case KeyPressed():
                self._asked_at = None  # how long to wait for another key was the caller's to decide
            case PlayoutStarted(audible_at=audible_at):
                self._ends(audible_at)
                self._asked_at = None
            case PlayoutDrained(at=at):
                self._begins(at)
            case ReplyEnded(at=at):
                self._ends(at)

    def obey(self, effect: Effect, at: Instant) -> None:
        match effect:
            case StartReply(speculative=False, kind=kind):
                asked_at = None if kind in _UNASKED else self._asked_at
                self._begins(at if asked_at is None else asked_at)
            case ReleaseReply():
                self._begins(at if self._asked_at is None else self._asked_at)
            case HangUp():
                self._ends(at)

    def _begins(self, at: Instant) -> None:
        if self._since is None:
            self._since = at

    def _ends(self, at: Instant) -> None:
        if self._since is not None:
            self.dead_air_ms += max(0.0, elapsed_ms(self._since, at) - DEAD_AIR_AFTER_MS)
            self._since = None


@dataclass(slots=True)
class CallTally:
    """Counts the entries of one call as they come; ``facts`` is what they come to so far.

    An entry that was counted before is passed over, so a batch may be given again.
    """

    _last_seq: int = 0
    _turns: list[ConversationTurn] = field(default_factory=list)
    _failures: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    _silence: _Silence = field(default_factory=_Silence)

    def add(self, entries: Iterable[TimelineEntry]) -> None:
        """Count ``entries``, which come in order."""
        for entry in entries:
            if entry.seq > self._last_seq:
                self._last_seq = entry.seq
                self._add(entry)

    def _add(self, entry: TimelineEntry) -> None:
        match entry.event:
            case EngineFailed(port=port, engine=engine, successor=successor):
                failures, fallbacks = self._failures.get((port, engine), (0, 0))
                took_over = successor not in {"", engine}
                self._failures[port, engine] = (failures + 1, fallbacks + took_over)
            case _:
                self._silence.hear(entry.event)
        for effect in entry.effects:
            if isinstance(effect, CommitTurn):
                self._turns.append(effect.turn)
            self._silence.obey(effect, entry.event.at)

    @property
    def facts(self) -> CallFacts:
        """What was counted."""
        agent = [turn for turn in self._turns if turn.role is Role.AGENT]
        return CallFacts(
            turns=len(self._turns),
            voice_to_voice_ms=tuple(turn.latency.voice_to_voice_ms for turn in agent if turn.latency),
            interruptions=sum(turn.interrupted for turn in agent),
            was_answered=any(turn.heard for turn in agent),
            dead_air_ms=self._silence.dead_air_ms,
            engines=tuple(EngineTrouble(*engine, *counts) for engine, counts in self._failures.items()),
        )
