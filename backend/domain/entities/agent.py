"""An agent: who answers, how it speaks, and how it conducts a conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.policies import BargeIn, Endpointing, FirstSpeaker, Limits, Silence
from backend.domain.value_objects.voice_config import VoiceConfig


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
class EngineChoice:
    """Which engine serves each port; ``auto`` is the best one that is ready for the agent's language."""

    vad: str = "auto"
    stt: str = "auto"
    llm: str = "auto"


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
    ``created_at`` and ``updated_at`` are Unix milliseconds.
    Raises ``ValueError`` when the name is empty or a text is beyond its limit.
    """

    id: str
    tenant: str
    name: str
    prompt: str
    first_message: str = ""
    knowledge: str = ""
    language: Language = ENGLISH
    voice: VoiceConfig = field(default_factory=VoiceConfig)
    engines: EngineChoice = field(default_factory=EngineChoice)
    turn_taking: TurnTaking = field(default_factory=TurnTaking)
    latency: LatencyOptions = field(default_factory=LatencyOptions)
    version: int = 1
    created_at: int = 0
    updated_at: int = 0

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
