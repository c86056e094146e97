"""A reply's text, cut into the pieces that are spoken at once.

The first piece may be short, because the caller waits for it; all others are whole sentences where possible,
because speech engines need them for their melody. Text is looked at from left to right, and whether to cut
depends only on what stands before a mark and right behind it. A mark at the end of what has come so
far is not made to wait for the next token where that token cannot change what it means: language
models' tokens hold a mark together with what is attached to it (``.com``, ``."``, ``...``; the
pre-tokenizers of GPT-4 and Llama 3 see to that), and the space behind it belongs to the next token.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from backend.application.processors.abbreviations import FullStop, full_stop_after
from backend.domain.value_objects.language import Language

FIRST_CLAUSE_CHARACTERS: Final = 15
FIRST_CLAUSE_WORDS: Final = 3
LONG_CLAUSE_CHARACTERS: Final = 120
MAX_CLAUSE_CHARACTERS: Final = 250

# No space follows the marks of Chinese, Japanese and Hindi.
_WIDE_STOPS: Final = "。\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}｡।"
_WIDE_PAUSES: Final = "\N{FULLWIDTH COMMA}、\N{FULLWIDTH SEMICOLON}\N{FULLWIDTH COLON}"
_STOPS: Final = ".?!…؟" + _WIDE_STOPS
_PAUSES: Final = ",;:" + _WIDE_PAUSES
_DASHES: Final = "—\N{EN DASH}-"
_OPENERS: Final = "¿¡“\N{LEFT SINGLE QUOTATION MARK}«([「『"
_CLOSERS: Final = "\"'”\N{RIGHT SINGLE QUOTATION MARK}»)]}」』\N{FULLWIDTH RIGHT PARENTHESIS}】*_`"
_MARK: Final = re.compile(f"[{re.escape(_STOPS + _CLOSERS + _PAUSES + _DASHES)}\n]")
_SENTENCE_END: Final = re.compile(f"([{re.escape(_STOPS)}]+)[{re.escape(_CLOSERS)}]*$")
_PAUSE: Final = re.compile(f"[{re.escape(_PAUSES)}—](?=\\s)|[{_WIDE_PAUSES}]")
_WORD: Final = re.compile(r"[^\W_]")
# "1. First", at the start of a line, or "Choose: 1. Red".
_LIST_NUMBER: Final = re.compile(r"(?:\A|\n[ \t]*|:\s+)\d{1,3}$")
_ADDRESS: Final = re.compile(r"(?:[@/]|www\.)\S*$", re.IGNORECASE)
# Behind a question or exclamation mark, these make it part of something else.
_GLUE: Final = frozenset(",;:=&/%#+" + _DASHES)
_GOES_ON: Final = frozenset(_STOPS + _CLOSERS)
# How many characters of white space are looked across for the beginning of the next word.
_LOOK_ACROSS: Final = 3

_NO_CUT: Final = 0


class ClauseSplitter:
    """Cuts one reply after another. All clauses of a reply, concatenated, are its text.

    Every clause has a letter or digit in it, except that ``flush`` returns what is left as it is. White
    space between clauses begins the later one. The clauses do not depend on how the text is cut into
    chunks, as long as no chunk ends between a mark and something attached to it; text that comes in
    single characters is recognised as such and always gives the same clauses as well.
    """

    def __init__(self, language: Language, *, is_early: bool = True) -> None:
        """Unless it ``is_early``, the first clause is made like all others."""
        self._language = language
        self._is_early = is_early
        self._begin()

    def _begin(self) -> None:
        self._pending = ""
        self._checked = 0  # there is no cut before this index of _pending
        self._is_first = True
        self._comes_in_tokens = False

    def feed(self, text: str) -> list[str]:
        """Take more text and return the clauses that are ready."""
        self._comes_in_tokens = self._comes_in_tokens or len(text) > 1
        self._pending += text
        clauses = []
        while end := self._next_cut():
            clauses.append(self._pending[:end])
            self._pending = self._pending[end:]
            self._checked = 0
            self._is_first = False
        return clauses

    def flush(self) -> list[str]:
        """Return the rest, if there is any, and begin a new reply."""
        rest = self._pending
        self._begin()
        return [rest] if rest else []

    def _next_cut(self) -> int:
        """Return how long the next clause is; 0 if its end has not come."""
        word = _WORD.search(self._pending)
        if word is None:
            return _NO_CUT
        self._checked = max(self._checked, word.end())
        limit = word.start() + MAX_CLAUSE_CHARACTERS
        while mark := _MARK.search(self._pending, self._checked, limit):
            end = self._cut_at(mark.start())
            if end is None:
                return _NO_CUT
            if end:
                return end
            self._checked = mark.end()
        return self._cut_somewhere(word.start(), limit) if len(self._pending) >= limit else _NO_CUT

    def _cut_at(self, at: int) -> int | None:
        """Return where to cut because of the mark at index ``at``; None if that depends on what follows."""
        mark = self._pending[at]
        if mark == "\n":
            return at
        if mark in _PAUSES:
            return self._cut_at_pause(at)
        if mark in _DASHES:
            return self._cut_at_dash(at)
        if self._next(at) in _GOES_ON:
            return _NO_CUT  # the last of them decides
        stops = _SENTENCE_END.search(self._pending, 0, at + 1)
        return self._cut_at_stop(stops, at) if stops else _NO_CUT

    def _cut_at_stop(self, stops: re.Match[str], at: int) -> int | None:
        before = self._pending[: stops.start()]
        if stops[1] == ".":
            return self._cut_at_full_stop(before, at)
        if not stops[1].strip(".…"):
            return self._cut_at_ellipsis(at)
        following = self._next(at)
        if not following:
            return self._cut_early(at, is_clear=not _ADDRESS.search(before))
        if _ADDRESS.search(before):
            return at + 1 if following.isspace() else _NO_CUT
        return _NO_CUT if following.isdigit() or following in _GLUE else at + 1

    def _cut_at_full_stop(self, before: str, at: int) -> int | None:
        meaning = full_stop_after(before, self._language)
        if meaning is FullStop.ABBREVIATES:
            return _NO_CUT
        is_plain = meaning is FullStop.ENDS_SENTENCE and not _is_dotted_or_address(before)
        following = self._next(at)
        if not following:
            return self._cut_early(at, is_clear=is_plain)
        if not following.isspace():
            is_closed = self._pending[at] != "."
            return at + 1 if is_plain and (is_closed or _begins_sentence(before, following)) else _NO_CUT
        if meaning is FullStop.ENDS_SENTENCE:
            return at + 1
        if meaning is FullStop.FOLLOWS_NUMBER:
            return _NO_CUT if _LIST_NUMBER.search(before) else at + 1
        beyond = self._beyond_space(at)
        if beyond is None:
            return None
        if meaning is FullStop.NUMBERS_AT_LEAST:
            return _NO_CUT if beyond.isdigit() else at + 1
        return at + 1 if beyond.isupper() or beyond.isspace() or beyond in _OPENERS else _NO_CUT

    def _cut_at_ellipsis(self, at: int) -> int | None:
        following = self._next(at)
        if following and not following.isspace():
            return _NO_CUT
        beyond = self._beyond_space(at)
        if beyond is None:
            return None
        return at + 1 if not beyond.islower() or self._is_long_enough(at) else _NO_CUT

    def _cut_at_pause(self, at: int) -> int | None:
        if not self._is_long_enough(at):
            return _NO_CUT
        before, following = self._pending[at - 1], self._next(at)
        if self._pending[at] in _WIDE_PAUSES:
            return at + 1
        if before.isspace():
            return _NO_CUT
        if not following:
            return self._cut_early(at, is_clear=not before.isdigit())
        return at + 1 if following.isspace() else _NO_CUT

    def _cut_at_dash(self, at: int) -> int | None:
        """A dash is a pause between spaces; an em dash also right behind a word."""
        if not self._is_long_enough(at):
            return _NO_CUT
        before, following = self._pending[at - 1], self._next(at)
        if before.isspace():
            if not following:
                return None
            is_minus = self._pending[:at].rstrip()[-1:].isdigit()
            return at + 1 if following.isspace() and not is_minus else _NO_CUT
        if self._pending[at] != "—":
            return _NO_CUT
        if not following:
            return self._cut_early(at, is_clear=True)
        return _NO_CUT if following in _GLUE or following in _GOES_ON else at + 1

    def _cut_somewhere(self, start: int, limit: int) -> int:
        """Return where to cut text that has no better place: the last pause, else space, else the limit."""
        pauses = [pause.end() for pause in _PAUSE.finditer(self._pending, start, limit)]
        if pauses and pauses[-1] - start >= MAX_CLAUSE_CHARACTERS // 4:
            return pauses[-1]
        space = max(self._pending.rfind(" ", start + 1, limit), self._pending.rfind("\t", start + 1, limit))
        return space if space > start else limit

    def _cut_early(self, at: int, *, is_clear: bool) -> int | None:
        """Cut behind the last character that has come, if its meaning is clear at the end of a token."""
        return at + 1 if is_clear and self._comes_in_tokens else None

    def _is_long_enough(self, at: int) -> bool:
        """Whether the text up to index ``at`` may end at a mere pause."""
        text = self._pending[: at + 1].strip()
        if self._is_first and self._is_early:
            return len(text) >= FIRST_CLAUSE_CHARACTERS and len(text.split()) >= FIRST_CLAUSE_WORDS
        return len(text) >= LONG_CLAUSE_CHARACTERS

    def _next(self, at: int) -> str:
        return self._pending[at + 1 : at + 2]

    def _beyond_space(self, at: int) -> str | None:
        """Return the first character beyond the space behind ``at``; a space if it is wide, None: wait."""
        across = self._pending[at + 1 : at + 2 + _LOOK_ACROSS]
        beyond = across.lstrip()[:1]
        if beyond:
            return beyond
        return " " if len(across) > _LOOK_ACROSS else None


def _is_dotted_or_address(before: str) -> bool:
    word = before.rsplit(maxsplit=1)[-1]
    return "." in word or _ADDRESS.search(word) is not None


def _begins_sentence(before: str, following: str) -> bool:
    """Whether a sentence begins with ``following``, right behind a full stop ("Bien.Gracias")."""
    if following.isalpha():
        return following.isupper() and before[-2:].islower() and before[-2:].isalpha()
    return following in _OPENERS or unicodedata.category(following) == "So"
