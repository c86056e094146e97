"""What follows from how a reply gets on.

``step`` has dropped events of retired replies before they come here: the reply spoken of is the current one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from backend.domain.conversation.caller_rules import answer_pending, is_interruptible
from backend.domain.conversation.effects import ReplyKind
from backend.domain.conversation.endpointing import PATIENCE_LOST_MS
from backend.domain.conversation.events import (
    ClauseGenerated,
    EndCallRequested,
    FillerQueued,
    FirstAudioReceived,
    FirstTokenReceived,
    Heard,
    HoldRequested,
    PlayoutDrained,
    PlayoutFlushed,
    PlayoutStarted,
    ReplyEnded,
    ReplyEvent,
    ReplyFailed,
    TransferRequested,
)
from backend.domain.conversation.state import Phase, Reply, Silent, Transfer
from backend.domain.conversation.transition import Transition
from backend.domain.entities.call import EndCause
from backend.domain.errors import UnexpectedEventError
from backend.domain.value_objects.instant import elapsed_ms

# How long before the end of a question its answer may come. The hold itself takes about a second of that.
EARLY_ANSWER_MS: Final = 3_000

Progress = (
    FirstTokenReceived
    | ClauseGenerated
    | FirstAudioReceived
    | EndCallRequested
    | TransferRequested
    | HoldRequested
)


def reply_event(step: Transition, event: ReplyEvent) -> None:
    """Take an event of the current reply (or, for ``PlayoutFlushed``, of one that was cut)."""
    reply = step.state.reply
    match event:
        case (
            FirstTokenReceived()
            | ClauseGenerated()
            | FirstAudioReceived()
            | EndCallRequested()
            | TransferRequested()
            | HoldRequested()
        ):
            assert reply is not None
            step.change(reply=progressed(reply, event))
        case FillerQueued():
            step.change_reply(filler=event.text)
        case PlayoutStarted():
            _playout_started(step, event)
        case Heard():
            _heard(step, event)
        case PlayoutDrained():
            _playout_drained(step, event)
        case PlayoutFlushed():
            _playout_flushed(step, event)
        case ReplyEnded():
            _reply_ended(step)
        case ReplyFailed():
            reply_failed(step)


def progressed(reply: Reply, event: Progress) -> Reply:
    """Return ``reply`` after its engines have got that far; it need not be heard for that."""
    match event:
        case FirstTokenReceived():
            return replace(reply, first_token_at=event.at)
        case ClauseGenerated():
            first = event.at if reply.first_clause_at is None else reply.first_clause_at
            return replace(reply, clauses=reply.clauses + event.text, first_clause_at=first)
        case FirstAudioReceived():
            return replace(reply, first_audio_at=event.at)
        case EndCallRequested():
            return replace(reply, ends_call=True)
        case TransferRequested():
            return replace(reply, transfer=Transfer(event.destination, event.summary))
        case HoldRequested():
            return replace(reply, grants_hold=True)


def _playout_started(step: Transition, event: PlayoutStarted) -> None:
    """From the first audible sample on, the turn that the reply answers can no longer grow."""
    reply = step.state.reply
    assert reply is not None
    is_first = not reply.was_audible
    if is_first:
        step.settle_all()  # what came before in time comes before in the transcript
        step.commit_caller()
        step.change_reply(audible_at=event.audible_at)
    step.change_reply(silent_since=None)
    if is_first:
        step.publish_latency()


def _heard(step: Transition, event: Heard) -> None:
    reply = step.state.reply
    assert reply is not None
    if not reply.generated.startswith(event.text):
        raise UnexpectedEventError("heard something that was not generated")
    if len(event.text) > len(reply.heard):
        step.change_reply(heard=event.text)


def _playout_drained(step: Transition, event: PlayoutDrained) -> None:
    reply = step.state.reply
    assert reply is not None
    step.change_reply(silent_since=event.at)
    if reply.has_failed:
        _replace_failed(step)


def _playout_flushed(step: Transition, event: PlayoutFlushed) -> None:
    """Cuts are settled in their order, so that the turns are in theirs."""
    is_settled = False
    while not is_settled:
        cut = step.state.cuts[0]
        is_settled = cut.reply.id == event.reply_id
        step.settle(cut, event.heard if is_settled else cut.reply.heard)
    if step.state.phase is Phase.LEAVING:
        step.finish_leaving()


def _reply_ended(step: Transition) -> None:
    if step.state.reply is not None and step.state.reply.has_failed:
        _replace_failed(step)
        return
    reply = step.retire_heard_reply()
    if step.state.phase is Phase.CLOSING:
        step.leave(step.state.end_cause or EndCause.AGENT_HUNG_UP)
    elif reply.ends_call:
        _end_call(step, reply)
    elif not reply.was_audible:
        step.change(failures=step.state.failures + 1)  # an empty answer is a failed one
        _apologise(step, reply)
    else:
        if reply.kind is not ReplyKind.APOLOGY:
            step.change(failures=0)
        if reply.kind is ReplyKind.ANSWER:
            step.change(patience_ms=max(0, step.state.patience_ms - PATIENCE_LOST_MS))
        if isinstance(step.state.caller, Silent):
            _go_on(step, reply)


def _go_on(step: Transition, reply: Reply) -> None:
    """Answer what was said into the reply: what had to wait for its end, or a "yes" that came before the
    question was over."""
    pending = step.state.pending
    if not pending.text and _answers_early(step, reply):
        assert reply.aside is not None
        pending = replace(reply.aside, started_at=reply.aside.ended_at)
        step.change(pending=pending)
    if pending.text:
        answer_pending(step, None)


def _answers_early(step: Transition, reply: Reply) -> bool:
    """Whether the aside was an answer to the question that ends the reply. Otherwise it is what it seemed
    to be, and long ago it is nothing at all."""
    aside = reply.aside
    if aside is None or aside.ended_at is None or not reply.generated.rstrip().endswith("?"):
        return False
    return elapsed_ms(aside.ended_at, step.at) <= EARLY_ANSWER_MS


def _end_call(step: Transition, reply: Reply) -> None:
    """The agent ends the call, but not without a goodbye that was heard, and not while the caller, who
    has heard nothing of it, says more: that is answered first."""
    if reply.was_audible:
        step.leave(EndCause.AGENT_HUNG_UP)
    elif isinstance(step.state.caller, Silent):
        step.close(EndCause.AGENT_HUNG_UP, ReplyKind.GOODBYE, step.phrases.goodbye)


def reply_failed(step: Transition) -> None:
    """The current reply cannot go on. What is playing may end; if nothing is, apologise at once."""
    reply = step.state.reply
    assert reply is not None
    step.change(failures=step.state.failures + 1)
    if reply.silent_since is None:
        step.change_reply(has_failed=True)
    else:
        _replace_failed(step)


def _replace_failed(step: Transition) -> None:
    """Nothing more is heard of the failed current reply. It is cut, because what was heard of it may be
    less than what was generated."""
    reply = step.state.reply
    assert reply is not None
    step.cut()
    if step.state.phase is Phase.CLOSING:
        step.leave(step.state.end_cause or EndCause.ENGINES_FAILED)
    else:
        _apologise(step, reply)


def _apologise(step: Transition, failed: Reply) -> None:
    """Say sorry instead of the failed reply. An apology that failed is not said again: if everything fails
    again and again, the call ends."""
    if failed.kind is not ReplyKind.APOLOGY:
        step.apologise()
        if not isinstance(step.state.caller, Silent) and is_interruptible(step.state, step.policy):
            step.hold()  # not over the caller's voice
    elif step.state.failures >= step.policy.silence.max_failures:
        step.leave(EndCause.ENGINES_FAILED)
