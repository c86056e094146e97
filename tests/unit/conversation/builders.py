"""Small ways to put the conversation machine where a test wants it.

``Talk`` plays the runner: it feeds events, wakes the machine at its deadlines and keeps what was ordered.
Its methods take milliseconds of the call; without a time they mean now.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from backend.domain.conversation.deadlines import next_deadline
from backend.domain.conversation.effects import CommitTurn, Effect, ReplyKind, StartReply
from backend.domain.conversation.events import (
    AnswererDetected,
    CallerLeft,
    CallStarted,
    ClauseGenerated,
    DeadlineReached,
    EndCallRequested,
    Event,
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
from backend.domain.conversation.machine import step
from backend.domain.conversation.manners import policy_for
from backend.domain.conversation.state import Phase, Reply, State
from backend.domain.entities.agent import Agent, LatencyOptions, TurnTaking
from backend.domain.entities.call import EndCause
from backend.domain.entities.telephone import Destination, Telephone
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.value_objects.answerer import Answerer
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.instant import Instant, ms
from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.domain.value_objects.policies import BargeIn, Endpointing, FirstSpeaker, Limits, Policy, Silence

AGENT = Agent(id="a" * 32, tenant="default", name="Ada", prompt="Be brief.")
WORKSHOP = Destination("Workshop", PhoneNumber("+15550100"))
_E = TypeVar("_E", bound=Effect)


def policy(
    first_message: str = "",
    *,
    language: Language = ENGLISH,
    first_speaker: FirstSpeaker = FirstSpeaker.AGENT,
    endpointing: Endpointing | None = None,
    barge_in: BargeIn | None = None,
    silence: Silence | None = None,
    limits: Limits | None = None,
    is_eager: bool = False,
    telephone: Telephone | None = None,
) -> Policy:
    """The policy of an agent that differs from the default only in what is given.

    Unless it ``is_eager``, it begins no answer early and grants the same pauses always. With a ``telephone``
    the line is one, and can put callers through.
    """
    manner = TurnTaking(
        first_speaker=first_speaker,
        endpointing=replace(endpointing or Endpointing(), adaptive=is_eager),
        barge_in=barge_in or BargeIn(),
        silence=silence or Silence(),
        limits=limits or Limits(),
    )
    return policy_for(
        replace(
            AGENT,
            first_message=first_message,
            language=language,
            turn_taking=manner,
            latency=LatencyOptions(speculative_replies=is_eager),
            telephone=telephone or Telephone(),
        ),
        on_telephone=telephone is not None,
        can_transfer=telephone is not None,
    )


POLICY = policy()
EAGER = policy(is_eager=True)
FIRST_SOUND_CUTS = policy(barge_in=BargeIn(min_words=0))
UNINTERRUPTIBLE = policy(barge_in=BargeIn(enabled=False))


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


class Talk:
    """A call that runs as fast as it is told."""

    def __init__(self, policy: Policy = POLICY) -> None:
        self.policy = policy
        self.state = State()
        self.now = ms(0)
        self.timeline: list[TimelineEntry] = []
        self.opening = self.send(CallStarted(self.now))

    # --- the runner -------------------------------------------------------------------------------

    def send(self, event: Event) -> tuple[Effect, ...]:
        """Run the deadlines before ``event``, then it; return the effects of ``event`` alone."""
        while (due := next_deadline(self.state, self.policy)) is not None and due < event.at:
            self._wake(due)
        return self._take(event)

    def wait(self, until: float) -> tuple[Effect, ...]:
        """Let time pass; return what the deadlines order."""
        effects: list[Effect] = []
        while (due := next_deadline(self.state, self.policy)) is not None and due <= ms(until):
            effects += self._wake(due)
        self.now = max(self.now, ms(until))
        return tuple(effects)

    def wait_for_end(self) -> tuple[Effect, ...]:
        """Let time pass until the call is over."""
        effects: list[Effect] = []
        while (due := next_deadline(self.state, self.policy)) is not None:
            effects += self._wake(due)
        assert self.state.ended
        return tuple(effects)

    def _wake(self, due: Instant) -> tuple[Effect, ...]:
        before, at = self.state, max(due, self.now)
        effects = self._take(DeadlineReached(at))
        assert self.state != before, "a deadline that makes no progress"
        return effects

    def _take(self, event: Event) -> tuple[Effect, ...]:
        self.state, effects = step(self.state, event, self.policy)
        self.now = max(self.now, event.at)
        self.timeline.append(TimelineEntry(len(self.timeline) + 1, event, effects))
        return effects

    def _at(self, at: float | None) -> Instant:
        return self.now if at is None else ms(at)

    # --- what came of it --------------------------------------------------------------------------

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Everything ordered so far."""
        return tuple(effect for entry in self.timeline for effect in entry.effects)

    def of(self, kind: type[_E]) -> list[_E]:
        """All effects of one kind so far."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    @property
    def turns(self) -> list[ConversationTurn]:
        """The turns committed so far."""
        return [effect.turn for effect in self.of(CommitTurn)]

    @property
    def said(self) -> list[tuple[Role, str]]:
        """Who was heard to say what."""
        return [(turn.role, turn.heard) for turn in self.turns]

    @property
    def last_reply(self) -> StartReply:
        """The reply started last."""
        return self.of(StartReply)[-1]

    @property
    def reply_id(self) -> int:
        """The id of the reply started last."""
        return self.state.replies

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
