"""A referee for calls: sees every event and effect, and knows what must never happen.

It keeps its own, much simpler, idea of each reply (a text that grows, what was reported heard of it, how it
ended, whether it is a draft that nobody may hear) and of the caller's words, and fails the moment the
machine's orders contradict it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from backend.domain.conversation.effects import (
    CancelReply,
    CommitTurn,
    Effect,
    FinalizeTranscript,
    FlushPlayout,
    HangUp,
    HoldPlayout,
    PlayFiller,
    PublishLatency,
    ReleaseReply,
    ReplyKind,
    ResumePlayout,
    StartReply,
    TransferCall,
)
from backend.domain.conversation.events import (
    ClauseGenerated,
    EndCallRequested,
    Event,
    FillerQueued,
    FinalTranscript,
    Heard,
    KeyPressed,
    PartialTranscript,
    PlayoutFlushed,
    PlayoutStarted,
    ReplyEnded,
    ReplyFailed,
    SpeechStarted,
    TextTyped,
    TransferRequested,
)
from backend.domain.conversation.state import UNINTERRUPTIBLE
from backend.domain.conversation.words import words
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.instant import CALL_START, Instant

_BY_CALLER = (SpeechStarted, PartialTranscript, FinalTranscript, TextTyped, KeyPressed)


@dataclass(slots=True)
class Performance:
    """One reply as the runner knows it."""

    kind: ReplyKind
    text: str
    is_draft: bool = False
    is_withdrawn: bool = False
    wants_to_end_call: bool = False
    wants_to_transfer: bool = False
    filler: str = ""
    clauses: str = ""
    may_have_been_heard: set[str] = field(default_factory=set)
    was_audible: bool = False
    is_held: bool = False
    is_cut: bool = False
    has_ended: bool = False
    has_failed: bool = False
    is_committed: bool = False

    @property
    def generated(self) -> str:
        return self.filler + self.clauses

    @property
    def is_live(self) -> bool:
        return not (self.is_cut or self.has_ended or self.is_withdrawn)


class Referee:
    """Watch one call."""

    def __init__(self) -> None:
        self.replies: dict[int, Performance] = {}
        self.turns: list[ConversationTurn] = []
        self.hang_ups = 0
        self.transfers = 0
        self.is_transferring = False
        self.final_words: Counter[str] = Counter()

    @property
    def current_id(self) -> int | None:
        """The reply that may be heard now."""
        return self._only(is_draft=False)

    @property
    def draft_id(self) -> int | None:
        """The draft that may become the reply."""
        return self._only(is_draft=True)

    def _only(self, *, is_draft: bool) -> int | None:
        live = [n for n, reply in self.replies.items() if reply.is_live and reply.is_draft is is_draft]
        assert len(live) <= 1, "two at once"
        return live[0] if live else None

    def committed_words(self, role: Role) -> Counter[str]:
        """How often each word is in that party's turns."""
        return Counter(word for turn in self.turns if turn.role is role for word in words(turn.heard))

    def watch(self, event: Event, effects: tuple[Effect, ...]) -> None:
        """Take the next step of the call."""
        assert not (self.hang_ups and effects), "something was ordered after the call's end"
        self._note(event)
        for effect in effects:
            assert not self.hang_ups, "hanging up was not the last order"
            self._judge(effect, event)
        for flush, cancel in pairwise(effects):
            if isinstance(flush, FlushPlayout):
                assert cancel == CancelReply(flush.reply_id), "silence first, and then stop the work"

    def _note(self, event: Event) -> None:
        match event:
            case ClauseGenerated() if self.replies[event.reply_id].is_live:
                self.replies[event.reply_id].clauses += event.text
            case FillerQueued() if self.replies[event.reply_id].is_live:
                self.replies[event.reply_id].filler = event.text
            case Heard() if self.replies[event.reply_id].is_live:
                self.replies[event.reply_id].may_have_been_heard.add(event.text)
            case FinalTranscript() | TextTyped():
                self.final_words.update(words(event.text))
            case PlayoutFlushed():
                self.replies[event.reply_id].may_have_been_heard.add(event.heard)
            case PlayoutStarted() if self.replies[event.reply_id].is_live:
                self.replies[event.reply_id].was_audible = True
            case ReplyFailed() if self.replies[event.reply_id].is_live:
                self.replies[event.reply_id].has_failed = True
            case ReplyEnded() if self.replies[event.reply_id].is_live:
                self.replies[event.reply_id].has_ended = True
            case EndCallRequested() if self.replies[event.reply_id].is_live:
                self.replies[event.reply_id].wants_to_end_call = True
            case TransferRequested() if self.replies[event.reply_id].is_live:
                self.replies[event.reply_id].wants_to_transfer = True
            case _:
                pass

    def _judge(self, effect: Effect, event: Event) -> None:  # noqa: PLR0912 - one for each kind
        match effect:
            case StartReply():
                assert self.current_id is None, "a reply was started on top of another"
                assert self.draft_id is None, "a reply was started although there was a draft"
                assert effect.reply_id == len(self.replies) + 1
                self._judge_time_of(effect.kind)
                self.replies[effect.reply_id] = Performance(effect.kind, effect.text, effect.speculative)
            case ReleaseReply():
                assert self.current_id is None, "a draft was released on top of a reply"
                draft = self._live(effect.reply_id)
                assert draft.is_draft, "released twice"
                draft.is_draft = False
            case HoldPlayout():
                reply = self._live(effect.reply_id)
                assert not reply.is_held
                reply.is_held = True
            case ResumePlayout():
                reply = self._live(effect.reply_id)
                assert reply.is_held
                reply.is_held = False
            case FlushPlayout():
                # A reply that failed may have said all that it had: it is cut although it has ended.
                reply = self.replies[effect.reply_id]
                assert not reply.is_draft, "silenced what nobody heard"
                assert not reply.is_cut, "cut twice"
                if reply.kind in UNINTERRUPTIBLE:
                    assert not isinstance(event, _BY_CALLER), "the caller cut what has to be heard"
                reply.is_cut = True
            case CancelReply() if self.replies[effect.reply_id].is_draft:
                self._live(effect.reply_id).is_withdrawn = True
            case CancelReply():
                assert self.replies[effect.reply_id].is_cut
            case PlayFiller() | PublishLatency():
                assert not self._live(effect.reply_id).is_draft, "a draft was heard"
            case CommitTurn():
                self._judge_turn(effect.turn, event.at)
            case HangUp():
                assert self.current_id is None, "hung up on a reply"
                assert self.draft_id is None, "hung up on a draft"
                if effect.cause is EndCause.AGENT_HUNG_UP:
                    assert any(
                        reply.wants_to_end_call and not reply.is_withdrawn for reply in self.replies.values()
                    ), "a discarded reply ended the call"
                self.hang_ups += 1
            case TransferCall():
                assert self.current_id is None, "put through while the agent spoke"
                self.transfers += 1
                assert self.transfers <= self._wishes_for_transfer, "nobody wanted that transfer"
                self.is_transferring = True
            case FinalizeTranscript():
                pass

    @property
    def _wishes_for_transfer(self) -> int:
        return sum(
            reply.kind is ReplyKind.TRANSFERRING
            or (reply.wants_to_transfer and reply.has_ended and not reply.has_failed)
            for reply in self.replies.values()
        )

    def _judge_time_of(self, kind: ReplyKind) -> None:
        """Whether it is time for a reply of that kind."""
        if self.is_transferring:
            assert kind in {ReplyKind.TRANSFER_FAILED, ReplyKind.GOODBYE}, "spoke during a transfer"
            self.is_transferring = False
        notices = [reply for reply in self.replies.values() if reply.kind is ReplyKind.ANNOUNCEMENT]
        if notices and not any(notice.is_committed and not notice.has_failed for notice in notices):
            unannounced = {ReplyKind.ANSWER, ReplyKind.FIRST_MESSAGE}
            assert kind not in unannounced, "talked before the announcement"

    def _live(self, reply_id: int) -> Performance:
        reply = self.replies[reply_id]
        assert reply.is_live, "a retired reply was heard of again"
        return reply

    def _judge_turn(self, turn: ConversationTurn, at: Instant) -> None:
        assert turn.number == len(self.turns) + 1
        assert CALL_START <= turn.started_at <= turn.ended_at <= at
        if self.turns:
            assert turn.started_at >= self.turns[-1].started_at, "turns are not in the order they began"
        self.turns.append(turn)
        if turn.reply_id is None:
            assert turn.role is Role.CALLER
            assert turn.heard == turn.content != ""
            return
        reply = self.replies[turn.reply_id]
        assert not reply.is_draft, "a draft was heard"
        assert not reply.is_withdrawn, "a draft that was withdrawn was heard"
        assert turn.role is Role.AGENT
        assert not reply.is_live, "committed before it was over"
        assert not reply.is_committed, "committed twice"
        reply.is_committed = True
        assert turn.content == reply.generated
        if turn.interrupted:
            assert turn.heard in reply.may_have_been_heard, "nobody reported this to be heard"
        else:
            assert not reply.has_failed, "what failed was not said to its end"
            assert turn.heard == reply.generated
        if reply.kind is ReplyKind.ANSWER:
            asked = Counter(words(reply.text)) & self.final_words  # a guess may have been revised
            assert not asked - self.committed_words(Role.CALLER), "the answer stands before its question"
        if turn.latency is not None:
            assert reply.kind is ReplyKind.ANSWER
