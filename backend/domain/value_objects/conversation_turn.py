"""One party's say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend.domain.value_objects.instant import Instant
from backend.domain.value_objects.latency import TurnLatency


class Role(StrEnum):
    """Who spoke."""

    CALLER = "caller"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class ConversationTurn:
    """A turn that is over and will not change.

    ``content`` is what was said: the caller's final transcript, or what the agent *generated*.
    ``heard`` is what reached the other side: a prefix of ``content`` for an interrupted agent turn,
    else all of it. ``latency`` is there on agent turns that answered a caller turn.
    """

    number: int
    role: Role
    content: str
    heard: str
    started_at: Instant
    ended_at: Instant
    interrupted: bool = False
    reply_id: int | None = None
    latency: TurnLatency | None = None

    def __post_init__(self) -> None:
        if not self.content.startswith(self.heard):
            raise ValueError("what was heard must be a prefix of what was said")
        if self.ended_at < self.started_at:
            raise ValueError("a turn cannot end before it starts")

    @property
    def unheard(self) -> str:
        """What was generated and never heard."""
        return self.content[len(self.heard) :]
