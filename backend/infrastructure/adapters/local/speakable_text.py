"""From what a model writes to what a voice should say.

Models decorate: Markdown, emoji, tags, invisible characters. Engines read such marks aloud ("asterisk")
or stumble over them. What is left is plain text in the Latin script with the marks gone, and for each of its
characters the place it came from, so that a spoken word can be found in the original again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SpeakableText:
    """``text[i]`` stands for characters ``[starts[i], ends[i])`` of the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


# Constructs of several characters. A link keeps its words, a tag becomes a space, the mark of a heading,
# quote or list item vanishes, a rule of repeated marks too; between figures an asterisk multiplies.
_CONSTRUCTS: Final = re.compile(
    r"!?\[(?P<label>[^\[\]\n]*)\]\([^()\s]*\)"
    r"|(?P<tag></?[A-Za-z][^<>\n]{0,200}>|<!--.*?-->)"
    r"|(?P<bullet>(?:^|(?<=\n))[ \t]*(?:[-*+>•]|\#{1,6})[ \t]+)"
    r"|(?P<rule>([^\w\s.!?])\5{2,})"
    r"|(?<=\d)[ ]*(?P<times>\*)[ ]*(?=\d)"
    r"|(?P<paragraph>[ \t]*\r?\n(?:(?:[ \t]*\r?\n)+|(?=[ \t]*(?:[-*+>•]|\#{1,6}|\d+[.)])[ \t])))",
    re.DOTALL,
)
_TIMES: Final = "\N{MULTIPLICATION SIGN}"
_PARAGRAPH: Final = "\n"
_SPOKEN_SYMBOLS: Final = frozenset("+=<>±÷°" + _TIMES)
_SILENT: Final = frozenset("*`\\|\N{VARIATION SELECTOR-16}")
_AS_SPACE: Final = frozenset("_~^")
_ENDS_CLAUSE: Final = frozenset(".!?:;,…")


def speakable(original: str) -> SpeakableText:
    """Return what to say for ``original``. Any text is accepted; what cannot be said is left out."""
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for character, start, end in _spoken(original):
        spoken = character
        if spoken == _PARAGRAPH:
            # Without a mark the voice would run on; with two it would spell one out.
            spoken = " " if not text or text[-1] in _ENDS_CLAUSE else "."
        if spoken == " " and (not text or text[-1] == " "):
            continue
        text.append(spoken)
        starts.append(start)
        ends.append(end)
    return SpeakableText("".join(text), tuple(starts), tuple(ends))


def _spoken(original: str) -> Iterator[tuple[str, int, int]]:
    """Yield each character to say, or ``_PARAGRAPH``, with the stretch of ``original`` it stands for."""
    position = 0
    for match in _CONSTRUCTS.finditer(original):
        yield from _characters(original, position, match.start())
        position = match.end()
        match match.lastgroup:
            case "label":
                yield from _characters(original, match.start("label"), match.end("label"))
            case "times":
                yield _TIMES, match.start("times"), match.end("times")
            case "paragraph":
                yield _PARAGRAPH, match.start(), match.end()
                yield " ", match.end(), match.end()
            case _:
                yield " ", match.start(), match.end()
    yield from _characters(original, position, len(original))


def _characters(original: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    while start < end:
        after = start + 1
        while after < end and unicodedata.combining(original[after]):
            after += 1
        # An accent written as a character of its own would be dropped or spelt out by engines.
        spoken = unicodedata.normalize("NFC", original[start:after])[0]
        said = _said(spoken, original[start - 1 : start], original[after : after + 1])
        if said:
            yield said, start, after
        start = after


def _said(character: str, before: str, after: str) -> str:
    """Return how one character is to be said: itself, a space, or nothing."""
    if character.isascii() and character.isalnum():
        return character
    if character == "#":
        return "#" if after.isdigit() or before.isalnum() else ""
    if character in _SILENT:
        return ""
    if character in _AS_SPACE:
        return " "
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me"):
        return ""
    if category[0] in "CZ" or category == "Sk":
        return " "
    if category in ("So", "Sm"):
        return character if character in _SPOKEN_SYMBOLS else " "
    if category[0] == "L":
        return _latin(character)
    if category in ("Nl", "No"):
        return character if character <= "\xff" else " "
    return str(unicodedata.digit(character)) if category == "Nd" else character


def _latin(letter: str) -> str:
    """Return a letter in the Latin script; voices only name the script of any other."""
    plain = unicodedata.normalize("NFKC", letter)
    is_latin = unicodedata.name(plain[0], "").startswith("LATIN")
    return plain[0] if len(plain) == 1 and is_latin else (letter if is_latin else " ")
