"""A live call as somebody sees who looks over its shoulder: folded from its timeline, entry by entry.

This runs for every entry of every call, whether anybody watches or not: who begins to watch wants to see at
once what has been said, and keeping the entries until then would cost more than folding them (about a
microsecond each) and have no bound. So a fold only moves references; texts are cut and copied when a
``LiveCall`` is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from backend.domain.conversation.effects import (
    CancelReply,
    CommitTurn,
    Effect,
    FlushPlayout,
    HoldPlayout,
    PublishLatency,
    ReleaseReply,
    ResumePlayout,
    StartReply,
)
from backend.domain.conversation.events import (
    Event,
    FinalTranscript,
    Heard,
    KeyPressed,
    PartialTranscript,
    PlayoutDrained,
    PlayoutStarted,
    ReplyEnded,
    SpeechStarted,
    SpeechStopped,
    TextTyped,
)
from backend.domain.conversation.keyed import keys_text
from backend.domain.entities.call import Call
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role

# A line or two of a card. What is longer is shown from its end: that is what is being said now.
MAX_TEXT: Final = 600  # characters
_ELLIPSIS: Final = "…"


class LiveState(StrEnum):
    """Who has the floor."""

    LISTENING = "listening"  # nobody speaks, and it is not decided that the caller has finished
    CALLER_SPEAKING = "caller_speaking"
    THINKING = "thinking"  # the caller waits for the agent's first, or next, sound
    SPEAKING = "speaking"  # the caller hears the agent


@dataclass(frozen=True, slots=True)
class LiveCall:
    """What there is to see of a live call.

    ``caller_text`` is what the caller says, or has said last; ``agent_text`` what of the agent's last reply
    was heard. Of both, only the end if they are longer than ``MAX_TEXT``. ``turns`` are the committed ones.
    """

    call: Call
    state: LiveState
    caller_text: str
    agent_text: str
    turns: int
    last_voice_to_voice_ms: float | None


class LiveCallFold:
    """Takes the entries of one call, in order, and knows what there is to see after the last of them."""

    __slots__ = (
        "_agent_text",
        "_call",
        "_caller_speaks",
        "_finals",
        "_is_audible",
        "_is_held",
        "_is_turn_over",
        "_keys",
        "_partial",
        "_reply",
        "_turns",
        "_voice_to_voice_ms",
    )

    def __init__(self, call: Call) -> None:
        self._call = call
        self._caller_speaks = False
        self._finals = ""
        self._partial = ""
        self._keys = ""
        self._is_turn_over = False  # what the caller says next does not belong to these words
        self._reply: int | None = None  # the current one; drafts are none
        self._is_audible = False
        self._is_held = False
        self._agent_text = ""
        self._turns = 0
        self._voice_to_voice_ms: float | None = None

    @property
    def tenant(self) -> str:
        """Whose call it is."""
        return self._call.tenant

    def take(self, entry: TimelineEntry) -> None:
        """Go on by one entry."""
        self._happened(entry.event)
        for effect in entry.effects:
            self._ordered(effect)

    def view(self) -> LiveCall:
        """Return what there is to see now."""
        return LiveCall(
            call=self._call,
            state=self._state(),
            caller_text=_end_of(self._caller_text()),
            agent_text=_end_of(self._agent_text),
            turns=self._turns,
            last_voice_to_voice_ms=self._voice_to_voice_ms,
        )

    def _caller_text(self) -> str:
        spoken = _joined(self._finals, self._partial)
        return _joined(spoken, keys_text(self._keys)) if self._keys else spoken

    def _state(self) -> LiveState:
        if self._is_audible and not self._is_held:
            return LiveState.SPEAKING
        if self._caller_speaks:
            return LiveState.CALLER_SPEAKING
        if self._reply is not None and not self._is_held:
            return LiveState.THINKING
        return LiveState.LISTENING

    # --- what happened ----------------------------------------------------------------------------

    def _happened(self, event: Event) -> None:  # noqa: PLR0912 - one for each kind
        """Take an event. Those of replies that are not the current one are late, or of a draft."""
        match event:
            case Heard(reply_id=reply_id, text=text):
                if reply_id == self._reply and len(text) > len(self._agent_text):
                    self._agent_text = text
            case PartialTranscript(text=text):
                self._begin_turn_if_over()
                self._partial = text
            case FinalTranscript(text=text):
                self._begin_turn_if_over()
                self._finals, self._partial = _end_of(_joined(self._finals, text)), ""
            case TextTyped(text=text):
                self._begin_turn_if_over()
                self._finals = _end_of(_joined(self._finals, text.strip()))
            case KeyPressed(key=key):
                self._begin_turn_if_over()
                self._keys += key
            case SpeechStarted():
                self._caller_speaks = True
            case SpeechStopped():
                self._caller_speaks = False
            case PlayoutStarted(reply_id=reply_id):
                if reply_id == self._reply:
                    self._is_audible = True
            case PlayoutDrained(reply_id=reply_id):
                if reply_id == self._reply:
                    self._is_audible = False
            case ReplyEnded(reply_id=reply_id):
                self._retire(reply_id)
            case _:
                pass

    def _begin_turn_if_over(self) -> None:
        if self._is_turn_over:
            self._finals = self._partial = self._keys = ""
            self._is_turn_over = False

    # --- what was ordered -------------------------------------------------------------------------

    def _ordered(self, effect: Effect) -> None:
        match effect:
            case StartReply(speculative=True):
                pass  # a draft: nobody waits for it yet
            case StartReply(reply_id=reply_id) | ReleaseReply(reply_id=reply_id):
                self._reply, self._is_audible, self._is_held = reply_id, False, False
                self._agent_text = ""
            case HoldPlayout():
                self._is_held = True
            case ResumePlayout():
                self._is_held = False
                self._is_turn_over = True  # what was said into the reply was an aside
            case FlushPlayout(reply_id=reply_id) | CancelReply(reply_id=reply_id):
                self._retire(reply_id)
            case CommitTurn(turn=turn):
                self._commit(turn)
            case PublishLatency(latency=latency):
                self._voice_to_voice_ms = latency.voice_to_voice_ms
            case _:
                pass

    def _retire(self, reply_id: int) -> None:
        if reply_id == self._reply:
            self._reply, self._is_audible, self._is_held = None, False, False

    def _commit(self, turn: ConversationTurn) -> None:
        self._turns += 1
        if turn.role is Role.CALLER:
            self._finals, self._partial, self._keys = _end_of(turn.content), "", ""
            self._is_turn_over = True
        elif self._reply is None or self._reply == turn.reply_id:
            self._agent_text = turn.heard


def _joined(before: str, after: str) -> str:
    return f"{before} {after}".strip()


def _end_of(text: str) -> str:
    if len(text) <= MAX_TEXT:
        return text
    return _ELLIPSIS + text[1 - MAX_TEXT :]
