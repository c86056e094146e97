"""When the caller's turn is over, and what is done then: pending words become a reply."""

from __future__ import annotations

from backend.domain.conversation.effects import ReplyKind
from backend.domain.conversation.endpointing import Pause, completeness, entitled_until
from backend.domain.conversation.opening_rules import go_on_opening
from backend.domain.conversation.state import Decision, Pausing, Pending, Silent, State
from backend.domain.conversation.transition import Transition
from backend.domain.conversation.words import words
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.policies import Policy


def current_pause(state: State, policy: Policy) -> Pause | None:
    """Return the pause whose endpoint is to be decided, if there is one."""
    if not isinstance(state.caller, Pausing):
        return None
    pending, draft = state.pending, state.draft
    is_final = state.settled >= state.utterance
    is_bare = state.punctuates and is_final and not pending.partial
    return Pause(
        since=state.caller.since,
        voiced_ms=state.caller.voiced_ms,
        completeness=completeness(pending.text, policy.endpointing, is_bare=is_bare),
        transcript_is_final=is_final,
        answerable_at=state.caller.since if draft is None else draft.first_audio_at,
        # A reply that is held over an aside has been interrupted for long enough.
        patience_ms=state.patience_ms if state.reply is None else 0,
    )


def endpoint(step: Transition) -> None:
    """The caller's turn is over: go on with the reply they did not interrupt, or answer."""
    pause = current_pause(step.state, step.policy)
    assert pause is not None
    step.change(caller=Silent())
    step.resume()
    written = step.state.written
    if written:
        step.change(written=())
        step.add_words(written, ended_at=pause.since)
    if step.state.reply is not None:
        return  # words said into a reply that cannot be interrupted wait for its end
    entitled = entitled_until(pause, step.policy.endpointing)
    decision = Decision(pause.since, entitled, step.at)
    if step.state.draft is None:
        answer_pending(step, decision, voiced_ms=pause.voiced_ms, is_sure=bool(written))
    else:
        _begin_answer(step)
        step.release_draft(decision)


def answer_pending(
    step: Transition, decision: Decision | None, *, voiced_ms: float = 0.0, is_sure: bool = False
) -> None:
    """Answer what the caller said, if it is time for that; ask again if there was a voice but no words. If
    nobody could have heard them, that is our trouble, and the caller is told so. ``is_sure``: these are
    words, whatever they look like."""
    if step.state.standby is not None or step.state.keys:
        return
    if ReplyKind.ANNOUNCEMENT in step.state.opening:
        go_on_opening(step)
        return
    text = step.state.pending.text
    if words(text) or is_sure:
        _begin_answer(step)
        step.start_reply(ReplyKind.ANSWER, text, decision=decision)
        return
    step.change(pending=Pending(), quiet_since=step.at)
    if step.state.opening:
        go_on_opening(step)
    elif voiced_ms < step.policy.silence.reprompt_after_voiced_ms:
        return
    elif step.state.is_deaf:
        step.change(failures=step.state.failures + 1)
        step.apologise()
    else:
        prompt(step, ReplyKind.REPROMPT, step.phrases.reprompt)


def _begin_answer(step: Transition) -> None:
    """The caller is there, and has said what they want: neither prompts nor a greeting are of use."""
    step.change(prompts=0, opening=(), hold_until=None)


def prompt(step: Transition, kind: ReplyKind, text: str) -> None:
    """Ask the caller to speak (again); after enough of that in vain, say goodbye."""
    if step.state.prompts >= step.policy.silence.max_idle_prompts:
        step.close(EndCause.IDLE, ReplyKind.GOODBYE, step.phrases.goodbye)
        return
    step.change(prompts=step.state.prompts + 1)
    step.start_reply(kind, text)
