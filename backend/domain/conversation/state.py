"""Where a conversation stands.

Caller and agent are two small machines and barge-in is a rule about their joint state. The caller is
``Silent``, ``Speaking`` or ``Pausing`` (the endpoint has not been decided); the agent has one ``Reply``
or none. While the caller pauses there may be a *draft* of the next reply, which nobody hears. What the
caller has said and nobody has audibly answered stays *pending*: until then the turn can still grow,
because a reply that was never heard can be withdrawn without a trace.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any, Final

from backend.domain.conversation.effects import ReplyKind
from backend.domain.conversation.keyed import begins_with_keys
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.instant import CALL_START, Instant

# What is said of the agent's own accord and answers nothing: what is pending is answered after it.
NO_ANSWERS: Final = frozenset({ReplyKind.ANNOUNCEMENT, ReplyKind.TRANSFER_FAILED})
# What has to be heard wholly: nobody takes the floor from it.
UNINTERRUPTIBLE: Final = NO_ANSWERS | {ReplyKind.VOICEMAIL, ReplyKind.TRANSFERRING}


class Phase(Enum):
    """The life of a conversation, in order."""

    WAITING = auto()  # for CallStarted
    ACTIVE = auto()
    CLOSING = auto()  # the last reply is being said; then we hang up
    LEAVING = auto()  # over; only what was heard of a cut reply is still unknown
    ENDED = auto()


@dataclass(frozen=True, slots=True)
class Silent:
    """The caller says nothing, or nothing more."""


@dataclass(frozen=True, slots=True)
class Speaking:
    """The caller's voice is on the line since ``since``."""

    since: Instant


@dataclass(frozen=True, slots=True)
class Pausing:
    """The caller stopped at ``since``; whether the turn is over has not been decided."""

    since: Instant
    voiced_ms: float


Caller = Silent | Speaking | Pausing


@dataclass(frozen=True, slots=True)
class Pending:
    """What the caller has said that nobody has audibly answered yet."""

    finals: tuple[str, ...] = ()
    partial: str = ""
    started_at: Instant | None = None
    ended_at: Instant | None = None

    @property
    def text(self) -> str:
        """All words so far; the partial stands in for a final that has not come."""
        return _joined((*self.finals, self.partial))

    def before(self, reply: Reply) -> Pending:
        """Only what was said before ``reply``: the turn that it follows."""
        finals, partial = self.finals[: reply.finals_before], self.partial if reply.is_guess else ""
        return replace(self, finals=finals, partial=partial) if finals or partial else Pending()

    def since(self, reply: Reply) -> Pending:
        """Only what was said into ``reply``; it begins where the turn before it ended."""
        finals, partial = self.finals[reply.finals_before :], "" if reply.is_guess else self.partial
        if not finals and not partial:
            return Pending()
        return replace(self, finals=finals, partial=partial, started_at=self.ended_at)

    def settled(self) -> Pending:
        """No final will come for the partial: it counts as one."""
        return replace(self, finals=(*self.finals, self.partial), partial="") if self.partial else self


def _joined(texts: tuple[str, ...]) -> str:
    return " ".join(text for text in (part.strip() for part in texts) if text)


@dataclass(frozen=True, slots=True)
class Decision:
    """The endpoint that led to an answer; the first half of its latency."""

    speech_ended: Instant
    entitled_until: Instant
    decided: Instant


@dataclass(frozen=True, slots=True)
class Transfer:
    """The caller is to be put through to ``destination``, who is to know ``summary``."""

    destination: str
    summary: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The agent's current attempt at a turn.

    ``silent_since`` is None while the caller hears it. ``finals_before`` counts the pending finals that it
    answers: what comes after them was said *into* the reply. ``utterance`` is the caller's last one
    before it; ``is_guess`` says that it answers the pending partial as well, because the final transcript
    did not come in time.
    """

    id: int
    kind: ReplyKind
    text: str
    started_at: Instant
    utterance: int
    finals_before: int
    is_guess: bool = False
    decision: Decision | None = None
    language: str = ""
    filler: str = ""
    clauses: str = ""
    heard: str = ""
    first_token_at: Instant | None = None
    first_clause_at: Instant | None = None
    first_audio_at: Instant | None = None
    audible_at: Instant | None = None
    silent_since: Instant | None = CALL_START
    held_at: Instant | None = None
    filler_ordered: bool = False
    has_failed: bool = False
    ends_call: bool = False
    grants_hold: bool = False
    transfer: Transfer | None = None
    was_refused: bool = False  # … because nobody is called like that
    aside: Pending | None = None  # the last backchannel that was said into it

    @property
    def generated(self) -> str:
        """Everything there is to be heard of it, in order."""
        return self.filler + self.clauses

    @property
    def was_audible(self) -> bool:
        """Whether the caller has heard any of it."""
        return self.audible_at is not None

    @property
    def asks_for_something(self) -> bool:
        """Whether its model wants something done that needs no words, other than to end the call."""
        return self.transfer is not None or self.grants_hold or self.was_refused

    @property
    def is_held(self) -> bool:
        """Whether its playout is held while we find out if the caller interrupts."""
        return self.held_at is not None

    @property
    def is_pressing_keys(self) -> bool:
        """Whether what is heard of it now are the tones of keys: half a number is a wrong number."""
        return self.was_audible and not self.is_held and begins_with_keys(self.generated[len(self.heard) :])

    def without_turn_of(self, committed: Reply) -> Reply:
        """The same reply, now that what was said before ``committed`` is no longer pending."""
        left = max(0, self.finals_before - committed.finals_before)
        return replace(self, finals_before=left, is_guess=self.is_guess and not committed.is_guess)


@dataclass(frozen=True, slots=True)
class Cut:
    """A reply that was cut at ``at``; how much of it was heard is not known for sure yet."""

    reply: Reply
    at: Instant


@dataclass(frozen=True, slots=True)
class Transferring:
    """The caller is being put through since ``since``."""

    since: Instant


@dataclass(frozen=True, slots=True)
class AwaitingBeep:
    """An answering machine has spoken since ``since``; when it has finished, a message is left."""

    since: Instant


Standby = Transferring | AwaitingBeep


@dataclass(frozen=True, slots=True)
class State:
    """The whole conversation between two events."""

    phase: Phase = Phase.WAITING
    started_at: Instant = CALL_START
    caller: Caller = field(default_factory=Silent)
    pending: Pending = field(default_factory=Pending)
    reply: Reply | None = None
    draft: Reply | None = None  # only while the caller pauses and there is no reply
    cuts: tuple[Cut, ...] = ()
    utterance: int = 0  # the caller's utterances so far
    settled: int = 0  # … of which the recogniser has said all it has to say
    answered: int = 0  # … which belong to committed turns
    replies: int = 0  # replies and drafts so far; the last one's id
    drafts: int = 0  # … of them begun for the answer that is due next
    turns: int = 0  # committed turns so far
    turn_started_at: Instant = CALL_START  # the last one's beginning
    prompts: int = 0  # idle prompts and reprompts in a row without a word from the caller
    failures: int = 0  # replies in a row that failed, and turns in a row that could not be heard
    is_deaf: bool = False  # the recogniser has failed and not given a word since
    patience_ms: int = 0  # what every pause is granted on top, because the caller has been cut off
    punctuates: bool = False  # whether the recogniser has ended a sentence with a full stop in this call
    language: str = ""  # the tag of what the caller was last heard to speak; empty: the agent's own
    quiet_since: Instant = CALL_START
    stalled_at: Instant | None = None
    end_cause: EndCause | None = None
    closing_since: Instant | None = None
    opening: tuple[ReplyKind, ...] = ()  # what is to be said first and has not been
    standby: Standby | None = None  # something is under way elsewhere, and the agent keeps silent meanwhile
    keys: str = ""  # pressed so far; not complete yet
    keyed_at: Instant | None = None  # the last key
    written: tuple[str, ...] = ()  # what was written or keyed while the caller's voice was there
    hold_until: Instant | None = None  # the caller has asked for a moment
    agent_turns: int = 0  # … of the committed ones
    has_escalated: bool = False  # the caller was given to somebody else because nothing worked

    @property
    def defers_answers(self) -> bool:
        """Whether what is pending is not to be answered yet, although the caller may have finished."""
        return self.standby is not None or self.keys != "" or ReplyKind.ANNOUNCEMENT in self.opening

    @property
    def ended(self) -> bool:
        """Whether the call is over and nothing will happen any more."""
        return self.phase is Phase.ENDED

    def with_reply(self, **changes: Any) -> State:
        """Return the state with its current reply changed."""
        assert self.reply is not None
        return replace(self, reply=replace(self.reply, **changes))
