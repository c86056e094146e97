"""Barge-in: does what the caller says take the floor from the agent?"""

from __future__ import annotations

from typing import Final

from backend.domain.conversation.words import words
from backend.domain.value_objects.policies import BargeIn

_LONGEST: Final = 3


def takes_the_floor(text: str, policy: BargeIn) -> bool:
    """Whether ``text``, said while the agent speaks, is an interruption and not a backchannel.

    A backchannel may be up to ``_LONGEST`` words ("of course"), which are one only together. Of all ways
    to read ``text`` as backchannels, the one that leaves the fewest other words counts.
    """
    spoken = words(text)
    others = [0] * (len(spoken) + 1)  # … from each place on, filled in from the end
    for start in reversed(range(len(spoken))):
        ends = range(start + 1, min(start + _LONGEST, len(spoken)) + 1)
        hums = [end for end in ends if " ".join(spoken[start:end]) in policy.backchannels]
        others[start] = min([others[start + 1] + 1, *(others[end] for end in hums)])
    return others[0] >= max(1, policy.min_words)
