"""Agents, as a client writes and reads them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from backend.domain.entities import agent as domain
from backend.domain.ports.agent_version_port import AgentVersion as Version
from backend.domain.value_objects.language import ENGLISH, Language
from backend.interfaces.http.schemas.base import (
    LINE_PATTERN,
    TEXT_PATTERN,
    Id,
    RequestModel,
    ResponseModel,
    UnixMs,
)
from backend.interfaces.http.schemas.engines import Engines, Voice
from backend.interfaces.http.schemas.telephone import Telephone
from backend.interfaces.http.schemas.turn_taking import TurnTaking

LANGUAGE_PATTERN: Final = r"^[a-z]{2,3}(-[A-Z]{2}|-[0-9]{3})?$"

LanguageTag = Annotated[
    str,
    Field(max_length=7, pattern=LANGUAGE_PATTERN, description="BCP 47, such as es-419"),
]
Name = Annotated[str, Field(min_length=1, max_length=domain.Agent.MAX_NAME, pattern=LINE_PATTERN)]
Prompt = Annotated[str, Field(max_length=domain.Agent.MAX_PROMPT, pattern=TEXT_PATTERN)]
FirstMessage = Annotated[str, Field(max_length=domain.Agent.MAX_FIRST_MESSAGE, pattern=TEXT_PATTERN)]
Knowledge = Annotated[str, Field(max_length=domain.Agent.MAX_KNOWLEDGE, pattern=TEXT_PATTERN)]


class Latency(RequestModel):
    """What is done to answer sooner. Each has a price: tokens, prosody, requests, memory."""

    speculative_replies: bool = True
    early_first_clause: bool = True
    warm_up: bool = True
    cached_phrases: bool = True

    def to_domain(self) -> domain.LatencyOptions:
        """Return the value object."""
        return domain.LatencyOptions(**self.model_dump())

    @classmethod
    def of(cls, latency: domain.LatencyOptions) -> Latency:
        """Return what a client sees of ``latency``."""
        return cls.model_construct(**{name: getattr(latency, name) for name in cls.model_fields})


OtherLanguages = Annotated[
    list[LanguageTag],
    Field(
        max_length=domain.MOST_OTHER_LANGUAGES,
        description="what callers may speak instead; if the recogniser can tell, they are answered in it",
    ),
]
StandInVoices = Annotated[
    list[Voice],
    Field(
        max_length=domain.MOST_ENGINES,
        description="they speak, in this order, when the voice's engine fails; each is of another engine",
    ),
]


class AgentDraft(RequestModel):
    """An agent as its owner writes it. What is left out takes its default."""

    name: Name
    prompt: Prompt
    first_message: FirstMessage = ""
    knowledge: Knowledge = ""
    language: LanguageTag = ENGLISH.tag
    other_languages: OtherLanguages = Field(default=[])
    voice: Voice = Voice()
    stand_in_voices: StandInVoices = Field(default=[])
    engines: Engines = Engines()
    turn_taking: TurnTaking = TurnTaking()
    latency: Latency = Latency()
    telephone: Telephone = Telephone()

    @field_validator("other_languages")
    @classmethod
    def _languages_differ(cls, tags: list[str], others: ValidationInfo) -> list[str]:
        if isinstance(own := others.data.get("language"), str):  # else it has an error of its own
            domain.check_languages(Language(own), [Language(tag) for tag in tags])
        return tags

    @field_validator("stand_in_voices")
    @classmethod
    def _voices_go_together(cls, stand_ins: list[Voice], others: ValidationInfo) -> list[Voice]:
        if isinstance(voice := others.data.get("voice"), Voice):  # else it has an error of its own
            domain.check_voices(voice.to_domain(), [stand_in.to_domain() for stand_in in stand_ins])
        return stand_ins

    def to_domain(
        self,
        *,
        agent_id: str,
        tenant: str,
        version: int,
        created_at: int,
        updated_at: int,
        is_archived: bool = False,
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
            other_languages=tuple(Language(tag) for tag in self.other_languages),
            voice=self.voice.to_domain(),
            stand_in_voices=tuple(voice.to_domain() for voice in self.stand_in_voices),
            engines=self.engines.to_domain(),
            turn_taking=self.turn_taking.to_domain(),
            latency=self.latency.to_domain(),
            telephone=self.telephone.to_domain(),
            version=version,
            created_at=created_at,
            updated_at=updated_at,
            is_archived=is_archived,
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
    other_languages: list[str]
    voice: Voice
    stand_in_voices: list[Voice]
    engines: Engines
    turn_taking: TurnTaking
    latency: Latency
    telephone: Telephone
    version: int
    created_at: UnixMs
    updated_at: UnixMs
    archived: bool = Field(description="it is kept, and takes no calls")

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
            other_languages=[language.tag for language in agent.other_languages],
            voice=Voice.of(agent.voice),
            stand_in_voices=[Voice.of(voice) for voice in agent.stand_in_voices],
            engines=Engines.of(agent.engines),
            turn_taking=TurnTaking.of(agent.turn_taking),
            latency=Latency.of(agent.latency),
            telephone=Telephone.of(agent.telephone),
            version=agent.version,
            created_at=agent.created_at,
            updated_at=agent.updated_at,
            archived=agent.is_archived,
        )


class AgentList(ResponseModel):
    """Agents of a tenant, oldest first."""

    items: list[Agent]


class Archived(StrEnum):
    """Whether archived agents are wanted."""

    FALSE = "false"
    TRUE = "true"
    ALL = "all"


class AgentQuery(RequestModel):
    """Which agents to list."""

    model_config = ConfigDict(strict=False)  # an enumeration arrives as text in a query

    archived: Archived = Archived.FALSE

    def wants(self, agent: domain.Agent) -> bool:
        """Whether ``agent`` is to be listed."""
        return self.archived is Archived.ALL or agent.is_archived is (self.archived is Archived.TRUE)


class AgentVersion(ResponseModel):
    """An agent as it was saved once; ``name`` is what it was called then."""

    version: int
    saved_at: UnixMs
    name: str

    @classmethod
    def of(cls, version: Version) -> Self:
        """Return what a client sees of ``version``."""
        return cls(version=version.version, saved_at=version.saved_at, name=version.name)


class AgentVersionList(ResponseModel):
    """What was saved of an agent, newest first."""

    items: list[AgentVersion]
