"""How does it sound?"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol

from backend.domain.value_objects.audio import AudioFormat, AudioFrame
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import Readiness
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.domain.value_objects.word_timing import WordTiming


@dataclass(frozen=True, slots=True)
class TtsCapabilities:
    """What a speech engine can do."""

    languages: frozenset[str]  # base tags
    word_timestamps: bool
    local: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice that an engine offers; ``id`` is what ``VoiceConfig.voice`` holds."""

    id: str
    name: str
    language: Language
    gender: str = ""  # "female", "male" or unknown
    styles: tuple[str, ...] = ()  # what ``VoiceConfig.style`` may hold


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """Text to be spoken in ``format`` (the adapter resamples if its engine has another rate).

    ``is_fixed`` says that the agent says the same again in other calls: its speech may be kept.
    """

    text: str
    language: Language
    voice: VoiceConfig
    format: AudioFormat
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class SpeechChunk:
    """More audio, and the words known so far to lie in this request's audio.

    ``words`` count characters in the request's text and milliseconds from its first sample; each word is
    given once, no later than its audio, in order.
    """

    frame: AudioFrame
    words: tuple[WordTiming, ...] = ()


class TtsPort(Protocol):
    """A speech engine that any number of calls share."""

    @property
    def capabilities(self) -> TtsCapabilities: ...

    def readiness(self, language: Language) -> Readiness:
        """Whether it can speak ``language`` now. Cheap; never blocks."""
        ...

    def voices(self) -> tuple[Voice, ...]:
        """All voices on offer, the best of each language first."""
        ...

    def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        """Speak, chunk by chunk, faster than real time where the engine can.

        An async generator: closing it (or cancelling its consumer) stops the engine's work on it. Text
        without anything to pronounce yields nothing. Raises ``ProviderError``. Does not retry.
        """
        ...
