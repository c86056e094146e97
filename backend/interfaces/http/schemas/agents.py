"""Agents, as a client writes and reads them."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field

from backend.domain.entities import agent as domain
from backend.domain.value_objects import voice_config
from backend.domain.value_objects.language import ENGLISH, Language
from backend.interfaces.http.schemas.base import (
    LINE_PATTERN,
    TEXT_PATTERN,
    Id,
    RequestModel,
    ResponseModel,
    UnixMs,
)
from backend.interfaces.http.schemas.turn_taking import TurnTaking

EngineName = Annotated[
    str,
    Field(
        max_length=40,
        pattern=r"^[a-z0-9][a-z0-9_-]*$",
        description="a registered engine; `auto` is the best one that is ready",
    ),
]
LanguageTag = Annotated[
    str,
    Field(max_length=7, pattern=r"^[a-z]{2,3}(-[A-Z]{2}|-[0-9]{3})?$", description="BCP 47, such as es-419"),
]
Name = Annotated[str, Field(min_length=1, max_length=domain.Agent.MAX_NAME, pattern=LINE_PATTERN)]
Prompt = Annotated[str, Field(max_length=domain.Agent.MAX_PROMPT, pattern=TEXT_PATTERN)]
FirstMessage = Annotated[str, Field(max_length=domain.Agent.MAX_FIRST_MESSAGE, pattern=TEXT_PATTERN)]
Knowledge = Annotated[str, Field(max_length=domain.Agent.MAX_KNOWLEDGE, pattern=TEXT_PATTERN)]


class Voice(RequestModel):
    """How an agent sounds: an engine's voice (empty: its default), its pace, its pitch in semitones."""

    engine: EngineName = "auto"
    voice: str = Field("", max_length=100, pattern=TEXT_PATTERN)
    speed: float = Field(1.0, ge=0.5, le=2.0)
    pitch: float = Field(0.0, ge=-12.0, le=12.0)

    def to_domain(self) -> voice_config.VoiceConfig:
        """Return the value object."""
        return voice_config.VoiceConfig(self.engine, self.voice, self.speed, self.pitch)

    @classmethod
    def of(cls, voice: voice_config.VoiceConfig) -> Voice:
        """Return what a client sees of ``voice``."""
        return cls.model_construct(
            engine=voice.engine, voice=voice.voice, speed=voice.speed, pitch=voice.pitch
        )


class Engines(RequestModel):
    """Which engine detects voice, recognises and answers."""

    vad: EngineName = "auto"
    stt: EngineName = "auto"
    llm: EngineName = "auto"

    def to_domain(self) -> domain.EngineChoice:
        """Return the value object."""
        return domain.EngineChoice(vad=self.vad, stt=self.stt, llm=self.llm)

    @classmethod
    def of(cls, engines: domain.EngineChoice) -> Engines:
        """Return what a client sees of ``engines``."""
        return cls.model_construct(vad=engines.vad, stt=engines.stt, llm=engines.llm)


class AgentDraft(RequestModel):
    """An agent as its owner writes it. What is left out takes its default."""

    name: Name
    prompt: Prompt
    first_message: FirstMessage = ""
    knowledge: Knowledge = ""
    language: LanguageTag = ENGLISH.tag
    voice: Voice = Voice()
    engines: Engines = Engines()
    turn_taking: TurnTaking = TurnTaking()

    def to_domain(
        self, *, agent_id: str, tenant: str, version: int, created_at: int, updated_at: int
    ) -> domain.Agent:
        """Return the agent that this draft makes."""
        return domain.Agent(
            id=agent_id,
            tenant=tenant,
            name=self.name,
            prompt=self.prompt,
            first_message=self.first_message,
            knowledge=self.knowledge,
            language=Language(self.language),
            voice=self.voice.to_domain(),
            engines=self.engines.to_domain(),
            turn_taking=self.turn_taking.to_domain(),
            version=version,
            created_at=created_at,
            updated_at=updated_at,
        )


class AgentUpdate(AgentDraft):
    """A draft that replaces version ``version`` of an agent."""

    version: int = Field(ge=1, le=2**31 - 1)


class Agent(ResponseModel):
    """An agent as it is stored."""

    id: Id
    name: str
    prompt: str
    first_message: str
    knowledge: str
    language: str
    voice: Voice
    engines: Engines
    turn_taking: TurnTaking
    version: int
    created_at: UnixMs
    updated_at: UnixMs

    @classmethod
    def of(cls, agent: domain.Agent) -> Self:
        """Return what a client sees of ``agent``: all but its tenant."""
        return cls(
            id=agent.id,
            name=agent.name,
            prompt=agent.prompt,
            first_message=agent.first_message,
            knowledge=agent.knowledge,
            language=agent.language.tag,
            voice=Voice.of(agent.voice),
            engines=Engines.of(agent.engines),
            turn_taking=TurnTaking.of(agent.turn_taking),
            version=agent.version,
            created_at=agent.created_at,
            updated_at=agent.updated_at,
        )


class AgentList(ResponseModel):
    """All agents of a tenant, oldest first."""

    items: list[Agent]
