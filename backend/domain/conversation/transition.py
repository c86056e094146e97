"""The moves that the rules of the conversation are made of.

A ``Transition`` is one step being taken: the state so far and the effects ordered so far. It lives inside
one call of ``step`` and is never seen outside; what ``step`` returns is frozen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from backend.domain.conversation.commits import Commits
from backend.domain.conversation.effects import (
    CancelReply,
    FlushPlayout,
    HangUp,
    HoldPlayout,
    ReleaseReply,
    ReplyKind,
    ResumePlayout,
    StartReply,
    TransferCall,
)
from backend.domain.conversation.state import (
    NO_ANSWERS,
    Cut,
    Decision,
    Phase,
    Reply,
    Silent,
    Speaking,
    Transfer,
    Transferring,
)
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.instant import Instant
from backend.domain.value_objects.policies import Phrases


@dataclass(slots=True)
class Transition(Commits):
    """One step, and all the moves there are."""

    @property
    def phrases(self) -> Phrases:
        """What the machine itself has the agent say, in the caller's language if it can."""
        return self.policy.phrases_in(self.state.language)

    # --- replies ----------------------------------------------------------------------------------

    def start_reply(
        self,
        kind: ReplyKind,
        text: str,
        *,
        decision: Decision | None = None,
        transfer: Transfer | None = None,
    ) -> None:
        """Begin a reply; there must be none. What is pending is the turn that it follows, but what the
        caller is still saying is not part of that; and kinds that are no answer to anything follow none."""
        reply = replace(self._new_reply(kind, text), decision=decision, transfer=transfer)
        self.effects.append(StartReply(reply.id, kind, text, language=reply.language))
        if kind in NO_ANSWERS:
            assert self.state.reply is None
            self.change(reply=replace(reply, utterance=self.state.answered, silent_since=self.at))
        else:
            self._take_turn(reply)

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

    def take_floor(self) -> None:
        """The caller has the floor; a goodbye that was not meant for them is none."""
        self.cut()
        self.change(phase=Phase.ACTIVE, end_cause=None, closing_since=None)

    # --- words that nobody said -------------------------------------------------------------------

    def add_words(self, texts: Iterable[str], *, ended_at: Instant) -> None:
        """Add what the caller wrote or keyed to what is pending. They stand behind the words that were
        said, or, while more of these may come, before them: never among them."""
        pending, reply = self.state.pending, self.state.reply
        place = len(pending.finals)
        if pending.partial or self.state.settled < self.state.utterance:
            place = 0 if reply is None else reply.finals_before
        self.change(
            pending=replace(
                pending,
                finals=(*pending.finals[:place], *texts, *pending.finals[place:]),
                started_at=ended_at if pending.started_at is None else pending.started_at,
                ended_at=ended_at if pending.ended_at is None else max(pending.ended_at, ended_at),
            )
        )

    # --- somebody else ----------------------------------------------------------------------------

    def put_through(self, transfer: Transfer) -> None:
        """Have the caller put through; until that has failed, nobody answers them."""
        self.effects.append(TransferCall(transfer.destination, transfer.summary))
        self.change(standby=Transferring(self.at))

    def announce_transfer(self, transfer: Transfer) -> None:
        """Say that the caller is put through, and then do so."""
        self.start_reply(ReplyKind.TRANSFERRING, self.phrases.transferring, transfer=transfer)

    def escalate(self) -> bool:
        """Let somebody else help the caller, if there is anybody who has not been tried; return whether."""
        if not self.policy.destinations or self.state.has_escalated:
            return False
        self.change(has_escalated=True)
        self.announce_transfer(Transfer(self.policy.destinations[0], ""))
        return True

    # --- the end ----------------------------------------------------------------------------------

    def close(self, cause: EndCause, kind: ReplyKind, text: str) -> None:
        """Say one last thing, then hang up."""
        self.cut()
        self.change(phase=Phase.CLOSING, end_cause=cause, closing_since=self.at, standby=None)
        self.start_reply(kind, text)

    def apologise(self) -> None:
        """Say sorry with a recorded clip. If everything fails again and again, let somebody else help, or
        say goodbye with a clip."""
        phrases = self.phrases
        if self.state.failures < self.policy.silence.max_failures:
            self.start_reply(ReplyKind.APOLOGY, phrases.apology)
        elif not self.escalate():
            self.close(EndCause.ENGINES_FAILED, ReplyKind.FAREWELL, phrases.farewell)

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
