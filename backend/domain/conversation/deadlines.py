"""When the conversation wants to be woken, and what for.

Deadlines are derived from the state each time they are asked for. There is nothing to cancel, and none
can fire late: what no longer follows from the state is simply not among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto

from backend.domain.conversation.caller_rules import interrupt, pause
from backend.domain.conversation.draft_rules import draft_at
from backend.domain.conversation.effects import PlayFiller, ReplyKind
from backend.domain.conversation.endpointing import endpoint_at
from backend.domain.conversation.reply_end_rules import reply_failed
from backend.domain.conversation.state import Phase, Reply, Silent, Speaking, State, Transferring
from backend.domain.conversation.telephone_rules import GREETING_MS, leave_message, take_back
from backend.domain.conversation.transition import Transition
from backend.domain.conversation.turn_rules import answer_pending, current_pause, endpoint, prompt
from backend.domain.conversation.words import words
from backend.domain.conversation.written_rules import keys_complete
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.instant import Instant, later
from backend.domain.value_objects.policies import Policy


class Due(Enum):
    """What is to be done at a deadline; of two that fall together, the first named here goes first."""

    SETTLE_CUT = auto()
    GOODBYE_TOOK_TOO_LONG = auto()
    LEAVE_ANYWAY = auto()
    CALL_TOO_LONG = auto()
    TRANSFER_TOOK_TOO_LONG = auto()
    GREETING_TOOK_TOO_LONG = auto()
    KEYS = auto()
    SPECULATE = auto()
    ENDPOINT = auto()
    HELD_TOO_LONG = auto()
    UTTERANCE_TOO_LONG = auto()
    FILLER = auto()
    GIVE_UP = auto()
    IDLE = auto()


def next_deadline(state: State, policy: Policy) -> Instant | None:
    """Return when to send ``DeadlineReached`` if nothing else happens before, or None."""
    return min((at for at, _ in deadlines(state, policy)), default=None)


def deadline_reached(step: Transition) -> None:
    """Do the one thing that has been due longest. The next is due at once, if there are several."""
    due = [(at, kind.value, kind) for at, kind in deadlines(step.state, step.policy) if at <= step.at]
    if due:
        _act(step, min(due)[2])


def deadlines(state: State, policy: Policy) -> Iterator[tuple[Instant, Due]]:
    """Yield every deadline that follows from the state."""
    if state.phase in (Phase.WAITING, Phase.ENDED):
        return
    limits = policy.limits
    if state.phase is Phase.LEAVING:
        assert state.closing_since is not None
        yield later(state.closing_since, limits.settle_ms), Due.LEAVE_ANYWAY
        return
    for cut in state.cuts:
        yield later(cut.at, limits.settle_ms), Due.SETTLE_CUT
    if state.phase is Phase.CLOSING and state.closing_since is not None:
        yield later(state.closing_since, limits.goodbye_ms), Due.GOODBYE_TOOK_TOO_LONG
    else:
        yield later(state.started_at, limits.max_call_ms), Due.CALL_TOO_LONG
        if state.agent_turns >= limits.max_turns:
            yield state.turn_started_at, Due.CALL_TOO_LONG
    yield from _standby_deadlines(state, policy)
    yield from _caller_deadlines(state, policy)
    yield from _agent_deadlines(state, policy)


def _standby_deadlines(state: State, policy: Policy) -> Iterator[tuple[Instant, Due]]:
    if isinstance(state.standby, Transferring):
        yield later(state.standby.since, policy.limits.transfer_ms), Due.TRANSFER_TOOK_TOO_LONG
    elif state.standby is not None:
        yield later(state.standby.since, GREETING_MS), Due.GREETING_TOOK_TOO_LONG


def _caller_deadlines(state: State, policy: Policy) -> Iterator[tuple[Instant, Due]]:
    if state.keys and state.keyed_at is not None:
        yield later(state.keyed_at, policy.keypad.pause_ms), Due.KEYS
    if isinstance(state.caller, Speaking):
        yield later(state.caller.since, policy.endpointing.max_utterance_ms), Due.UTTERANCE_TOO_LONG
        if state.reply is not None and state.reply.held_at is not None:
            held_since = max(state.reply.held_at, state.caller.since)
            yield later(held_since, policy.barge_in.max_hold_ms), Due.HELD_TOO_LONG
    elif (paused := current_pause(state, policy)) is not None and state.stalled_at is None:
        yield endpoint_at(paused, policy.endpointing), Due.ENDPOINT
        if (speculate_at := draft_at(state, paused, policy)) is not None:
            yield speculate_at, Due.SPECULATE


def _agent_deadlines(state: State, policy: Policy) -> Iterator[tuple[Instant, Due]]:
    if not isinstance(state.caller, Silent):
        return
    reply, silence = state.reply, policy.silence
    if reply is None:
        if not state.cuts and state.stalled_at is None and state.standby is None and not state.keys:
            idle_at = later(state.quiet_since, silence.idle_prompt_after_ms)
            yield idle_at if state.hold_until is None else max(idle_at, state.hold_until), Due.IDLE
        return
    if reply.silent_since is None or reply.is_held:
        return
    if _may_have_filler(reply):
        yield later(reply.silent_since, silence.filler_after_ms), Due.FILLER
    yield later(reply.silent_since, silence.give_up_after_ms), Due.GIVE_UP


def _may_have_filler(reply: Reply) -> bool:
    return reply.kind is ReplyKind.ANSWER and not reply.was_audible and not reply.filler_ordered


def _act(step: Transition, due: Due) -> None:  # noqa: PLR0912 - one for each kind
    state, policy = step.state, step.policy
    match due:
        case Due.SETTLE_CUT:
            oldest = state.cuts[0]
            step.settle(oldest, oldest.reply.heard)
        case Due.GOODBYE_TOOK_TOO_LONG:
            step.leave(state.end_cause or EndCause.AGENT_HUNG_UP)
        case Due.LEAVE_ANYWAY:
            step.finish_leaving(at_once=True)
        case Due.CALL_TOO_LONG:
            step.close(EndCause.MAX_DURATION, ReplyKind.GOODBYE, step.phrases.goodbye)
        case Due.TRANSFER_TOOK_TOO_LONG:
            take_back(step)
        case Due.GREETING_TOOK_TOO_LONG:
            leave_message(step)
        case Due.KEYS:
            keys_complete(step)
        case Due.SPECULATE:
            step.start_draft()
        case Due.ENDPOINT:
            endpoint(step)
        case Due.HELD_TOO_LONG:
            interrupt(step)
        case Due.UTTERANCE_TOO_LONG:
            pause(step, step.at, float(policy.endpointing.max_utterance_ms))
        case Due.FILLER:
            assert state.reply is not None
            step.change_reply(filler_ordered=True)
            step.effects.append(PlayFiller(state.reply.id))
        case Due.GIVE_UP:
            reply_failed(step)
        case Due.IDLE:
            if words(state.pending.text) or state.opening:
                answer_pending(step, None)  # only the recogniser has noticed them, and never was sure
            else:
                prompt(step, ReplyKind.IDLE_PROMPT, step.phrases.idle_prompt)
