"""Endpointing: the decision that the caller's turn is over.

Every pause is a bet. One that is too long makes the caller wait, one that is too short cuts them off, and
what they have said tells how likely either is. With ``adaptive`` endpointing the pause is graded:

- clearly finished (a full stop, a question mark, "please"): ``_SHORT`` of ``min_pause_ms``. Where an answer
  is being drafted, that is granted only once the draft has sound: until then nothing would be
  gained by deciding, and the caller, who may go on, would lose;
- finished as far as one can tell: ``min_pause_ms``;
- no full stop, from a recogniser that writes them: half-way to ``max_pause_ms``;
- unfinished (a comma, "and", a number that is being dictated): ``max_pause_ms``.

A caller who goes on right after the endpoint was cut off: they are granted ``PATIENCE_MS`` more from then on,
``MAX_PATIENCE_MS`` at most, and ``PATIENCE_LOST_MS`` of it less after every answer that they let finish.

Without ``adaptive`` a pause is ``min_pause_ms`` after what sounds finished, and ``max_pause_ms`` otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from backend.domain.conversation.words import words
from backend.domain.value_objects.instant import Instant, later
from backend.domain.value_objects.policies import Endpointing

PATIENCE_MS: Final = 300
MAX_PATIENCE_MS: Final = 600
PATIENCE_LOST_MS: Final = 100
# Who speaks within that time after the endpoint goes on with what they were saying. Later it is a reaction to
# the answer, which takes people 200 ms at least from the first sounds that they hear.
GOES_ON_WITHIN_MS: Final = 1_500

_FINISHED: Final = 1.0
_CLOSED: Final = 0.9
_NEUTRAL: Final = 0.6  # recognisers without punctuation end every sentence like this
_BARE: Final = 0.5  # … and those with punctuation do not
_DICTATED: Final = 0.3
_COMMA: Final = 0.2
_CONNECTIVE: Final = 0.1

_SHORT: Final = 0.75  # 360 ms by default: beyond the detector's own 200 ms, and most final transcripts
# Telephone numbers are spoken in groups of two to four, but "at nine thirty" is no group.
_DICTATION_NUMERALS: Final = 3


@dataclass(frozen=True, slots=True)
class Pause:
    """The caller stopped at ``since`` after ``voiced_ms`` of voice in this utterance.

    ``answerable_at`` is when there was something to be said at once: the first sound of the draft; the
    pause's own beginning where there is no draft; None if it has yet to come. ``patience_ms`` is granted on
    top of what the policy grants.
    """

    since: Instant
    voiced_ms: float
    completeness: float
    transcript_is_final: bool
    answerable_at: Instant | None
    patience_ms: int = 0


def completeness(text: str, policy: Endpointing, *, is_bare: bool = False) -> float:
    """Return how finished ``text`` sounds, from 0 to 1, by its last sign and its last words.

    ``is_bare`` says that a recogniser that writes full stops has decided to write none behind ``text``.
    """
    stripped = text.rstrip(" \"'»”)")
    if not stripped:
        return _NEUTRAL
    spoken = words(stripped)
    if policy.adaptive and _is_dictated(spoken, policy):
        return _DICTATED
    if ends_sentence(stripped):
        return _FINISHED
    if stripped.endswith((",", "…", "...", "-", "—", ":")):
        return _COMMA
    if spoken and spoken[-1] in policy.connectives:
        return _CONNECTIVE
    if not policy.adaptive:
        return _NEUTRAL
    if spoken and (spoken[-1] in policy.closings or " ".join(spoken[-2:]) in policy.closings):
        return _CLOSED
    return _BARE if is_bare else _NEUTRAL


def ends_sentence(text: str) -> bool:
    """Whether ``text`` ends in a sign that ends a sentence."""
    return text.endswith((".", "?", "!", "。")) and not text.endswith("...")


def _is_dictated(spoken: tuple[str, ...], policy: Endpointing) -> bool:
    """Whether the last words are the digits of a number, which may go on."""
    numerals = 0
    for word in reversed(spoken):
        if word.isdecimal():
            numerals += len(word)
        elif word in policy.numerals:
            numerals += 1
        else:
            break
    return numerals >= _DICTATION_NUMERALS


def entitled_until(pause: Pause, policy: Endpointing) -> Instant:
    """Return until when the caller may pause: longer while the sentence does not sound finished."""
    is_finished = pause.completeness >= policy.finished_above
    usual = later(pause.since, policy.min_pause_ms if is_finished else policy.max_pause_ms)
    if not policy.adaptive:
        return usual
    usual = later(usual, pause.patience_ms)
    if not is_finished:
        return usual
    if pause.completeness < _NEUTRAL:
        return later(usual, (policy.max_pause_ms - policy.min_pause_ms) / 2)
    if pause.completeness < _CLOSED or pause.answerable_at is None:
        return usual
    short = later(pause.since, policy.min_pause_ms * _SHORT + pause.patience_ms)
    return min(usual, max(short, pause.answerable_at))


def endpoint_at(pause: Pause, policy: Endpointing) -> Instant:
    """Return when the caller's turn is over if nothing else happens.

    Two waits run side by side and both must end: the pause the caller is entitled to, and the final
    transcript, which is awaited no longer than ``final_transcript_timeout_ms`` after the end of speech.
    """
    entitled = entitled_until(pause, policy)
    if pause.transcript_is_final:
        return entitled
    return max(entitled, later(pause.since, policy.final_transcript_timeout_ms))
