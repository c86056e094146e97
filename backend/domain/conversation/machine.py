"""The conversation machine: events in, effects out, no sockets, no clock, no chance.

``step`` is a pure function, as h11's and wsproto's state machines are: the same state and event always
give the same result, so a call can be replayed from its timeline, and time comes in as data (``at`` on
each event; ``next_deadline`` says when the machine wants to hear of it again).

The rules are grouped by who acts: ``caller_rules`` (voice), ``written_rules`` (words and keys),
``telephone_rules``, ``reply_rules``, ``draft_rules``, ``deadlines``. Three
things hold whatever happens: at most one reply plays; a reply that was cut or withdrawn is never heard of
again (its late events are dropped here, by id); every call that begins ends with exactly one ``HangUp``.
"""

from __future__ import annotations

from typing import get_args

from backend.domain.conversation import caller_rules, telephone_rules, written_rules
from backend.domain.conversation.deadlines import deadline_reached
from backend.domain.conversation.draft_rules import draft_event, withdraw_unless_warranted
from backend.domain.conversation.effects import Effect, ReplyKind
from backend.domain.conversation.events import (
    AnswererDetected,
    CallerLeft,
    CallStarted,
    DeadlineReached,
    EngineFailed,
    Event,
    FinalTranscript,
    HangUpRequested,
    KeyPressed,
    MediaResumed,
    MediaStalled,
    PartialTranscript,
    PlayoutFlushed,
    ReplyEvent,
    SpeechStarted,
    SpeechStopped,
    TextTyped,
    TranscriptionFailed,
    TranscriptSettled,
    TransferFailed,
)
from backend.domain.conversation.opening_rules import open_conversation
from backend.domain.conversation.reply_rules import reply_event
from backend.domain.conversation.state import Phase, State
from backend.domain.conversation.transition import Transition
from backend.domain.errors import UnexpectedEventError
from backend.domain.value_objects.policies import Policy

_REPLY_EVENTS = get_args(ReplyEvent)


def step(state: State, event: Event, policy: Policy) -> tuple[State, tuple[Effect, ...]]:
    """Return the state after ``event`` and what is to be done, in order.

    Raises ``UnexpectedEventError``, and has changed nothing, when ``event`` cannot happen in ``state``.
    """
    if state.phase is Phase.ENDED or _is_stale(state, event):
        return state, ()
    transition = Transition(state, policy, event.at)
    if state.phase is Phase.WAITING:
        _begin(transition, event)
    elif state.phase is Phase.LEAVING:
        _leave(transition, event)
    else:
        _converse(transition, event)
    withdraw_unless_warranted(transition)
    return transition.state, tuple(transition.effects)


def _is_stale(state: State, event: Event) -> bool:
    """Whether ``event`` comes from a reply that has been retired."""
    if not isinstance(event, _REPLY_EVENTS):
        return False
    reply_id: int = event.reply_id
    if reply_id > state.replies:
        raise UnexpectedEventError(f"reply {reply_id} was never started")
    if isinstance(event, PlayoutFlushed):
        return all(cut.reply.id != reply_id for cut in state.cuts)
    return all(reply is None or reply.id != reply_id for reply in (state.reply, state.draft))


def _begin(transition: Transition, event: Event) -> None:
    match event:
        case CallStarted():
            transition.change(phase=Phase.ACTIVE, started_at=event.at, quiet_since=event.at)
            open_conversation(transition)
        case CallerLeft() | HangUpRequested():
            transition.leave(event.cause)
        case _:
            raise UnexpectedEventError(f"{event.type} before the call started")


def _leave(transition: Transition, event: Event) -> None:
    """The call is over; only what was heard is still of interest."""
    match event:
        case PlayoutFlushed():
            reply_event(transition, event)
        case DeadlineReached():
            deadline_reached(transition)
        case _:
            pass


def _converse(transition: Transition, event: Event) -> None:  # noqa: PLR0912 - one line for each kind
    match event:
        case SpeechStarted():
            caller_rules.speech_started(transition, event)
        case SpeechStopped():
            caller_rules.speech_stopped(transition, event)
        case PartialTranscript():
            caller_rules.partial_transcript(transition, event)
        case FinalTranscript():
            caller_rules.final_transcript(transition, event)
        case TranscriptSettled():
            caller_rules.transcript_settled(transition, event)
        case TranscriptionFailed():
            caller_rules.transcription_failed(transition)
        case MediaStalled():
            caller_rules.media_stalled(transition, event)
        case MediaResumed():
            caller_rules.media_resumed(transition, event)
        case TextTyped():
            written_rules.text_typed(transition, event)
        case KeyPressed():
            written_rules.key_pressed(transition, event)
        case AnswererDetected():
            telephone_rules.answerer_detected(transition, event)
        case TransferFailed():
            telephone_rules.transfer_failed(transition, event)
        case CallerLeft():
            transition.leave(event.cause)
        case HangUpRequested():
            _hang_up_requested(transition, event)
        case DeadlineReached():
            deadline_reached(transition)
        case EngineFailed():
            pass  # what follows from it is told by the engine's port; this is for whoever reads the timeline
        case CallStarted():
            raise UnexpectedEventError("the call started twice")
        case _ if transition.state.draft is not None and event.reply_id == transition.state.draft.id:
            draft_event(transition, event)
        case _:
            reply_event(transition, event)


def _hang_up_requested(transition: Transition, event: HangUpRequested) -> None:
    if transition.state.phase is Phase.ACTIVE:
        transition.close(event.cause, ReplyKind.GOODBYE, transition.phrases.goodbye)
