"""Keys as words: how the keys that a caller presses stand in the conversation.

``[keys 1 2 3]`` is what a model reads, and what a transcript shows, in every language: brackets tell that
nobody said it, the spaces that these are digits and not a number of three of them. Keys that the agent
presses stand there in the same way, with its pauses: ``[keys 1 w w 2]``.
"""

from __future__ import annotations

import re
from typing import Final

from backend.domain.conversation.words import words
from backend.domain.value_objects.instant import Instant, elapsed_ms

MOST_KEYS: Final = 32  # longer than any number that is entered: a bank account has up to 30 (ISO 13616)
# A recogniser tells of a tone about as late as of a short word.
TONE_HEARD_MS: Final = 500

_KEYS: Final = re.compile(r"\[keys( [0-9*#A-Dw])+\]")


def keys_text(keys: str) -> str:
    """Return ``keys`` as they stand in a turn."""
    return f"[keys {' '.join(keys)}]"


def is_keys_text(text: str) -> bool:
    """Whether ``text`` is what ``keys_text`` makes."""
    return _KEYS.fullmatch(text) is not None


def begins_with_keys(text: str) -> bool:
    """Whether ``text`` begins with what ``keys_text`` makes."""
    return _KEYS.match(text.lstrip()) is not None


def without_keys(text: str) -> str:
    """Return ``text`` without its keys, for whoever can do nothing with them; keys alone stay."""
    return " ".join(_KEYS.sub(" ", text).split()) or text


def is_tone(text: str, *, keyed_at: Instant | None, at: Instant) -> bool:
    """Whether a transcript that came at ``at`` is what a recogniser takes the tone of a key for: next to
    nothing, right after the key."""
    return keyed_at is not None and elapsed_ms(keyed_at, at) <= TONE_HEARD_MS and len(words(text)) <= 1
