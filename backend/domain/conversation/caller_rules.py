"""What follows from what the caller says.

The caller's voice silences the agent at once (``hold``); only words decide whether the reply is cut
or goes on.
"""

from __future__ import annotations

from dataclasses import replace

from backend.domain.conversation.barge_in import takes_the_floor
from backend.domain.conversation.effects import FinalizeTranscript, ReplyKind
from backend.domain.conversation.endpointing import (
    GOES_ON_WITHIN_MS,
    MAX_PATIENCE_MS,
    PATIENCE_MS,
    ends_sentence,
)
from backend.domain.conversation.events import (
    FinalTranscript,
    MediaResumed,
    MediaStalled,
    PartialTranscript,
    SpeechStarted,
    SpeechStopped,
    TranscriptSettled,
)
from backend.domain.conversation.keyed import is_keys_text, is_tone
from backend.domain.conversation.state import UNINTERRUPTIBLE, Pausing, Phase, Silent, Speaking, State
from backend.domain.conversation.transition import Transition
from backend.domain.conversation.words import words
from backend.domain.entities.call import EndCause
from backend.domain.errors import UnexpectedEventError
from backend.domain.value_objects.instant import Instant, elapsed_ms
from backend.domain.value_objects.policies import Policy

# --- voice ----------------------------------------------------------------------------------------


def speech_started(step: Transition, event: SpeechStarted) -> None:
    """The caller makes a sound: be silent, and find out whether it takes the floor."""
    if isinstance(step.state.caller, Speaking):
        raise UnexpectedEventError("speech started twice")
    pending = step.state.pending
    if pending.started_at is None:
        pending = replace(pending, started_at=event.since)
    step.change(caller=Speaking(event.since), utterance=step.state.utterance + 1, pending=pending)
    if is_interruptible(step.state, step.policy):
        if step.policy.barge_in.min_words == 0:
            interrupt(step)
        else:
            step.hold()


def speech_stopped(step: Transition, event: SpeechStopped) -> None:
    """The caller pauses. After a turn that was ended because it never paused, this is no news."""
    if isinstance(step.state.caller, Speaking):
        pause(step, event.since, event.voiced_ms)


def pause(step: Transition, since: Instant, voiced_ms: float) -> None:
    """The caller's utterance is over at ``since``, for now: ask for its final words."""
    step.change(caller=Pausing(since, voiced_ms), pending=replace(step.state.pending, ended_at=since))
    step.effects.append(FinalizeTranscript(step.state.utterance))


# --- words ----------------------------------------------------------------------------------------


def partial_transcript(step: Transition, event: PartialTranscript) -> None:
    """Words of the current utterance, so far."""
    step.change(is_deaf=step.state.is_deaf and not words(event.text))
    if _is_answered(step.state) or _is_being_answered(step.state) or _is_tone(step, event.text):
        return
    step.change(pending=replace(step.state.pending, partial=event.text))
    _yield_floor(step)


def final_transcript(step: Transition, event: FinalTranscript) -> None:
    """Words that stay."""
    text = event.text.strip()
    step.change(is_deaf=step.state.is_deaf and not words(text))
    if not text or _is_answered(step.state) or _is_tone(step, text):
        return
    if event.language:
        step.change(language="" if event.language == step.policy.language else event.language)
    if _is_being_answered(step.state):
        _revise(step, text)
        return
    reply, pending = step.state.reply, step.state.pending
    if reply is not None and reply.is_guess:
        step.change_reply(finals_before=reply.finals_before + 1, is_guess=False)
    step.change(
        pending=replace(pending, finals=(*pending.finals, text), partial=""),
        punctuates=step.state.punctuates or ends_sentence(text),
    )
    _yield_floor(step)
    if isinstance(step.state.caller, Silent) and step.state.reply is None:
        # The voice detector missed the words, or the transcript came after the endpoint.
        since = pending.ended_at if pending.ended_at is not None else step.at
        step.change(caller=Pausing(since, 0.0), pending=replace(step.state.pending, ended_at=since))


def transcript_settled(step: Transition, event: TranscriptSettled) -> None:
    """The recogniser is done with an utterance: the endpoint no longer waits for it."""
    if event.utterance > step.state.utterance:
        raise UnexpectedEventError("settled an utterance that has not been spoken")
    if event.utterance > step.state.settled:
        _settle(step, event.utterance)


def transcription_failed(step: Transition) -> None:
    """Nothing more will be recognised of what was said; do not wait for it. Of an utterance that goes on,
    the rest may be recognised yet."""
    step.change(is_deaf=True)
    goes_on = isinstance(step.state.caller, Speaking)
    _settle(step, step.state.utterance - 1 if goes_on else step.state.utterance)


def _settle(step: Transition, utterance: int) -> None:
    """A partial that is left now stays; what comes next does not replace it."""
    reply, pending = step.state.reply, step.state.pending
    if reply is not None and reply.is_guess:
        step.change_reply(finals_before=reply.finals_before + 1, is_guess=False)
    step.change(settled=max(step.state.settled, utterance), pending=pending.settled())


def _is_tone(step: Transition, text: str) -> bool:
    """Whether these words are the sound of a key: only keys were given, and these are hardly any."""
    state = step.state
    only_keys = all(is_keys_text(each) for each in (*state.pending.finals, *state.written))
    return only_keys and is_tone(text, keyed_at=state.keyed_at, at=step.at)


def _is_answered(state: State) -> bool:
    """Whether what the recogniser says now belongs to a turn that has been committed."""
    return state.settled < state.answered


def _is_being_answered(state: State) -> bool:
    """Whether what the recogniser says now belongs to the turn that the current reply answers."""
    reply = state.reply
    return reply is not None and reply.kind is ReplyKind.ANSWER and state.settled < reply.utterance


def _revise(step: Transition, text: str) -> None:
    """The final transcript came after the reply was started from a guess and before it was heard: if
    the words are others, or of another language, withdraw the reply and answer these."""
    reply, pending = step.state.reply, step.state.pending
    assert reply is not None
    kept = reply.finals_before
    finals = (*pending.finals[:kept], text, *pending.finals[kept:])
    pending = replace(pending, finals=finals, partial="" if reply.is_guess else pending.partial)
    step.change(pending=pending)
    step.change_reply(finals_before=kept + 1, is_guess=False)
    assert step.state.reply is not None
    is_the_same = words(pending.before(step.state.reply).text) == words(reply.text)
    if is_the_same and step.state.language == reply.language:
        return
    step.cut()
    if isinstance(step.state.caller, Silent):
        decision = replace(reply.decision, decided=step.at) if reply.decision is not None else None
        step.start_reply(ReplyKind.ANSWER, pending.text, decision=decision)


# --- the floor ------------------------------------------------------------------------------------


def is_interruptible(state: State, policy: Policy) -> bool:
    """Whether the caller's voice may take the floor from the current reply."""
    return policy.barge_in.enabled and may_be_cut(state)


def may_be_cut(state: State) -> bool:
    """Whether the current reply is one that the caller may cut short at all. Keys are pressed to the end, as
    nobody could tell which of them were taken. A last goodbye may be cut only if it was said because nobody
    seemed to be there."""
    if state.reply is None or state.reply.kind in UNINTERRUPTIBLE or state.reply.is_pressing_keys:
        return False
    return state.phase is Phase.ACTIVE or (state.phase is Phase.CLOSING and state.end_cause is EndCause.IDLE)


def interrupt(step: Transition) -> None:
    """The caller takes the floor."""
    _learn_patience(step)
    step.take_floor()


def _learn_patience(step: Transition) -> None:
    """Who goes on right after the endpoint had not finished: wait longer for them from now on."""
    reply = step.state.reply
    if reply is None or reply.decision is None:
        return
    went_on_at = reply.held_at if reply.held_at is not None else step.at
    if elapsed_ms(reply.decision.decided, went_on_at) <= GOES_ON_WITHIN_MS:
        step.change(patience_ms=min(step.state.patience_ms + PATIENCE_MS, MAX_PATIENCE_MS))


def _yield_floor(step: Transition) -> None:
    reply = step.state.reply
    if reply is None or not is_interruptible(step.state, step.policy):
        return
    if takes_the_floor(step.state.pending.since(reply).text, step.policy.barge_in):
        interrupt(step)


# --- the line -------------------------------------------------------------------------------------


def media_stalled(step: Transition, event: MediaStalled) -> None:
    """A stalled line is not a silent caller: nothing is decided from silence until audio is back."""
    if step.state.stalled_at is None:
        step.change(stalled_at=event.at)


def media_resumed(step: Transition, event: MediaResumed) -> None:
    """The waits go on where they were."""
    stalled_at = step.state.stalled_at
    if stalled_at is None:
        return
    caller = step.state.caller
    if isinstance(caller, Pausing):
        caller = replace(caller, since=_after_stall(caller.since, stalled_at, event.at))
    quiet_since = _after_stall(step.state.quiet_since, stalled_at, event.at)
    step.change(stalled_at=None, caller=caller, quiet_since=quiet_since)


def _after_stall(since: Instant, stalled_at: Instant, resumed_at: Instant) -> Instant:
    """Return the beginning of a wait as if the part of the stall that fell into it had not been."""
    return Instant(since + resumed_at - max(since, stalled_at))
