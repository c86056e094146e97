"""Barge-in: does what the caller says take the floor from the agent?"""

from __future__ import annotations

from backend.domain.conversation.words import words
from backend.domain.value_objects.policies import BargeIn


def takes_the_floor(text: str, policy: BargeIn) -> bool:
    """Whether ``text``, said while the agent speaks, is an interruption and not a backchannel.

    A backchannel may be several words ("of course"): they count as one only together, so the longest
    match is removed at each place.
    """
    spoken = words(text)
    position, counted = 0, 0
    while position < len(spoken):
        if length := _backchannel_at(spoken, position, policy.backchannels):
            position += length
        else:
            position += 1
            counted += 1
    return counted >= max(1, policy.min_words)


def _backchannel_at(spoken: tuple[str, ...], position: int, backchannels: frozenset[str]) -> int:
    """Return how many words of a backchannel begin at ``position``, 0 if none does."""
    for length in (3, 2, 1):
        if " ".join(spoken[position : position + length]) in backchannels:
            return min(length, len(spoken) - position)
    return 0
