"""The timeline, the append-only log of one call: what happened and what was ordered, in the one true order.

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


def committed_turns(entries: Iterable[TimelineEntry]) -> Iterator[ConversationTurn]:
    """Yield the turns that the entries commit, in order."""
    for entry in entries:
        for effect in entry.effects:
            if isinstance(effect, CommitTurn):
                yield effect.turn
