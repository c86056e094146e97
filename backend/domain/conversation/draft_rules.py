"""Drafts: answers that are begun before it is certain that the caller's turn is over.

A draft is a ``Reply`` that no rule about the current reply can mistake for it, because it is kept apart. It
follows from the state: it is there only while the caller pauses after just the words that it answers, and
whatever ends that withdraws it, in the same step. So it is either released, by the endpoint, or withdrawn,
once; and of one that was withdrawn nothing has been heard, stored, counted or done.
"""

from __future__ import annotations

from backend.domain.conversation.endpointing import Pause
from backend.domain.conversation.events import (
    ClauseGenerated,
    EndCallRequested,
    FirstAudioReceived,
    FirstTokenReceived,
    HoldRequested,
    ReplyEvent,
    ReplyFailed,
    TransferRequested,
)
from backend.domain.conversation.reply_rules import progressed
from backend.domain.conversation.state import Pausing, Phase, State
from backend.domain.conversation.transition import Transition
from backend.domain.conversation.words import words
from backend.domain.errors import UnexpectedEventError
from backend.domain.value_objects.instant import Instant, later
from backend.domain.value_objects.policies import Policy


def draft_at(state: State, pause: Pause, policy: Policy) -> Instant | None:
    """Return when to begin a draft, or None: there is nothing to answer yet, it sounds unfinished, there have
    been enough of them, or it is not known yet how much was heard of the reply that the caller has cut."""
    speculation = policy.speculation
    if not speculation.enabled or state.drafts >= speculation.max_drafts:
        return None
    if state.phase is not Phase.ACTIVE or state.reply is not None or state.draft is not None or state.cuts:
        return None
    if state.defers_answers or state.written:
        return None
    if pause.completeness < policy.endpointing.finished_above or not words(state.pending.text):
        return None
    return later(pause.since, speculation.after_ms)


def withdraw_unless_warranted(step: Transition) -> None:
    """Withdraw the draft if the state does not warrant it any more."""
    if step.state.draft is not None and not _is_warranted(step.state):
        step.withdraw_draft()


def _is_warranted(state: State) -> bool:
    return (
        state.draft is not None
        and state.phase is Phase.ACTIVE
        and isinstance(state.caller, Pausing)
        and state.reply is None
        and state.stalled_at is None
        and not state.defers_answers
        and not state.written
        and words(state.pending.text) == words(state.draft.text)
        and state.language == state.draft.language
    )


def draft_event(step: Transition, event: ReplyEvent) -> None:
    """Take an event of the draft. Raises ``UnexpectedEventError`` if it says that the draft was heard."""
    draft = step.state.draft
    assert draft is not None
    match event:
        case (
            FirstTokenReceived()
            | ClauseGenerated()
            | FirstAudioReceived()
            | EndCallRequested()
            | TransferRequested()
            | HoldRequested()
        ):
            step.change(draft=progressed(draft, event))
        case ReplyFailed():
            step.withdraw_draft()
            # Another one would fail as well: the endpoint starts an ordinary answer, whose failure counts.
            step.change(drafts=step.policy.speculation.max_drafts)
        case _:
            raise UnexpectedEventError(f"{event.type} of a draft")
