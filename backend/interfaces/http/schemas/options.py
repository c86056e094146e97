"""What an agent can be made of, so that a console need not know it: languages, voices, engines with their
readiness, kinds of providers with their fields, and the ranges of numbers."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from backend.domain.entities.agent import HIGHEST_TEMPERATURE
from backend.domain.ports import provider_kind_port, tts_port
from backend.domain.ports.provider_kind_port import FieldType
from backend.domain.value_objects import readiness
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import ReadinessState
from backend.interfaces.http.schemas.base import ResponseModel


class VoiceOption(ResponseModel):
    """A voice of a speech engine; ``gender`` is empty where it is not known."""

    engine: str
    id: str
    name: str
    language: str
    gender: str
    styles: list[str] = Field(description="what `voice.style` may hold, besides nothing")

    @classmethod
    def of(cls, engine: str, voice: tts_port.Voice) -> Self:
        """Return what a client sees of a voice of ``engine``."""
        return cls(
            engine=engine,
            id=voice.id,
            name=voice.name,
            language=voice.language.tag,
            gender=voice.gender,
            styles=list(voice.styles),
        )


class LanguageOption(ResponseModel):
    """A language with its own name for itself, and the voices that speak it, the best first."""

    tag: str
    name: str
    voices: list[VoiceOption]


class EngineReadiness(ResponseModel):
    """Whether an engine can serve a call in ``language`` now."""

    language: str
    state: ReadinessState
    detail: str = Field(description="one plain sentence for the owner, in English; empty when ready")
    progress: float | None = Field(description="0 to 1 while preparing, if it is known")

    @classmethod
    def of(cls, language: Language, state: readiness.Readiness) -> Self:
        """Return what a client sees of an engine's state."""
        return cls(language=language.tag, state=state.state, detail=state.detail, progress=state.progress)


class EngineOption(ResponseModel):
    """A registered engine; ``id`` is what an agent's ``engines`` or ``voice.engine`` holds."""

    id: str
    name: str
    kind: str = Field(description="the kind of provider; empty for an engine that the server brings along")
    local: bool = Field(description="whether it runs on the server's own machine")
    model: str = Field(description="a language engine's model, unless the agent names one; else empty")
    readiness: list[EngineReadiness]


class EngineOptions(ResponseModel):
    """The engines of each port, in the order in which ``auto`` prefers them."""

    vad: list[EngineOption]
    stt: list[EngineOption]
    llm: list[EngineOption]
    tts: list[EngineOption]


class ProviderFieldOption(ResponseModel):
    """One setting of a provider account."""

    name: str
    type: FieldType
    required: bool
    default: str = Field(description="what an empty setting means")
    choices: list[str]
    is_address: bool = Field(description="whether the key has to be entered again when it changes")


class ProviderKindOption(ResponseModel):
    """A kind of provider that an account can be of."""

    id: str
    name: str
    ports: list[str] = Field(description="what its accounts serve: stt, llm, tts")
    needs_key: bool
    fields: list[ProviderFieldOption]

    @classmethod
    def of(cls, kind: provider_kind_port.ProviderKind) -> Self:
        """Return what a client sees of ``kind``."""
        return cls(
            id=kind.id,
            name=kind.name,
            ports=list(kind.ports),
            needs_key=kind.needs_key,
            fields=[
                ProviderFieldOption(
                    name=field.name,
                    type=field.type,
                    required=field.required,
                    default=field.default,
                    choices=list(field.choices),
                    is_address=field.is_address,
                )
                for field in kind.fields
            ],
        )


class NumberRange(ResponseModel):
    """From where to where a number may go; ``default`` null leaves it to the engine."""

    min: float
    max: float
    default: float | None


class Ranges(ResponseModel):
    """The numbers of an agent that a console shows as sliders."""

    speed: NumberRange = NumberRange(min=0.5, max=2.0, default=1.0)  # as ``VoiceConfig`` has it
    pitch: NumberRange = NumberRange(min=-12.0, max=12.0, default=0.0)
    temperature: NumberRange = NumberRange(min=0.0, max=HIGHEST_TEMPERATURE, default=None)


class Options(ResponseModel):
    """Everything there is to choose from."""

    languages: list[LanguageOption]
    engines: EngineOptions
    providers: list[ProviderKindOption]
    ranges: Ranges = Ranges()
