"""What follows from how a reply gets on.

``step`` has dropped events of retired replies before they come here: the reply spoken of is the current one.
"""

from __future__ import annotations

from dataclasses import replace

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
from backend.domain.conversation.reply_end_rules import replace_failed, reply_ended, reply_failed
from backend.domain.conversation.state import Phase, Reply, Transfer
from backend.domain.conversation.transition import Transition
from backend.domain.errors import UnexpectedEventError

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
            reply_ended(step)
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
        replace_failed(step)


def _playout_flushed(step: Transition, event: PlayoutFlushed) -> None:
    """Cuts are settled in their order, so that the turns are in theirs."""
    is_settled = False
    while not is_settled:
        cut = step.state.cuts[0]
        is_settled = cut.reply.id == event.reply_id
        step.settle(cut, event.heard if is_settled else cut.reply.heard)
    if step.state.phase is Phase.LEAVING:
        step.finish_leaving()
