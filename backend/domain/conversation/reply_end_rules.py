"""What follows from a reply's end: what it has asked for is done, what was said into it is answered, and what
failed is made up for."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from backend.domain.conversation.caller_rules import is_interruptible
from backend.domain.conversation.effects import ReplyKind
from backend.domain.conversation.endpointing import PATIENCE_LOST_MS
from backend.domain.conversation.opening_rules import announcement_heard
from backend.domain.conversation.state import Phase, Reply, Silent
from backend.domain.conversation.telephone_rules import take_back
from backend.domain.conversation.transition import Transition
from backend.domain.conversation.turn_rules import answer_pending
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.instant import elapsed_ms, later

# How long before the end of a question its answer may come. The hold itself takes about a second of that.
EARLY_ANSWER_MS: Final = 3_000


def reply_ended(step: Transition) -> None:
    """The current reply was heard to its end, or it had none to be heard."""
    current = step.state.reply
    assert current is not None
    if current.has_failed:
        replace_failed(step)
        return
    is_silent_act = current.asks_for_something and not current.was_audible
    if is_silent_act and isinstance(step.state.caller, Silent):
        step.commit_caller()  # what it does is the answer
    reply = step.retire_heard_reply()
    if step.state.phase is Phase.CLOSING:
        step.leave(step.state.end_cause or EndCause.AGENT_HUNG_UP)
    elif reply.kind is ReplyKind.VOICEMAIL:
        step.leave(EndCause.ANSWERING_MACHINE)
    elif reply.transfer is not None and (reply.was_audible or reply.kind is ReplyKind.TRANSFERRING):
        step.put_through(reply.transfer)
    elif is_silent_act:
        _act_silently(step, reply)
    elif reply.ends_call:
        _end_call(step, reply)
    elif not reply.was_audible:
        step.change(failures=step.state.failures + 1)  # an empty answer is a failed one
        _apologise(step, reply)
    else:
        _heard_out(step, reply)


def _heard_out(step: Transition, reply: Reply) -> None:
    if reply.kind is not ReplyKind.APOLOGY:
        step.change(failures=0)
    if reply.kind is ReplyKind.ANSWER:
        step.change(patience_ms=max(0, step.state.patience_ms - PATIENCE_LOST_MS))
    if reply.kind is ReplyKind.ANNOUNCEMENT:
        announcement_heard(step)
    if reply.was_refused:
        take_back(step)
        return
    if reply.grants_hold:
        _grant_hold(step)
    if isinstance(step.state.caller, Silent):
        _go_on(step, reply)


def _act_silently(step: Transition, reply: Reply) -> None:
    """Do what the model wants without a word of its own; but not while the caller, who has heard nothing of
    it, says more: that is answered first."""
    if not isinstance(step.state.caller, Silent):
        return
    if reply.transfer is not None:
        step.announce_transfer(reply.transfer)
    elif reply.was_refused:
        take_back(step)
    else:
        _grant_hold(step)
        _go_on(step, reply)


def _grant_hold(step: Transition) -> None:
    """The caller has asked for a moment."""
    step.change(hold_until=later(step.at, step.policy.silence.hold_ms))


def _go_on(step: Transition, reply: Reply) -> None:
    """Answer what was said into the reply: what had to wait for its end, or a "yes" that came before the
    question was over. If there is nothing, say what is still to be said first."""
    pending = step.state.pending
    if not pending.text and _answers_early(step, reply):
        assert reply.aside is not None
        pending = replace(reply.aside, started_at=reply.aside.ended_at)
        step.change(pending=pending)
    if pending.text or step.state.opening:
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


# --- failures -------------------------------------------------------------------------------------


def reply_failed(step: Transition) -> None:
    """The current reply cannot go on. What is playing may end; if nothing is, apologise at once."""
    reply = step.state.reply
    assert reply is not None
    step.change(failures=step.state.failures + 1)
    if reply.silent_since is None:
        step.change_reply(has_failed=True)
    else:
        replace_failed(step)


def replace_failed(step: Transition) -> None:
    """Nothing more is heard of the failed current reply. It is cut, because what was heard of it may be
    less than what was generated. Machines are not apologised to, and who is put through need not be told."""
    reply = step.state.reply
    assert reply is not None
    step.cut()
    if step.state.phase is Phase.CLOSING:
        step.leave(step.state.end_cause or EndCause.ENGINES_FAILED)
    elif reply.kind is ReplyKind.VOICEMAIL:
        step.leave(EndCause.ANSWERING_MACHINE)
    elif reply.kind is ReplyKind.TRANSFERRING and reply.transfer is not None:
        step.put_through(reply.transfer)
    else:
        _apologise(step, reply)


def _apologise(step: Transition, failed: Reply) -> None:
    """Say sorry instead of the failed reply. An apology that failed is not said again: if everything fails
    again and again, somebody else helps, or the call ends."""
    if failed.kind is not ReplyKind.APOLOGY:
        step.apologise()
        if not isinstance(step.state.caller, Silent) and is_interruptible(step.state, step.policy):
            step.hold()  # not over the caller's voice
    elif step.state.failures >= step.policy.silence.max_failures and not step.escalate():
        step.leave(EndCause.ENGINES_FAILED)
