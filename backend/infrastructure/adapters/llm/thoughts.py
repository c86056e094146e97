"""Keeps a reasoning model's thoughts from being spoken.

Local servers pass on the text of such models as it is: ``<think>…</think>`` and then the answer. Only a block
at the very beginning is a thought; later on it may be what the caller asked about.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

_OPENING: Final = "<think>"
_CLOSING: Final = "</think>"


class _State(Enum):
    UNDECIDED = auto()
    THINKING = auto()
    ANSWERING = auto()


class ThoughtFilter:
    """Feed it text in pieces of any size; what comes out is to be spoken."""

    def __init__(self) -> None:
        self._state = _State.UNDECIDED
        self._held = ""

    def feed(self, text: str) -> str:
        """Return the part of what has come so far that is certainly answer."""
        if self._state is _State.ANSWERING:
            return text
        self._held += text
        if self._state is _State.UNDECIDED:
            self._decide()
        if self._state is _State.THINKING:
            _, closing, answer = self._held.partition(_CLOSING)
            if closing:
                self._state = _State.ANSWERING
                self._held = answer.lstrip()
            else:
                self._held = self._held[-len(_CLOSING) :]
        return self._release() if self._state is _State.ANSWERING else ""

    def flush(self) -> str:
        """The text is over: return what was held back, unless it was a thought."""
        return self._release() if self._state is _State.UNDECIDED else ""

    def _decide(self) -> None:
        begun = self._held.lstrip()
        if begun.startswith(_OPENING):
            self._state = _State.THINKING
        elif not _OPENING.startswith(begun):
            self._state = _State.ANSWERING

    def _release(self) -> str:
        held, self._held = self._held, ""
        return held
