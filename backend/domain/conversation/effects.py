"""What is to be done: the orders that the conversation machine gives.

All are in the imperative. The runner carries them out in order, without waiting for any of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from backend.domain.entities.call import EndCause
from backend.domain.value_objects.conversation_turn import ConversationTurn
from backend.domain.value_objects.latency import TurnLatency


class ReplyKind(StrEnum):
    """Why the agent speaks. Only an ``answer`` asks the model; the others say a text that is given."""

    ANSWER = "answer"
    FIRST_MESSAGE = "first_message"
    IDLE_PROMPT = "idle_prompt"
    REPROMPT = "reprompt"
    GOODBYE = "goodbye"
    # Recorded clips, so that they work when every engine is down.
    APOLOGY = "apology"
    FAREWELL = "farewell"  # an apology that ends the call
    # On the telephone.
    ANNOUNCEMENT = "announcement"  # comes first and cannot be interrupted
    VOICEMAIL = "voicemail"  # said to an answering machine
    TRANSFERRING = "transferring"  # nothing else works: somebody else shall help the caller
    TRANSFER_FAILED = "transfer_failed"


@dataclass(frozen=True, slots=True)
class StartReply:
    """Begin reply ``reply_id``. ``text`` is the caller's turn for an ``answer``, else what to say.

    A ``speculative`` one is a draft: nothing of it may be heard and no tool may run before ``ReleaseReply``.
    ``language`` is the tag of the caller's language, empty for the agent's own.
    """

    type: ClassVar = "start_reply"
    reply_id: int
    kind: ReplyKind
    text: str
    speculative: bool = False
    language: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseReply:
    """The draft ``reply_id`` is the reply from now on: let it be heard."""

    type: ClassVar = "release_reply"
    reply_id: int


@dataclass(frozen=True, slots=True)
class HoldPlayout:
    """Let the caller hear silence now, and keep what has not been heard."""

    type: ClassVar = "hold_playout"
    reply_id: int


@dataclass(frozen=True, slots=True)
class ResumePlayout:
    """Go on where playout was held."""

    type: ClassVar = "resume_playout"
    reply_id: int


@dataclass(frozen=True, slots=True)
class FlushPlayout:
    """Let the caller hear silence now and drop what has not been heard, ours and the carrier's;
    report with ``PlayoutFlushed``."""

    type: ClassVar = "flush_playout"
    reply_id: int


@dataclass(frozen=True, slots=True)
class CancelReply:
    """Stop whatever still works for this reply."""

    type: ClassVar = "cancel_reply"
    reply_id: int


@dataclass(frozen=True, slots=True)
class PlayFiller:
    """Play the recorded filler as part of this reply: the caller has waited long enough in silence."""

    type: ClassVar = "play_filler"
    reply_id: int


@dataclass(frozen=True, slots=True)
class FinalizeTranscript:
    """Ask the recogniser for its final words up to the end of ``utterance``."""

    type: ClassVar = "finalize_transcript"
    utterance: int


@dataclass(frozen=True, slots=True)
class PublishLatency:
    """The answer became audible: this is why it took as long as it did.

    It was begun ``head_start_ms`` before the endpoint; the work done in that time is in no segment of
    ``latency``, because the caller did not wait for it.
    """

    type: ClassVar = "publish_latency"
    reply_id: int
    latency: TurnLatency
    head_start_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class CommitTurn:
    """A turn is over; store it."""

    type: ClassVar = "commit_turn"
    turn: ConversationTurn


@dataclass(frozen=True, slots=True)
class TransferCall:
    """Put the caller through to ``destination``, the name of one of the agent's, and tell them ``summary``.
    If that fails, report it with ``TransferFailed``."""

    type: ClassVar = "transfer_call"
    destination: str
    summary: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call. Always the last effect of a call, exactly once."""

    type: ClassVar = "hang_up"
    cause: EndCause


Effect = (
    StartReply
    | ReleaseReply
    | HoldPlayout
    | ResumePlayout
    | FlushPlayout
    | CancelReply
    | PlayFiller
    | FinalizeTranscript
    | PublishLatency
    | CommitTurn
    | TransferCall
    | HangUp
)
