"""What is the caller saying?"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from backend.domain.value_objects.audio import WIDEBAND, AudioFormat, AudioFrame
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import Readiness


@dataclass(frozen=True, slots=True)
class SttCapabilities:
    """What a recogniser can do.

    ``speech_only`` engines are fed only the stretches that the VAD calls speech (with some audio before
    them), the others everything. ``punctuates``: a finished sentence ends in a full stop.
    ``detects_language``: it can tell which of several languages it hears. ``formats`` is what it can be fed.
    """

    languages: frozenset[str]  # base tags: "en", "es"
    partials: bool
    punctuates: bool
    speech_only: bool
    local: bool
    detects_language: bool = False
    formats: frozenset[AudioFormat] = frozenset({WIDEBAND})


@dataclass(frozen=True, slots=True)
class SttRequest:
    """One caller to be listened to, in ``format`` (one of ``SttCapabilities.formats``).

    ``hints`` are words to expect, ``alternatives`` languages that may be spoken instead of ``language``; an
    engine that cannot use them passes over them.
    """

    language: Language
    hints: tuple[str, ...] = ()
    alternatives: tuple[Language, ...] = ()
    format: AudioFormat = WIDEBAND


@dataclass(frozen=True, slots=True)
class SttPartial:
    """Words of the current utterance so far; may still change."""

    text: str


@dataclass(frozen=True, slots=True)
class SttFinal:
    """Words that will not change; adds to earlier finals. May be empty. ``language`` is what they were
    heard to be in, None if that was not to be found out."""

    text: str
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class SttSettled:
    """All finals for audio fed before ``finalize(utterance)`` have been given."""

    utterance: int


SttEvent = SttPartial | SttFinal | SttSettled


class SttStream(Protocol):
    """One caller's recognition."""

    def feed(self, frame: AudioFrame) -> None:
        """Take the next audio (in the stream's format, any length). Never blocks; when the engine cannot
        keep up, the stream fails with ``ProviderError`` from ``events`` instead of growing without bound."""
        ...

    def finalize(self, utterance: int) -> None:
        """The caller has paused: give the final words of all that was fed, then ``SttSettled(utterance)``.

        Audio fed afterwards belongs to a new utterance. Never blocks.
        """
        ...

    def events(self) -> AsyncGenerator[SttEvent, None]:
        """Yield recognition events until ``aclose``; to be iterated once, by one task.

        Raises ``ProviderError`` when recognition cannot go on. Cancelling the iteration leaves the
        stream usable only for ``aclose``.
        """
        ...

    async def aclose(self) -> None:
        """Free everything within two seconds. Idempotent; safe while ``events`` is being iterated."""
        ...


class SttPort(Protocol):
    """A recogniser that any number of calls share."""

    @property
    def capabilities(self) -> SttCapabilities: ...

    def readiness(self, language: Language) -> Readiness:
        """Whether ``language`` can be recognised now. Cheap; never blocks."""
        ...

    async def open(self, request: SttRequest) -> SttStream:
        """Begin recognition. Raises ``ProviderError`` if it cannot begin."""
        ...
