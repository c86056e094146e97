"""The moves that the rules of the conversation are made of.

A ``Transition`` is one step being taken: the state so far and the effects ordered so far. It lives inside
one call of ``step`` and is never seen outside; what ``step`` returns is frozen.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from backend.domain.conversation.effects import (
    CancelReply,
    CommitTurn,
    Effect,
    FlushPlayout,
    HangUp,
    HoldPlayout,
    PublishLatency,
    ReleaseReply,
    ReplyKind,
    ResumePlayout,
    StartReply,
)
from backend.domain.conversation.state import (
    Cut,
    Decision,
    Pausing,
    Pending,
    Phase,
    Reply,
    Silent,
    Speaking,
    State,
)
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.instant import Instant, elapsed_ms
from backend.domain.value_objects.latency import TurnLatency, turn_latency
from backend.domain.value_objects.policies import Phrases, Policy


@dataclass(slots=True)
class Transition:
    """One step: what was, what changed, what is ordered."""

    state: State
    policy: Policy
    at: Instant
    effects: list[Effect] = field(default_factory=list)

    def change(self, **changes: Any) -> None:
        """Replace fields of the state."""
        self.state = replace(self.state, **changes)

    def change_reply(self, **changes: Any) -> None:
        """Replace fields of the current reply."""
        self.state = self.state.with_reply(**changes)

    @property
    def phrases(self) -> Phrases:
        """What the machine itself has the agent say, in the caller's language if it can."""
        return self.policy.phrases_in(self.state.language)

    # --- replies ----------------------------------------------------------------------------------

    def start_reply(self, kind: ReplyKind, text: str, *, decision: Decision | None = None) -> None:
        """Begin a reply; there must be none. What is pending is the turn that it follows, but what the
        caller is still saying is not part of that."""
        reply = self._new_reply(kind, text)
        self.effects.append(StartReply(reply.id, kind, text, language=reply.language))
        self._take_turn(replace(reply, decision=decision))

    def start_draft(self) -> None:
        """Begin to answer what is pending, out of hearing, although the caller's turn may go on."""
        assert self.state.reply is None
        assert self.state.draft is None
        draft = self._new_reply(ReplyKind.ANSWER, self.state.pending.text)
        self.change(draft=draft, drafts=self.state.drafts + 1)
        self.effects.append(
            StartReply(draft.id, draft.kind, draft.text, speculative=True, language=draft.language)
        )

    def release_draft(self, decision: Decision) -> None:
        """The caller's turn is over, and the draft answers it: it is the reply from now on."""
        draft = self.state.draft
        assert draft is not None
        self.change(draft=None)
        self.effects.append(ReleaseReply(draft.id))
        self._take_turn(replace(draft, decision=decision))

    def withdraw_draft(self) -> None:
        """Stop the draft, which leaves no trace."""
        draft = self.state.draft
        assert draft is not None
        self.change(draft=None)
        # Nobody hears it, so that it need not be silenced first; but it goes before whatever takes its place.
        self.effects.insert(0, CancelReply(draft.id))

    def _new_reply(self, kind: ReplyKind, text: str) -> Reply:
        number = self.state.replies + 1
        self.change(replies=number)
        return Reply(
            id=number,
            kind=kind,
            text=text,
            started_at=self.at,
            utterance=0,
            finals_before=0,
            language=self.state.language,
        )

    def _take_turn(self, reply: Reply) -> None:
        """It is ``reply``'s turn now, and it follows what is pending now."""
        assert self.state.reply is None
        pending, utterance, is_guess = self.state.pending, self.state.utterance, False
        if not isinstance(self.state.caller, Silent):
            utterance -= 1
        elif self.state.settled < utterance:
            is_guess = bool(pending.partial)
        else:
            pending = pending.settled()
        reply = replace(
            reply,
            utterance=utterance,
            finals_before=len(pending.finals),
            is_guess=is_guess,
            silent_since=self.at,
        )
        self.change(reply=reply, drafts=0, pending=pending)

    def hold(self) -> None:
        """Silence the current reply until we know whether the caller interrupts."""
        if self.state.reply is not None and not self.state.reply.is_held:
            self.change_reply(held_at=self.at)
            self.effects.append(HoldPlayout(self.state.reply.id))

    def resume(self) -> None:
        """The caller did not interrupt: what was said into the reply is an aside; go on."""
        reply = self.state.reply
        if reply is None or not reply.is_held:
            return
        aside = self.state.pending.since(reply)
        self.change(pending=self.state.pending.before(reply))
        self.change_reply(held_at=None, silent_since=self.at, aside=aside if aside.text else None)
        self.effects.append(ResumePlayout(reply.id))

    def cut(self) -> None:
        """Silence first, then stop the work, then (when it is known) commit what was heard."""
        reply = self.state.reply
        if reply is None:
            return
        self.effects += [FlushPlayout(reply.id), CancelReply(reply.id)]
        self.change(reply=None, cuts=(*self.state.cuts, Cut(reply, self.at)), quiet_since=self.at)

    def settle(self, cut: Cut, heard: str) -> None:
        """Commit what was heard of a cut reply; what was never heard never happened."""
        self.change(cuts=tuple(other for other in self.state.cuts if other.reply.id != cut.reply.id))
        if not cut.reply.generated.startswith(heard):
            heard = cut.reply.heard
        if heard:
            if not cut.reply.was_audible:  # the cut was faster than the news of the first sound
                self._commit_turn_before(cut.reply)
            self._commit_reply(replace(cut.reply, heard=heard), ended_at=cut.at, interrupted=True)

    def settle_all(self) -> None:
        """Commit all cut replies with what is known to have been heard."""
        while self.state.cuts:
            oldest = self.state.cuts[0]
            self.settle(oldest, oldest.reply.heard)

    def retire_heard_reply(self) -> Reply:
        """The current reply was heard to its end: commit it, and return it."""
        reply = self.state.reply
        assert reply is not None
        self.change(reply=None, quiet_since=self.at)
        if reply.was_audible:
            self._commit_reply(replace(reply, heard=reply.generated), ended_at=self.at, interrupted=False)
        return reply

    def _commit_reply(self, reply: Reply, *, ended_at: Instant, interrupted: bool) -> None:
        started_at = reply.audible_at if reply.audible_at is not None else ended_at
        self._commit(
            Role.AGENT,
            content=reply.generated,
            heard=reply.heard,
            started_at=started_at,
            ended_at=ended_at,
            interrupted=interrupted,
            reply_id=reply.id,
            latency=latency_of(reply),
        )

    def publish_latency(self) -> None:
        """Tell how long the caller waited for the current reply, if it answers a turn."""
        reply = self.state.reply
        if reply is not None and (latency := latency_of(reply)) is not None:
            assert reply.decision is not None
            head_start_ms = max(0.0, elapsed_ms(reply.started_at, reply.decision.decided))
            self.effects.append(PublishLatency(reply.id, latency, head_start_ms))

    # --- the caller's turn ------------------------------------------------------------------------

    def commit_caller(self) -> None:
        """The current reply is heard: the turn that it follows is over for good. What was said into the
        reply begins the next one."""
        reply = self.state.reply
        assert reply is not None
        self._commit_turn_before(reply)

    def _commit_turn_before(self, reply: Reply) -> None:
        turn, rest = self.state.pending.before(reply), self.state.pending.since(reply)
        self._commit_caller(turn)
        caller, current = self.state.caller, self.state.reply
        if isinstance(caller, Speaking):
            rest = replace(rest, started_at=caller.since, ended_at=None)
        elif isinstance(caller, Pausing):
            rest = replace(rest, ended_at=caller.since)
        self.change(
            pending=rest,
            answered=max(self.state.answered, reply.utterance),
            reply=None if current is None else current.without_turn_of(reply),
            cuts=tuple(replace(cut, reply=cut.reply.without_turn_of(reply)) for cut in self.state.cuts),
        )

    def commit_rest(self) -> None:
        """Nobody will answer any more: commit all that the caller said."""
        self._commit_caller(self.state.pending)
        self.change(pending=Pending())

    def _commit_caller(self, turn: Pending) -> None:
        if not turn.text:
            return
        ended_at = turn.ended_at if turn.ended_at is not None else self.at
        started_at = turn.started_at if turn.started_at is not None else ended_at
        self._commit(
            Role.CALLER,
            content=turn.text,
            heard=turn.text,
            started_at=started_at,
            ended_at=ended_at,
        )

    def _commit(self, role: Role, *, started_at: Instant, ended_at: Instant, **fields: Any) -> None:
        """Turns are in the order they began. Where that is not known exactly (a voice is noticed late,
        words without a voice have no beginning), the order is that in which we noticed."""
        number = self.state.turns + 1
        started_at = max(min(started_at, ended_at), self.state.turn_started_at)
        ended_at = max(started_at, ended_at)
        self.change(turns=number, turn_started_at=started_at)
        turn = ConversationTurn(number=number, role=role, started_at=started_at, ended_at=ended_at, **fields)
        self.effects.append(CommitTurn(turn))

    # --- the end ----------------------------------------------------------------------------------

    def close(self, cause: EndCause, kind: ReplyKind, text: str) -> None:
        """Say one last thing, then hang up."""
        self.cut()
        self.change(phase=Phase.CLOSING, end_cause=cause, closing_since=self.at)
        self.start_reply(kind, text)

    def apologise(self) -> None:
        """Say sorry with a recorded clip, or goodbye with one if everything fails again and again."""
        phrases = self.phrases
        if self.state.failures >= self.policy.silence.max_failures:
            self.close(EndCause.ENGINES_FAILED, ReplyKind.FAREWELL, phrases.farewell)
        else:
            self.start_reply(ReplyKind.APOLOGY, phrases.apology)

    def leave(self, cause: EndCause) -> None:
        """End the call as soon as it is known what was heard."""
        self.cut()
        if isinstance(self.state.caller, Speaking):
            self.change(pending=replace(self.state.pending, ended_at=self.at))
        self.change(phase=Phase.LEAVING, end_cause=cause, closing_since=self.at, caller=Silent())
        self.finish_leaving()

    def finish_leaving(self, *, at_once: bool = False) -> None:
        """Hang up, unless we still wait to learn what was heard."""
        if at_once:
            self.settle_all()
        if self.state.cuts:
            return
        self.commit_rest()
        self.effects.append(HangUp(self.state.end_cause or EndCause.INTERNAL_ERROR))
        self.change(phase=Phase.ENDED)


def latency_of(reply: Reply) -> TurnLatency | None:
    """Return the latency of an answer that was heard, None for any other reply."""
    if reply.decision is None or reply.audible_at is None:
        return None
    return turn_latency(
        speech_ended=reply.decision.speech_ended,
        entitled_until=reply.decision.entitled_until,
        decided=reply.decision.decided,
        first_token=reply.first_token_at,
        first_clause=reply.first_clause_at,
        first_audio=reply.first_audio_at,
        audible=reply.audible_at,
    )
