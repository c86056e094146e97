"""What happened: the facts that the conversation machine is told.

All are in the past tense and carry ``at``, the instant they were put into the call's inbox. Facts born
of a reply's asynchronous work carry its ``reply_id``; once a reply is retired, ``step`` drops them.
``type`` is the name each has in the timeline, in the database and on the wire. The file is long because it
is one list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from backend.domain.entities.call import EndCause
from backend.domain.value_objects.answerer import Answerer
from backend.domain.value_objects.instant import Instant


@dataclass(frozen=True, slots=True)
class CallStarted:
    """Both sides can hear each other; nobody has spoken."""

    type: ClassVar = "call_started"
    at: Instant


# --- the caller -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller's voice was detected; it began at ``since``."""

    type: ClassVar = "speech_started"
    at: Instant
    since: Instant


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """The caller has paused; ``since`` is the end of the last voiced sound, ``voiced_ms`` how much of
    the utterance was voice."""

    type: ClassVar = "speech_stopped"
    at: Instant
    since: Instant
    voiced_ms: float


@dataclass(frozen=True, slots=True)
class PartialTranscript:
    """What the caller seems to be saying; replaces the last partial."""

    type: ClassVar = "partial_transcript"
    at: Instant
    text: str


@dataclass(frozen=True, slots=True)
class FinalTranscript:
    """A stretch of the caller's speech whose words will not change; adds to earlier finals. ``language`` is
    the tag of what they were heard to be in, empty where that was not to be found out."""

    type: ClassVar = "final_transcript"
    at: Instant
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class TranscriptSettled:
    """The recogniser has no more to say about speech up to the end of ``utterance``."""

    type: ClassVar = "transcript_settled"
    at: Instant
    utterance: int


@dataclass(frozen=True, slots=True)
class TranscriptionFailed:
    """The recogniser is gone; ``code`` says why. The machine may have to go on without ears."""

    type: ClassVar = "transcription_failed"
    at: Instant
    code: str


@dataclass(frozen=True, slots=True)
class MediaStalled:
    """No audio has arrived for a while: the line is stalled, which is not a silent caller."""

    type: ClassVar = "media_stalled"
    at: Instant


@dataclass(frozen=True, slots=True)
class MediaResumed:
    """Audio arrives again."""

    type: ClassVar = "media_resumed"
    at: Instant


@dataclass(frozen=True, slots=True)
class CallerLeft:
    """The caller hung up, or the line was lost (``cause``)."""

    type: ClassVar = "caller_left"
    at: Instant
    cause: EndCause


@dataclass(frozen=True, slots=True)
class TextTyped:
    """The caller wrote ``text`` instead of saying it."""

    type: ClassVar = "text_typed"
    at: Instant
    text: str


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The caller pressed a key of the telephone: one of ``0123456789*#ABCD``."""

    type: ClassVar = "key_pressed"
    at: Instant
    key: str


@dataclass(frozen=True, slots=True)
class AnswererDetected:
    """The carrier found out who answered. Of a machine it may tell twice: when it knows, and when the
    machine's greeting is over and a message can be left."""

    type: ClassVar = "answerer_detected"
    at: Instant
    answerer: Answerer
    greeting_is_over: bool


@dataclass(frozen=True, slots=True)
class TransferFailed:
    """The caller could not be put through (``code``) and is still on the line. ``reply_id`` is that of a
    reply whose model asked for somebody whom the agent does not know; 0 where a transfer was under way."""

    type: ClassVar = "transfer_failed"
    at: Instant
    code: str
    reply_id: int = 0


# --- a reply --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FirstTokenReceived:
    """The model has begun to answer."""

    type: ClassVar = "first_token_received"
    at: Instant
    reply_id: int


@dataclass(frozen=True, slots=True)
class ClauseGenerated:
    """A speakable piece of the reply, in playing order, was sent to TTS. The clauses of a reply,
    concatenated, are its text: the white space between clauses is part of them."""

    type: ClassVar = "clause_generated"
    at: Instant
    reply_id: int
    text: str


@dataclass(frozen=True, slots=True)
class FillerQueued:
    """A recorded filler (``text``) will be heard before the reply's clauses."""

    type: ClassVar = "filler_queued"
    at: Instant
    reply_id: int
    text: str


@dataclass(frozen=True, slots=True)
class FirstAudioReceived:
    """TTS has delivered the reply's first audio."""

    type: ClassVar = "first_audio_received"
    at: Instant
    reply_id: int


@dataclass(frozen=True, slots=True)
class PlayoutStarted:
    """The caller began to hear the reply, at ``audible_at``; again after each ``PlayoutDrained``."""

    type: ClassVar = "playout_started"
    at: Instant
    reply_id: int
    audible_at: Instant


@dataclass(frozen=True, slots=True)
class Heard:
    """Progress: the caller has heard ``text``, a prefix of the reply (filler, then clauses)."""

    type: ClassVar = "heard"
    at: Instant
    reply_id: int
    text: str


@dataclass(frozen=True, slots=True)
class PlayoutDrained:
    """All audio there was has been heard, and the reply is not complete: the caller hears silence."""

    type: ClassVar = "playout_drained"
    at: Instant
    reply_id: int


@dataclass(frozen=True, slots=True)
class PlayoutFlushed:
    """A flush was carried out; of the cut reply the caller heard ``heard``."""

    type: ClassVar = "playout_flushed"
    at: Instant
    reply_id: int
    heard: str


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The reply is complete and all of it was heard."""

    type: ClassVar = "reply_ended"
    at: Instant
    reply_id: int


@dataclass(frozen=True, slots=True)
class ReplyFailed:
    """The reply cannot go on (``code``). What was synthesised before may still be playing."""

    type: ClassVar = "reply_failed"
    at: Instant
    reply_id: int
    code: str


@dataclass(frozen=True, slots=True)
class EndCallRequested:
    """The model decided to end the call once this reply has been heard."""

    type: ClassVar = "end_call_requested"
    at: Instant
    reply_id: int


@dataclass(frozen=True, slots=True)
class TransferRequested:
    """The model decided to put the caller through to ``destination`` (the name of one of the agent's) once
    this reply has been heard. ``summary`` is what they are to know."""

    type: ClassVar = "transfer_requested"
    at: Instant
    reply_id: int
    destination: str
    summary: str


@dataclass(frozen=True, slots=True)
class HoldRequested:
    """The model understood that the caller wants a moment: nobody is to ask whether they are still there."""

    type: ClassVar = "hold_requested"
    at: Instant
    reply_id: int


# --- the engines ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EngineFailed:
    """An engine of ``port`` ("stt", "llm", "tts") failed with ``code``. ``successor`` is the engine that is
    asked next: the same one when it is tried again, empty when there is nobody left to ask."""

    type: ClassVar = "engine_failed"
    at: Instant
    port: str
    engine: str
    code: str
    successor: str = ""


# --- the clock and the owner ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeadlineReached:
    """The instant that ``next_deadline`` named has come."""

    type: ClassVar = "deadline_reached"
    at: Instant


@dataclass(frozen=True, slots=True)
class HangUpRequested:
    """Someone other than the two parties wants the call to end (API, drain)."""

    type: ClassVar = "hang_up_requested"
    at: Instant
    cause: EndCause


CallerEvent = (
    SpeechStarted
    | SpeechStopped
    | PartialTranscript
    | FinalTranscript
    | TranscriptSettled
    | TranscriptionFailed
    | MediaStalled
    | MediaResumed
    | CallerLeft
    | TextTyped
    | KeyPressed
    | AnswererDetected
    | TransferFailed
)
ReplyEvent = (
    FirstTokenReceived
    | ClauseGenerated
    | FillerQueued
    | FirstAudioReceived
    | PlayoutStarted
    | Heard
    | PlayoutDrained
    | PlayoutFlushed
    | ReplyEnded
    | ReplyFailed
    | EndCallRequested
    | TransferRequested
    | HoldRequested
)
Event = CallStarted | CallerEvent | ReplyEvent | EngineFailed | DeadlineReached | HangUpRequested
