"""An agent's engines and its voices, as a client writes and reads them."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from backend.domain.entities import agent as domain
from backend.domain.value_objects import voice_config
from backend.interfaces.http.schemas.base import TEXT_PATTERN, RequestModel

ENGINE_PATTERN: Final = r"^[a-z0-9][a-z0-9_-]*$"

EngineName = Annotated[
    str,
    Field(
        max_length=40,
        pattern=ENGINE_PATTERN,
        description="a registered engine; `auto` is the best one that is ready",
    ),
]
EngineNames = Annotated[
    list[EngineName],
    Field(
        min_length=1,
        max_length=domain.MOST_ENGINES,
        description="asked in this order, none twice; `auto` stands for all that are not named",
        json_schema_extra={"uniqueItems": True},
    ),
]


class Voice(RequestModel):
    """How an agent sounds: an engine's voice (empty: its default), its pace, its pitch in semitones, and one
    of the voice's styles (empty: its usual one)."""

    engine: EngineName = domain.AUTO
    voice: str = Field("", max_length=100, pattern=TEXT_PATTERN)
    speed: float = Field(1.0, ge=0.5, le=2.0)
    pitch: float = Field(0.0, ge=-12.0, le=12.0)
    style: str = Field("", max_length=40, pattern=TEXT_PATTERN)

    def to_domain(self) -> voice_config.VoiceConfig:
        """Return the value object."""
        return voice_config.VoiceConfig(self.engine, self.voice, self.speed, self.pitch, self.style)

    @classmethod
    def of(cls, voice: voice_config.VoiceConfig) -> Voice:
        """Return what a client sees of ``voice``."""
        return cls.model_construct(
            engine=voice.engine, voice=voice.voice, speed=voice.speed, pitch=voice.pitch, style=voice.style
        )


class Model(RequestModel):
    """A language engine, and which of its models (empty: its default) at which temperature (null: likewise).
    `auto` has no model of its own."""

    engine: EngineName = domain.AUTO
    model: str = Field("", max_length=domain.MOST_MODEL, pattern=TEXT_PATTERN)
    temperature: float | None = Field(None, ge=0, le=domain.HIGHEST_TEMPERATURE)

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        self.to_domain()
        return self

    def to_domain(self) -> domain.ModelChoice:
        """Return the value object. Raises ``ValueError`` when the values contradict each other."""
        return domain.ModelChoice(self.engine, self.model, self.temperature)

    @classmethod
    def of(cls, choice: domain.ModelChoice) -> Model:
        """Return what a client sees of ``choice``."""
        return cls.model_construct(engine=choice.engine, model=choice.model, temperature=choice.temperature)


Models = Annotated[
    list[Model],
    Field(
        min_length=1,
        max_length=domain.MOST_ENGINES,
        description="asked in this order, no engine twice; `auto` stands for all that are not named",
    ),
]


class Engines(RequestModel):
    """Which engine detects voice, which recognise, and which answer."""

    vad: EngineName = domain.AUTO
    stt: EngineNames = Field(default=[domain.AUTO])
    llm: Models = Field(default=[Model()])

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        self.to_domain()
        return self

    def to_domain(self) -> domain.EngineChoice:
        """Return the value object. Raises ``ValueError`` if an engine is there twice."""
        return domain.EngineChoice(
            vad=self.vad, stt=tuple(self.stt), llm=tuple(model.to_domain() for model in self.llm)
        )

    @classmethod
    def of(cls, engines: domain.EngineChoice) -> Engines:
        """Return what a client sees of ``engines``."""
        return cls.model_construct(
            vad=engines.vad, stt=list(engines.stt), llm=[Model.of(choice) for choice in engines.llm]
        )
