"""What was said, as the words it is found by: the same on every database, because it is done here.

A word is a run of letters and digits without its marks (accents, vowel points) and without case; what is
compatible is the same ("ﬁ" and "fi"). Databases get the distinct words of a call and never its sentences, so
that no tokenizer of theirs decides anything. Long words are cut, for PostgreSQL's index takes no longer ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

MAX_WORD: Final = 64  # characters
MAX_BYTES: Final = 500_000  # of the distinct words of one call; a tsvector holds 1 MB
MAX_TERMS: Final = 16
PREFIX_FROM: Final = 3  # characters; shorter words are the beginning of too many others

_WORD: Final = re.compile(r"[^\W_]+")
_TOKEN: Final = re.compile(r"\S+")
_BEFORE: Final = 60
_PASSAGE: Final = 180


def words_of(text: str) -> list[str]:
    """Return the folded words of ``text`` in their order."""
    return [word[:MAX_WORD] for word in _WORD.findall(_folded(text))]


def distinct_words(texts: Iterable[str]) -> list[str]:
    """Return each folded word of ``texts`` once, at most ``MAX_BYTES`` of them in UTF-8."""
    size = 0
    words: dict[str, None] = {}
    for text in texts:
        for word in words_of(text):
            if word in words:
                continue
            size += len(word.encode())
            if size > MAX_BYTES:
                return list(words)
            words[word] = None
    return list(words)


def terms_of(search: str) -> list[str]:
    """Return the words that all have to be found, each once."""
    return list(dict.fromkeys(words_of(search)))[:MAX_TERMS]


def is_prefix(term: str) -> bool:
    """Whether ``term`` also finds the words that begin with it."""
    return len(term) >= PREFIX_FROM


def passage(texts: Iterable[str], terms: Sequence[str]) -> str | None:
    """Return what surrounds the first place where a term is said, some 180 characters; None without one."""
    for text in texts:
        for token in _TOKEN.finditer(text):
            if any(_finds(term, word) for word in words_of(token[0]) for term in terms):
                return _around(text, token.start())
    return None


def _finds(term: str, word: str) -> bool:
    return word.startswith(term) if is_prefix(term) else word == term


def _around(text: str, at: int) -> str:
    start = max(0, at - _BEFORE)
    if start:
        # Begin with a whole word, if there is one on the way.
        space = text.find(" ", start, at)
        start = start if space < 0 else space + 1
    end = start + _PASSAGE
    if end < len(text):
        space = text.rfind(" ", at + 1, end)
        end = end if space < 0 else space
    cut = " ".join(text[start:end].split())
    return ("… " if start else "") + cut + (" …" if end < len(text) else "")


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed if unicodedata.category(sign)[0] != "M").casefold()
