"""An agent: who answers, how it speaks, and how it conducts a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from backend.domain.entities.telephone import Telephone
from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.policies import BargeIn, Endpointing, FirstSpeaker, Limits, Silence
from backend.domain.value_objects.voice_config import VoiceConfig

AUTO: Final = "auto"
MOST_ENGINES: Final = 4  # of one port: whoever waits for a fifth has hung up
MOST_MODEL: Final = 120
MOST_OTHER_LANGUAGES: Final = 3  # services tell no more than four apart in a conversation
HIGHEST_TEMPERATURE: Final = 2.0


@dataclass(frozen=True, slots=True)
class TurnTaking:
    """The part of a conversation's policy that an agent's owner may set.

    ``backchannels`` (lower case) are added to the language's own list.
    """

    first_speaker: FirstSpeaker = FirstSpeaker.AGENT
    endpointing: Endpointing = field(default_factory=Endpointing)
    barge_in: BargeIn = field(default_factory=BargeIn)
    silence: Silence = field(default_factory=Silence)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A language engine, and which of its models at which temperature (0 to 2); empty and None are its own
    defaults. Raises ``ValueError`` for another temperature, and for a model of ``auto``: whose would it be?
    """

    engine: str = AUTO
    model: str = ""
    temperature: float | None = None

    def __post_init__(self) -> None:
        if self.engine == AUTO and self.model:
            raise ValueError("a model belongs to an engine that is named")
        if len(self.model) > MOST_MODEL:
            raise ValueError(f"model is longer than {MOST_MODEL} characters")
        if self.temperature is not None and not 0 <= self.temperature <= HIGHEST_TEMPERATURE:
            raise ValueError(f"temperature is between 0 and {HIGHEST_TEMPERATURE:g}")


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Which engines serve each port, in the order in which they are asked when those before them fail.

    ``auto`` is the best one that is ready for the agent's language; in a list it stands for all that are not
    named there. Raises ``ValueError`` for a list that is empty, too long, or has an engine twice.
    """

    vad: str = AUTO
    stt: tuple[str, ...] = (AUTO,)
    llm: tuple[ModelChoice, ...] = (ModelChoice(),)

    def __post_init__(self) -> None:
        for port, names in (("stt", self.stt), ("llm", [choice.engine for choice in self.llm])):
            if not 1 <= len(names) <= MOST_ENGINES:
                raise ValueError(f"{port} has between 1 and {MOST_ENGINES} engines")
            check_once(port, names)


def check_once(port: str, names: Sequence[str]) -> None:
    """Raise ``ValueError`` if an engine of ``port`` is in ``names`` twice."""
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{port} has the engine {twice!r} twice")


@dataclass(frozen=True, slots=True)
class LatencyOptions:
    """What is done to answer sooner; each has a price.

    ``speculative_replies``: the model is asked at the probable end of the caller's turn, and asked again if
    the caller goes on (tokens). ``early_first_clause``: the first piece to be spoken may be short (prosody).
    ``warm_up``: connections are opened when a call begins (requests). ``cached_phrases``: the speech of
    the agent's own phrases is kept from call to call (memory).
    """

    speculative_replies: bool = True
    early_first_clause: bool = True
    warm_up: bool = True
    cached_phrases: bool = True


@dataclass(frozen=True, slots=True)
class Agent:
    """Prompt, first message, voice and manners. A call keeps the agent it started with.

    ``id`` is opaque (same shape as a call id); ``version`` grows by one with every saved change.
    ``created_at`` and ``updated_at`` are Unix milliseconds. ``stand_in_voices`` speak, in this order, when
    the engine of ``voice`` fails; each is of another engine. ``is_archived``: it is kept, and takes no calls;
    that is not part of any version, so to archive an agent saves none. ``other_languages`` are those that
    callers may speak instead of ``language``: where the recogniser can tell, they are answered in theirs.
    Raises ``ValueError`` when the name is empty, a text is beyond its limit, or so are the voices.
    """

    id: str
    tenant: str
    name: str
    prompt: str
    first_message: str = ""
    knowledge: str = ""
    language: Language = ENGLISH
    other_languages: tuple[Language, ...] = ()
    voice: VoiceConfig = field(default_factory=VoiceConfig)
    stand_in_voices: tuple[VoiceConfig, ...] = ()
    engines: EngineChoice = field(default_factory=EngineChoice)
    turn_taking: TurnTaking = field(default_factory=TurnTaking)
    latency: LatencyOptions = field(default_factory=LatencyOptions)
    telephone: Telephone = field(default_factory=Telephone)
    version: int = 1
    created_at: int = 0
    updated_at: int = 0
    is_archived: bool = False

    MAX_NAME: ClassVar = 80
    MAX_PROMPT: ClassVar = 32_000
    MAX_FIRST_MESSAGE: ClassVar = 1_000
    MAX_KNOWLEDGE: ClassVar = 200_000

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("an agent needs a name")
        for name, limit in (
            ("name", self.MAX_NAME),
            ("prompt", self.MAX_PROMPT),
            ("first_message", self.MAX_FIRST_MESSAGE),
            ("knowledge", self.MAX_KNOWLEDGE),
        ):
            if len(getattr(self, name)) > limit:
                raise ValueError(f"{name} is longer than {limit} characters")
        check_languages(self.language, self.other_languages)
        check_voices(self.voice, self.stand_in_voices)


def check_languages(language: Language, others: Sequence[Language]) -> None:
    """Raise ``ValueError`` if an agent cannot have these languages."""
    if len(others) > MOST_OTHER_LANGUAGES:
        raise ValueError(f"other_languages has at most {MOST_OTHER_LANGUAGES}")
    bases = [each.base for each in (language, *others)]
    if len(set(bases)) < len(bases):
        raise ValueError("other_languages has a language twice, or the agent's own")


def check_voices(voice: VoiceConfig, stand_ins: Sequence[VoiceConfig]) -> None:
    """Raise ``ValueError`` if an agent cannot have these voices."""
    if len(stand_ins) > MOST_ENGINES:
        raise ValueError(f"stand_in_voices has at most {MOST_ENGINES} voices")
    check_once("stand_in_voices", [voice.engine, *(stand_in.engine for stand_in in stand_ins)])
