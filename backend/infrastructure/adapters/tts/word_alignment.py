"""From the times of characters to the times of words in the original text, without I/O.

The service tells the characters of the text it was sent, in order, each with the time at which it begins to
sound. Small liberties (spaces more or less, a character of its own) do no harm: a character that is not next
in the text is looked for a little further on, or passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from backend.domain.value_objects.word_timing import WordTiming
from backend.infrastructure.adapters.local.speakable_text import SpeakableText

_WORD: Final = re.compile(r"\w(?:\S*\w)?")
_LOOK_AHEAD: Final = 16  # characters


@dataclass(frozen=True, slots=True)
class TimedCharacter:
    """A character of the text that was sent begins to sound ``at_ms`` into the audio."""

    text: str
    at_ms: float


class WordAlignment:
    """Follows one text as it is spoken."""

    def __init__(self, sent: SpeakableText) -> None:
        self._text = sent.text
        self._words = [
            (match.start(), sent.starts[match.start()], sent.ends[match.end() - 1])
            for match in _WORD.finditer(sent.text)
        ]
        self._told = 0  # of the words
        self._next = 0  # character of the text
        self._is_exact = True

    @property
    def lacks_end(self) -> bool:
        """Whether it is certain that there are words that were not spoken.

        It is not if the service told nothing, or not quite the text that it was sent.
        """
        return self._is_exact and self._next > 0 and self._told < len(self._words)

    def follow(self, characters: Iterable[TimedCharacter]) -> Iterator[WordTiming]:
        """Yield the words that begin in the next ``characters``."""
        for character in characters:
            place = self._find(character.text)
            if place is None:
                continue
            self._next = place + 1
            while self._told < len(self._words) and self._words[self._told][0] <= place:
                _, start, end = self._words[self._told]
                self._told += 1
                yield WordTiming(start, end, character.at_ms)

    def _find(self, character: str) -> int | None:
        place = self._next
        while place < len(self._text) and self._text[place].isspace() and not character.isspace():
            place += 1
        if self._text[place : place + 1] == character:
            return place
        if character.isspace():
            return None
        self._is_exact = False
        found = self._text.find(character, place, place + _LOOK_AHEAD) if character else -1
        return None if found < 0 else found
