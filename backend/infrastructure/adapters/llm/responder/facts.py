"""Reads what an agent's owner wrote and takes it apart into facts that can be said one at a time.

Understood are the forms in which people write such texts: headings (``#`` or a line that ends in a colon),
bullet and numbered lists, ``key: value`` lines, table rows, questions with answers (labelled or not), and
prose. A heading belongs to the facts below it, until the blank line after a list. A list is a fact of its own
besides its items, for "what pizzas do you have?".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from backend.infrastructure.adapters.llm.responder.statements import is_about_the_agent, is_statement


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a caller can be told. ``about`` is its heading, key or question; ``topic`` a short name for
    it that can be offered to a caller, empty if there is none; ``is_list``: it sums up other facts."""

    spoken: str
    about: str = ""
    topic: str = ""
    is_list: bool = False


_HEADING: Final = re.compile(r"#+\s*(.+?)\s*#*$")
_BULLET: Final = re.compile(r"(?:[-*•·\u2013]|\d{1,2}[.)])\s+(.+)$")
_TABLE_RULE: Final = re.compile(r"\|?[\s:|-]+\|?$")
_QUESTION: Final = re.compile(r"(?:q|question|p|pregunta)\s*\d*\s*[:.)]\s*(.+)$", re.IGNORECASE)
_ANSWER: Final = re.compile(r"(?:a|answer|r|respuesta)\s*\d*\s*[:.)]\s*(.+)$", re.IGNORECASE)
_KEY_VALUE: Final = re.compile(r"([^:.!?]{2,60}):\s+(\S.*)$")
_WHOLE_SENTENCE: Final = re.compile(r"[¿¡]?[A-ZÁÉÍÓÚÜÑ]\S*(?:\s+\S+){3,}[.!?]$")
_KEY_ALONE: Final = re.compile(r"([^:.!?]{2,60}):$")
_LINK: Final = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_MARKUP: Final = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])[\"»”)]?\s+(?=[\"«“(¿¡]?[A-ZÁÉÍÓÚÜÑ0-9])")
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:dr|dra|sr|sra|srta|mr|mrs|ms|st|av|avda|tel|ext|nº|c|p|e\.g|i\.e|approx|aprox|[a-z]\.m)\.)$",
    re.IGNORECASE,
)
_TOPIC_WORDS: Final = 4
_LIST_WORDS: Final = 40
_FACT_WORDS: Final = 60


def facts_of_knowledge(text: str) -> list[Fact]:
    """Return the facts of an agent's knowledge, all of which may be told."""
    return list(_Reader().read(text))


def facts_of_prompt(text: str, language: str) -> list[Fact]:
    """Return the facts that an agent's prompt states beside its orders."""
    return [
        fact
        for fact in _Reader().read(text)
        if not is_about_the_agent(fact.about)
        and (
            all(is_statement(sentence, language) for sentence in sentences(fact.spoken))
            or is_statement(_KEY_VALUE.sub(r"\1 is es \2", fact.spoken), language)
        )
    ]


def sentences(text: str) -> list[str]:
    """Split prose into sentences; the full stops of abbreviations and numbers do not end one."""
    parts: list[str] = []
    for part in _SENTENCE_END.split(text.strip()):
        if parts and _ABBREVIATION.search(parts[-1]):
            parts[-1] = f"{parts[-1]} {part}"
        elif part:
            parts.append(part)
    return parts


def shortened(text: str) -> str:
    """Return the sentences of ``text`` that make at most 60 words, and at least the first one."""
    kept: list[str] = []
    for sentence in sentences(text):
        if kept and len(" ".join([*kept, sentence]).split()) > _FACT_WORDS:
            break
        kept.append(sentence)
    return " ".join(kept)


class _Reader:
    """Reads lines one after the other; remembers the heading, the open question, list and paragraph."""

    def __init__(self) -> None:
        self._heading = ""
        self._question = ""
        self._answer: list[str] = []
        self._items: list[str] = []
        self._prose: list[str] = []
        self._after_gap = False

    def read(self, text: str) -> Iterator[Fact]:
        lines = [_clean(raw) for raw in text.splitlines()]
        for line, following in zip_longest(lines, lines[1:], fillvalue=""):
            names_columns = line.startswith("|") and _TABLE_RULE.match(following)
            if not names_columns:
                yield from self._line(line)
        yield from self._close_block()
        yield from self._close_list()

    def _line(self, line: str) -> Iterator[Fact]:
        if not line:
            yield from self._close_block()
            self._after_gap = True
            return
        if self._after_gap and self._items and not (_BULLET.match(line) or line.startswith("|")):
            yield from self._close_list()
            self._heading = ""
        self._after_gap = False
        if _TABLE_RULE.match(line):
            return
        elif heading := _HEADING.match(line) or _KEY_ALONE.match(line):
            yield from self._close_block()
            yield from self._close_list()
            self._heading = heading[1]
        elif question := _QUESTION.match(line):
            yield from self._close_block()
            self._question = question[1]
        elif self._question and (answer := _ANSWER.match(line)):
            self._answer.append(answer[1])
        elif self._question:
            self._answer.append(line)
        elif line.endswith("?"):
            yield from self._close_block()
            self._question = _BULLET.sub(r"\1", line)
        else:
            yield from self._content(line)

    def _content(self, line: str) -> Iterator[Fact]:
        bullet = _BULLET.match(line)
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            name, *values = [cell for cell in cells if cell] or [""]
            yield from self._item(f"{name}: {', '.join(values)}" if values else name)
        elif bullet or _KEY_VALUE.match(line):
            yield from self._close_block()
            yield from self._item(bullet[1] if bullet else line)
        else:
            self._prose.append(line)

    def _item(self, text: str) -> Iterator[Fact]:
        self._items.append(text)
        pair = _KEY_VALUE.match(text)
        about = f"{self._heading} {pair[1]}" if pair else self._heading
        # "Address: We are at 12 Harbour Street." needs no "Address:" when it is spoken.
        spoken = pair[2] if pair and _WHOLE_SENTENCE.match(pair[2]) else text
        yield Fact(shortened(spoken), about, _topic(pair[1]) if pair and not self._heading else "")

    def _close_block(self) -> Iterator[Fact]:
        """A paragraph or an answer is over."""
        if self._question and self._answer:
            yield Fact(shortened(" ".join(self._answer)), f"{self._heading} {self._question}")
        if self._answer or not self._question:  # a question may be followed by a blank line
            self._question = ""
        self._answer = []
        for sentence in sentences(" ".join(self._prose)):
            yield Fact(sentence, self._heading, _topic(self._heading))
        self._prose = []

    def _close_list(self) -> Iterator[Fact]:
        if self._heading and len(self._items) > 1:
            listed: list[str] = []
            for item in self._items:
                if len(" ".join([*listed, item]).split()) > _LIST_WORDS:
                    break
                listed.append(_KEY_VALUE.sub(r"\1, \2", item.rstrip(".;,")))
            if listed:
                spoken = f"{self._heading}: {'; '.join(listed)}."
                yield Fact(spoken, self._heading, _topic(self._heading), is_list=True)
        self._items = []


def _topic(name: str) -> str:
    return name if len(name.split()) <= _TOPIC_WORDS else ""


def _clean(line: str) -> str:
    line = line.strip()
    bullet = _BULLET.match(line)  # the asterisk of a bullet is not emphasis
    text = _MARKUP.sub("", _LINK.sub(r"\1", bullet[1] if bullet else line))
    return f"- {text}" if bullet else text
