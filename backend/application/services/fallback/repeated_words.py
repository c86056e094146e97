"""Finding what two recognisers both made of the same audio.

A recogniser that takes over hears again what the other one had already given words for. Which of its words
are these? Alignment of the two word sequences (Needleman and Wunsch 1970) says so, even where they do
not agree on every word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_MATCH: Final = 1
_MISMATCH: Final = -1
_GAP: Final = -1


def repeated(given: Sequence[str], words: Sequence[str], *, begins_late: bool = False) -> tuple[int, int]:
    """Return how many of ``given``, from its start, the first so many of ``words`` repeat.

    One of the two is used up: ``words`` go on after ``given``, or are not there yet. With ``begins_late``
    the audio of the first words given was not heard again, so that ``words`` may begin anywhere in ``given``
    or after it. In doubt more is taken for repeated: a word said twice can turn a meaning round.
    """
    left = [_plain(word) for word in given]
    right = [_plain(word) for word in words]
    above = [_GAP * column for column in range(len(right) + 1)]
    best = (above[-1], 0, len(right))
    for row, word in enumerate(left, start=1):
        scores = [0 if begins_late else _GAP * row]
        for column, other in enumerate(right, start=1):
            same = above[column - 1] + (_MATCH if word == other else _MISMATCH)
            scores.append(max(same, above[column] + _GAP, scores[-1] + _GAP))
        best = max(best, (scores[-1], row, len(right)))
        above = scores
    best = max(best, *((score, len(left), column) for column, score in enumerate(above)))
    return best[1], best[2]


def _plain(word: str) -> str:
    """Return ``word`` without what recognisers differ in: case and punctuation."""
    return "".join(filter(str.isalnum, word.casefold()))
