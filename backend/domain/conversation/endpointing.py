"""Endpointing: the decision that the caller's turn is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from backend.domain.conversation.words import words
from backend.domain.value_objects.instant import Instant, later
from backend.domain.value_objects.policies import Endpointing

_FINISHED: Final = 1.0
_NEUTRAL: Final = 0.6  # recognisers without punctuation end every sentence like this
_CONNECTIVE: Final = 0.1
_COMMA: Final = 0.2


@dataclass(frozen=True, slots=True)
class Pause:
    """The caller stopped at ``since`` after ``voiced_ms`` of voice in this utterance."""

    since: Instant
    voiced_ms: float
    completeness: float
    transcript_is_final: bool


def completeness(text: str, policy: Endpointing) -> float:
    """Return how finished ``text`` sounds, from 0 to 1, by its last sign and its last word."""
    stripped = text.rstrip(" \"'»”)")
    if not stripped:
        return _NEUTRAL
    if stripped.endswith((".", "?", "!", "。")) and not stripped.endswith("..."):
        return _FINISHED
    if stripped.endswith((",", "…", "...", "-", "—", ":")):
        return _COMMA
    spoken = words(stripped)
    return _CONNECTIVE if spoken and spoken[-1] in policy.connectives else _NEUTRAL


def entitled_until(pause: Pause, policy: Endpointing) -> Instant:
    """Return until when the caller may pause: longer while the sentence does not sound finished."""
    finished = pause.completeness >= policy.finished_above
    return later(pause.since, policy.min_pause_ms if finished else policy.max_pause_ms)


def endpoint_at(pause: Pause, policy: Endpointing) -> Instant:
    """Return when the caller's turn is over if nothing else happens.

    Two waits run side by side and both must end: the pause the caller is entitled to, and the final
    transcript, which is awaited no longer than ``final_transcript_timeout_ms`` after the end of speech.
    """
    entitled = entitled_until(pause, policy)
    if pause.transcript_is_final:
        return entitled
    return max(entitled, later(pause.since, policy.final_transcript_timeout_ms))
