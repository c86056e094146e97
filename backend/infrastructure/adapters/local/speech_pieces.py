"""Cutting a text into pieces that are synthesised one at a time.

A piece is short enough that making it delays nobody, and is cut where a speaker would pause. Texts of
ordinary length stay whole: an engine's own phrasing is better than ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from backend.infrastructure.adapters.local.speakable_text import SpeakableText

LONGEST_PIECE: Final = 160  # characters; about ten seconds of speech
_SHORTEST_PIECE: Final = 40
_SENTENCE_END: Final = re.compile(r"[.!?…]+[\"'”»)]*(?=\s)")
_CLAUSE_END: Final = re.compile("[,;:\N{EM DASH}\N{EN DASH}]+(?=\\s)")
_SPACE: Final = re.compile(r"\s")
_WORD: Final = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class PieceWord:
    """A word at characters ``[at, until)`` of its piece and ``[start, end)`` of the original text."""

    at: int
    until: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text to be spoken in one go; ``is_sentence_end`` earns a pause after it."""

    text: str
    words: tuple[PieceWord, ...]
    is_sentence_end: bool


def cut_into_pieces(speakable: SpeakableText) -> Iterator[Piece]:
    """Yield the pieces of ``speakable`` that have something to pronounce, in order."""
    start = 0
    while start < len(speakable.text):
        end, is_sentence_end = _cut(speakable.text, start)
        words = tuple(_words(speakable, start, end))
        if words:
            yield Piece(speakable.text[start:end], words, is_sentence_end)
        start = end


def _cut(text: str, start: int) -> tuple[int, bool]:
    """Return where the piece from ``start`` ends, and whether a sentence does."""
    longest = start + LONGEST_PIECE
    if len(text) <= longest:
        return len(text), True
    for boundary in (_SENTENCE_END, _CLAUSE_END, _SPACE):
        ends = [match.end() for match in boundary.finditer(text, start + _SHORTEST_PIECE, longest)]
        if ends:
            return ends[-1], boundary is _SENTENCE_END
    return longest, False


def _words(speakable: SpeakableText, start: int, end: int) -> Iterator[PieceWord]:
    for match in _WORD.finditer(speakable.text, start, end):
        at, until = match.span()
        while at < until and not speakable.text[at].isalnum():
            at += 1
        while until > at and not speakable.text[until - 1].isalnum():
            until -= 1
        if at < until:
            yield PieceWord(at - start, until - start, speakable.starts[at], speakable.ends[until - 1])
