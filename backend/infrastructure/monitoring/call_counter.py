"""One call's timeline, read to the metrics."""

from __future__ import annotations

from backend.domain.conversation.effects import (
    CancelReply,
    CommitTurn,
    FlushPlayout,
    HangUp,
    PublishLatency,
    ReleaseReply,
    ReplyKind,
    StartReply,
)
from backend.domain.conversation.events import (
    DeadlineReached,
    EngineFailed,
    FinalTranscript,
    KeyPressed,
    PartialTranscript,
    ReplyFailed,
    SpeechStarted,
    TextTyped,
)
from backend.domain.entities.call import Call
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.value_objects.conversation_turn import ConversationTurn
from backend.infrastructure.monitoring.metrics import CallMetrics


class CallCounter:
    """Counts one call, from its making on: a call that has a counter is live until ``end``."""

    def __init__(self, metrics: CallMetrics, call: Call) -> None:
        self._metrics = metrics
        self._call = call
        self._has_ended = False
        self._cut_by_caller: set[int] = set()
        self._draft: int | None = None
        metrics.count_start()

    def observe(self, entry: TimelineEntry) -> None:
        """Count what ``entry`` says. To be called once for each entry, in order."""
        match entry.event:
            case ReplyFailed(code=code, reply_id=reply_id) if reply_id != self._draft:
                self._metrics.count_failure(code)
            case EngineFailed(port=port, engine=engine, code=code, successor=successor):
                self._metrics.count_engine_failure(port, engine, code, successor)
            case _:
                pass
        for effect in entry.effects:
            match effect:
                case FlushPlayout(reply_id) if _is_by_caller(entry):
                    self._cut_by_caller.add(reply_id)
                case CommitTurn(turn):
                    self._count_turn(turn)
                case PublishLatency(latency=latency):
                    self._metrics.observe_latency(latency)
                case StartReply(reply_id=reply_id, speculative=True):
                    self._draft = reply_id
                case StartReply(kind=kind):
                    self._metrics.count_reply(kind)
                case ReleaseReply():
                    self._end_draft(was_released=True)
                    self._metrics.count_reply(ReplyKind.ANSWER)
                case CancelReply(reply_id) if reply_id == self._draft:
                    self._end_draft(was_released=False)
                case _:
                    pass

    def end(self, call: Call | None = None) -> None:
        """Count the end; ``call`` knows how it ended, None if nobody does. Idempotent."""
        if not self._has_ended:
            self._has_ended = True
            self._metrics.count_end(call or self._call)

    def _end_draft(self, *, was_released: bool) -> None:
        self._draft = None
        self._metrics.count_draft(was_released=was_released)

    def _count_turn(self, turn: ConversationTurn) -> None:
        # A turn that was cut is committed when it is known what was heard, some steps after the cut.
        is_barge_in = turn.interrupted and turn.reply_id in self._cut_by_caller
        if turn.reply_id is not None:
            self._cut_by_caller.discard(turn.reply_id)
        self._metrics.count_turn(turn, is_barge_in=is_barge_in)


def _is_by_caller(entry: TimelineEntry) -> bool:
    """Whether it was the caller who cut the reply, and not the end of the call or a new reply."""
    if isinstance(entry.event, SpeechStarted | PartialTranscript | FinalTranscript | TextTyped | KeyPressed):
        return True
    return isinstance(entry.event, DeadlineReached) and not any(
        isinstance(effect, StartReply | HangUp) for effect in entry.effects
    )
