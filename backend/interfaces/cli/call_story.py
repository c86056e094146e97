"""What a caller learns of the call: the agent's replies and the committed turns, folded from the timeline."""

from __future__ import annotations

from dataclasses import dataclass, field

from backend.domain.conversation.effects import (
    CancelReply,
    CommitTurn,
    Effect,
    PublishLatency,
    ReplyKind,
    StartReply,
)
from backend.domain.conversation.events import PlayoutStarted, ReplyEnded
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.latency import TurnLatency


@dataclass(slots=True)
class HeardReply:
    """One reply as the caller sees it. ``audible_at`` is the sample of the caller's line where it began
    to be played, None until then; ``question`` is the caller's words that an answer answers: those that it
    was begun for, then those of the turn that it follows."""

    id: int
    kind: ReplyKind
    question: str
    audible_at: int | None = None
    is_open: bool = True
    latency: TurnLatency | None = None
    head_start_ms: float = 0.0


@dataclass(slots=True)
class CallStory:
    """The call so far."""

    replies: dict[int, HeardReply] = field(default_factory=dict)
    turns: list[ConversationTurn] = field(default_factory=list)
    entries: list[TimelineEntry] = field(default_factory=list)

    @property
    def is_agents_turn(self) -> bool:
        """Whether a reply is being prepared or played."""
        return any(reply.is_open for reply in self.replies.values())

    def take(self, entry: TimelineEntry, stretch_start: int | None) -> None:
        """Add the next entry; ``stretch_start`` is where the loudspeaker last began to play."""
        self.entries.append(entry)
        event = entry.event
        if isinstance(event, PlayoutStarted) and (reply := self.replies.get(event.reply_id)) is not None:
            if reply.audible_at is None:
                reply.audible_at = stretch_start
            self._take_question(reply, entry)
        elif isinstance(event, ReplyEnded):
            self._close(event.reply_id)
        for effect in entry.effects:
            self._order(effect)

    def _take_question(self, reply: HeardReply, entry: TimelineEntry) -> None:
        """A draft was begun before the final transcript: the turn has the words as they were understood."""
        for effect in entry.effects:
            if isinstance(effect, CommitTurn) and effect.turn.role is Role.CALLER and reply.question:
                reply.question = effect.turn.content

    def _order(self, effect: Effect) -> None:
        match effect:
            case StartReply():
                question = effect.text if effect.kind is ReplyKind.ANSWER else ""
                self.replies[effect.reply_id] = HeardReply(effect.reply_id, effect.kind, question)
            case CancelReply():
                self._close(effect.reply_id)
            case PublishLatency():
                if (reply := self.replies.get(effect.reply_id)) is not None:
                    reply.latency, reply.head_start_ms = effect.latency, effect.head_start_ms
            case CommitTurn():
                self.turns.append(effect.turn)
            case _:
                pass  # the rest is for the server's own hands

    def _close(self, reply_id: int) -> None:
        if (reply := self.replies.get(reply_id)) is not None:
            reply.is_open = False
