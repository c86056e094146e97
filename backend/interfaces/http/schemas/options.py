"""What an agent can be made of: languages, voices and engines, with their readiness."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from backend.domain.ports import tts_port
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

    @classmethod
    def of(cls, engine: str, voice: tts_port.Voice) -> Self:
        """Return what a client sees of a voice of ``engine``."""
        return cls(
            engine=engine, id=voice.id, name=voice.name, language=voice.language.tag, gender=voice.gender
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
    readiness: list[EngineReadiness]


class EngineOptions(ResponseModel):
    """The engines of each port, in the order in which ``auto`` prefers them."""

    vad: list[EngineOption]
    stt: list[EngineOption]
    llm: list[EngineOption]
    tts: list[EngineOption]


class Options(ResponseModel):
    """Everything there is to choose from."""

    languages: list[LanguageOption]
    engines: EngineOptions
