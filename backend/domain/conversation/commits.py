"""What was said becomes turns: the part of a ``Transition`` that writes them down.

A turn is committed once and for good: the caller's when its answer becomes audible, the agent's when it is
known how much of it was heard.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from backend.domain.conversation.effects import CommitTurn, Effect, PublishLatency
from backend.domain.conversation.keyed import keys_text
from backend.domain.conversation.state import Cut, Pausing, Pending, Reply, Speaking, State
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.instant import Instant, elapsed_ms
from backend.domain.value_objects.latency import TurnLatency, turn_latency
from backend.domain.value_objects.policies import Policy


@dataclass(slots=True)
class Commits:
    """One step: what was, what changed, what is ordered; and the moves that commit turns."""

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

    # --- the agent's turn -------------------------------------------------------------------------

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
        self.change(agent_turns=self.state.agent_turns + 1)
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
        """Nobody will answer any more: commit all that the caller said, wrote and keyed."""
        pending, written = self.state.pending.settled(), self.state.written
        if self.state.keys:
            written = (*written, keys_text(self.state.keys))
        self._commit_caller(replace(pending, finals=(*pending.finals, *written)))
        self.change(pending=Pending(), written=(), keys="")

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
