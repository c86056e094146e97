"""Small ways to put the conversation machine where a test wants it.

``Talk`` says what the caller, the engines and the line do.
Its methods take milliseconds of the call; without a time they mean now.
"""

from __future__ import annotations

from backend.domain.conversation.effects import Effect, ReplyKind
from backend.domain.conversation.events import (
    AnswererDetected,
    CallerLeft,
    ClauseGenerated,
    EndCallRequested,
    FillerQueued,
    FinalTranscript,
    FirstAudioReceived,
    FirstTokenReceived,
    HangUpRequested,
    Heard,
    HoldRequested,
    KeyPressed,
    MediaResumed,
    MediaStalled,
    PartialTranscript,
    PlayoutDrained,
    PlayoutFlushed,
    PlayoutStarted,
    ReplyEnded,
    ReplyFailed,
    SpeechStarted,
    SpeechStopped,
    TextTyped,
    TranscriptionFailed,
    TranscriptSettled,
    TransferFailed,
    TransferRequested,
)
from backend.domain.conversation.state import Phase, Reply, State
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.answerer import Answerer
from backend.domain.value_objects.instant import ms
from backend.domain.value_objects.policies import Policy
from tests.unit.conversation.policies import POLICY, WORKSHOP
from tests.unit.conversation.runner import Runner


def agent_speaking(reply_id: int = 1, text: str = "We open at nine and close at five.") -> State:
    """The caller hears the agent's answer, and says nothing."""
    reply = Reply(
        id=reply_id,
        kind=ReplyKind.ANSWER,
        text="when do you open",
        started_at=ms(1_500),
        utterance=1,
        finals_before=0,
        clauses=text,
        audible_at=ms(2_000),
        silent_since=None,
    )
    return State(
        phase=Phase.ACTIVE, reply=reply, utterance=1, settled=1, answered=1, replies=reply_id, turns=1
    )


class Talk(Runner):
    """A call in which everybody does what they are told."""

    # --- the caller -------------------------------------------------------------------------------

    def speaks(self, at: float | None = None) -> tuple[Effect, ...]:
        """The caller's voice is there."""
        return self.send(SpeechStarted(self._at(at), since=self._at(at)))

    def stops(self, at: float | None = None, voiced_ms: float = 800) -> tuple[Effect, ...]:
        """The caller's voice is gone."""
        return self.send(SpeechStopped(self._at(at), since=self._at(at), voiced_ms=voiced_ms))

    def partial(self, text: str, at: float | None = None) -> tuple[Effect, ...]:
        """The recogniser guesses."""
        return self.send(PartialTranscript(self._at(at), text))

    def final(self, text: str, at: float | None = None) -> tuple[Effect, ...]:
        """The recogniser is sure."""
        return self.send(FinalTranscript(self._at(at), text))

    def settled(self, at: float | None = None, utterance: int | None = None) -> tuple[Effect, ...]:
        """The recogniser is done (with the latest utterance)."""
        number = self.state.utterance if utterance is None else utterance
        return self.send(TranscriptSettled(self._at(at), number))

    def says(self, text: str, start: float, end: float) -> None:
        """One utterance, recognised the moment it ends."""
        self.speaks(start)
        self.stops(end, voiced_ms=end - start)
        self.final(text)
        self.settled()

    def recogniser_fails(self, at: float | None = None) -> tuple[Effect, ...]:
        """The recogniser is gone."""
        return self.send(TranscriptionFailed(self._at(at), "stt-lost"))

    def line_stalls(self, at: float | None = None) -> tuple[Effect, ...]:
        """No audio arrives."""
        return self.send(MediaStalled(self._at(at)))

    def line_resumes(self, at: float | None = None) -> tuple[Effect, ...]:
        """Audio arrives again."""
        return self.send(MediaResumed(self._at(at)))

    def types(self, text: str, at: float | None = None) -> tuple[Effect, ...]:
        """The caller writes."""
        return self.send(TextTyped(self._at(at), text))

    def presses(self, keys: str, at: float | None = None) -> tuple[Effect, ...]:
        """The caller presses keys, all at once; return what the last one orders."""
        effects: tuple[Effect, ...] = ()
        for key in keys:
            effects = self.send(KeyPressed(self._at(at), key))
        return effects

    def answered_by(
        self, answerer: Answerer, at: float | None = None, *, greeting_is_over: bool = False
    ) -> tuple[Effect, ...]:
        """The carrier finds out who took the call."""
        return self.send(AnswererDetected(self._at(at), answerer, greeting_is_over))

    def transfer_fails(self, at: float | None = None, reply_id: int = 0) -> tuple[Effect, ...]:
        """Nobody could take the caller."""
        return self.send(TransferFailed(self._at(at), "no-answer", reply_id))

    def leaves(self, at: float | None = None) -> tuple[Effect, ...]:
        """The caller hangs up."""
        return self.send(CallerLeft(self._at(at), EndCause.CALLER_HUNG_UP))

    # --- the reply started last, unless another is named ------------------------------------------

    def token(self, at: float | None = None) -> tuple[Effect, ...]:
        """The model begins to answer."""
        return self.send(FirstTokenReceived(self._at(at), self.reply_id))

    def clause(self, text: str, at: float | None = None) -> tuple[Effect, ...]:
        """The model has written something that can be spoken."""
        return self.send(ClauseGenerated(self._at(at), self.reply_id, text))

    def filler(self, at: float | None = None) -> tuple[Effect, ...]:
        """The filler is in the playout buffer."""
        return self.send(FillerQueued(self._at(at), self.reply_id, self.policy.phrases.filler))

    def audio(self, at: float | None = None) -> tuple[Effect, ...]:
        """Speech synthesis delivers."""
        return self.send(FirstAudioReceived(self._at(at), self.reply_id))

    def audible(self, at: float | None = None) -> tuple[Effect, ...]:
        """The caller begins to hear the reply."""
        return self.send(PlayoutStarted(self._at(at), self.reply_id, audible_at=self._at(at)))

    def heard(self, text: str, at: float | None = None) -> tuple[Effect, ...]:
        """The caller has heard ``text``."""
        return self.send(Heard(self._at(at), self.reply_id, text))

    def drained(self, at: float | None = None) -> tuple[Effect, ...]:
        """Nothing is left to be heard, and more is to come."""
        return self.send(PlayoutDrained(self._at(at), self.reply_id))

    def flushed(self, heard: str, at: float | None = None, reply_id: int | None = None) -> tuple[Effect, ...]:
        """The cut reply's end: this much was heard of it."""
        number = self.reply_id if reply_id is None else reply_id
        return self.send(PlayoutFlushed(self._at(at), number, heard))

    def ended(self, at: float | None = None) -> tuple[Effect, ...]:
        """The reply was heard to its end."""
        return self.send(ReplyEnded(self._at(at), self.reply_id))

    def fails(self, at: float | None = None) -> tuple[Effect, ...]:
        """The reply cannot go on."""
        return self.send(ReplyFailed(self._at(at), self.reply_id, "llm-timeout"))

    def wants_to_end_call(self, at: float | None = None) -> tuple[Effect, ...]:
        """The model calls the tool that ends the call."""
        return self.send(EndCallRequested(self._at(at), self.reply_id))

    def wants_to_transfer(self, at: float | None = None, summary: str = "") -> tuple[Effect, ...]:
        """The model calls the tool that puts the caller through."""
        return self.send(TransferRequested(self._at(at), self.reply_id, WORKSHOP.name, summary))

    def wants_to_wait(self, at: float | None = None) -> tuple[Effect, ...]:
        """The model calls the tool that gives the caller a moment."""
        return self.send(HoldRequested(self._at(at), self.reply_id))

    def agent_says(self, text: str, at: float) -> None:
        """The whole way from token to ear, in no time."""
        self.token(at)
        self.clause(text)
        self.audio()
        self.audible()

    # --- others -----------------------------------------------------------------------------------

    def hang_up(self, cause: EndCause = EndCause.REQUESTED, at: float | None = None) -> tuple[Effect, ...]:
        """Someone else wants the call to end."""
        return self.send(HangUpRequested(self._at(at), cause))


def asked(text: str = "When do you open?", policy: Policy = POLICY) -> Talk:
    """A call in which the caller asked something from 1.0 to 2.0 s; the agent has thought since 2.48 s."""
    talk = Talk(policy)
    talk.says(text, 1_000, 2_000)
    talk.wait(2_480)
    return talk


def answering(reply: str = "We open at nine. We close at five.", policy: Policy = POLICY) -> Talk:
    """… and the caller has heard the answer begin at 3 s."""
    talk = asked(policy=policy)
    talk.agent_says(reply, at=3_000)
    return talk
