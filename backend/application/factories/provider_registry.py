"""Which engines there are, and which of them serve an agent.

Engines are registered by name in the order in which ``auto`` prefers them. ``auto`` takes the first that is
ready for the agent's language; if none is, the first that will be ready by itself; if there is none either,
the first: it says why it cannot, and the call tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from backend.application.services.call_services import Engines
from backend.domain.entities.agent import Agent
from backend.domain.errors import ConfigurationError
from backend.domain.ports.llm_port import LlmPort
from backend.domain.ports.stt_port import SttPort
from backend.domain.ports.tts_port import TtsPort
from backend.domain.ports.vad_port import VadPort
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import Readiness, ReadinessState

AUTO: Final = "auto"


class SpeaksLanguages(Protocol):
    """Any engine whose readiness depends on the language."""

    def readiness(self, language: Language) -> Readiness: ...


EngineT = TypeVar("EngineT", bound=SpeaksLanguages)


@dataclass(frozen=True, slots=True)
class ProviderRegistry:
    """The registered engines of each port, best first. No port may be empty."""

    vad: Mapping[str, VadPort]
    stt: Mapping[str, SttPort]
    llm: Mapping[str, LlmPort]
    tts: Mapping[str, TtsPort]

    def engines_for(self, agent: Agent) -> Engines:
        """Return the engines of a call with ``agent``.

        Raises ``ConfigurationError`` (``unknown-engine``) if the agent names one that is not registered.
        """
        chosen, language = agent.engines, agent.language
        vad = next(iter(self.vad.values())) if chosen.vad == AUTO else _named("VAD", self.vad, chosen.vad)
        return Engines(
            vad=vad,
            stt=_choose("STT", self.stt, chosen.stt, language),
            llm=_choose("LLM", self.llm, chosen.llm, language),
            tts=_choose("TTS", self.tts, agent.voice.engine, language),
        )


def _choose(port: str, engines: Mapping[str, EngineT], name: str, language: Language) -> EngineT:
    if name != AUTO:
        return _named(port, engines, name)
    for wanted in (ReadinessState.READY, ReadinessState.PREPARING):
        for engine in engines.values():
            if engine.readiness(language).state is wanted:
                return engine
    return next(iter(engines.values()))


PortT = TypeVar("PortT")


def _named(port: str, engines: Mapping[str, PortT], name: str) -> PortT:
    try:
        return engines[name]
    except KeyError:
        known = ", ".join(engines)
        raise ConfigurationError(
            f"There is no {port} engine {name!r}; there are {known}.", code="unknown-engine"
        ) from None
