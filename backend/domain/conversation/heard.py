"""What the caller has heard: playout turned into text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backend.domain.value_objects.word_timing import WordTiming


@dataclass(frozen=True, slots=True)
class SpokenClause:
    """A clause and its audio so far.

    ``audio_ms`` is the length of the audio that has been synthesised, ``is_complete`` whether that is
    all of it. Without ``words`` the position in the text is taken to be proportional to that in the audio.
    """

    text: str
    audio_ms: float
    is_complete: bool
    words: tuple[WordTiming, ...] = ()


def heard_text(clauses: Iterable[SpokenClause], played_ms: float) -> str:
    """Return the prefix of the clauses' text that ``played_ms`` of their audio have spoken.

    Only words that were heard to their end count.
    """
    heard: list[str] = []
    for clause in clauses:
        if clause.is_complete and played_ms >= clause.audio_ms:
            heard.append(clause.text)
            played_ms -= clause.audio_ms
            continue
        heard.append(clause.text[: _heard_characters(clause, played_ms)])
        break
    return "".join(heard)


def _heard_characters(clause: SpokenClause, played_ms: float) -> int:
    if played_ms <= 0 or clause.audio_ms <= 0:
        return 0
    if clause.words:
        # A word has been heard when the next one has begun; the last one when the clause is over.
        heard = 0
        for word, following in zip(clause.words, clause.words[1:], strict=False):
            if played_ms < following.at_ms:
                break
            heard = word.end
        return heard
    # Without timing: proportional, back to the end of the last whole word.
    reached = int(len(clause.text) * min(1.0, played_ms / clause.audio_ms))
    while 0 < reached < len(clause.text) and not clause.text[reached].isspace():
        reached -= 1
    return reached
