"""Recorded speech for when no engine can speak."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from backend.domain.value_objects.audio import AudioFormat, AudioFrame
from backend.domain.value_objects.language import Language


class Clip(StrEnum):
    """What there are recordings of; the words are those of the language's ``Phrases``."""

    FILLER = "filler"
    APOLOGY = "apology"
    FAREWELL = "farewell"


class ClipPort(Protocol):
    """Recordings that are in memory before the first call: they need no engine, no disk, no network."""

    def find(self, clip: Clip, language: Language, format_: AudioFormat) -> AudioFrame | None:
        """Return the recording in ``format_``, in English where the language has none."""
        ...
