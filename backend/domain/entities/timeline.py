"""The append-only log of one call: what happened and what was ordered, in the one true order.

Everything else about a call (turns, latency, live view, metrics, replay) is derived from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backend.domain.conversation.effects import CommitTurn, Effect
from backend.domain.conversation.events import Event
from backend.domain.value_objects.conversation_turn import ConversationTurn


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """The ``seq``-th event of a call (from 1, without gaps) and the effects that answered it."""

    seq: int
    event: Event
    effects: tuple[Effect, ...]


class Timeline:
    """The entries of one call so far."""

    def __init__(self, entries: Iterable[TimelineEntry] = ()) -> None:
        self._entries: list[TimelineEntry] = []
        for entry in entries:
            self._add(entry)

    def append(self, event: Event, effects: tuple[Effect, ...]) -> TimelineEntry:
        """Record the next event with its effects and return the entry."""
        entry = TimelineEntry(len(self._entries) + 1, event, effects)
        self._entries.append(entry)
        return entry

    def _add(self, entry: TimelineEntry) -> None:
        if entry.seq != len(self._entries) + 1:
            raise ValueError(f"expected entry {len(self._entries) + 1}, got {entry.seq}")
        self._entries.append(entry)

    def __iter__(self) -> Iterator[TimelineEntry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def committed_turns(entries: Iterable[TimelineEntry]) -> Iterator[ConversationTurn]:
    """Yield the turns that the entries commit, in order."""
    for entry in entries:
        for effect in entry.effects:
            if isinstance(effect, CommitTurn):
                yield effect.turn
