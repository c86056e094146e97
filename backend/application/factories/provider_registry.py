"""Which engines there are, and which of them serve an agent.

Engines are registered by name in the order in which ``auto`` prefers them. ``auto`` takes all that are
ready for the agent's language, then those that will be ready by themselves, and each stands in for the one
before it. If there is none, it takes the first: that says why it cannot, and the call tells.

An engine that the agent names is alone, except that engines of this machine stand in for ears and voice: a
call never goes deaf or mute, and nobody else gets to hear it. See docs/decisions/0008-fallback.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

from backend.application.services.call_services import Engines
from backend.application.services.circuit_breaker import CircuitBreaker
from backend.application.services.fallback.chain import Link, PortT
from backend.application.services.fallback.fallback_llm import FallbackLlm
from backend.application.services.fallback.fallback_stt import FallbackStt
from backend.application.services.fallback.fallback_tts import FallbackTts
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


@dataclass(frozen=True, slots=True)
class ProviderRegistry:
    """The registered engines of each port, best first. No port may be empty.

    ``demo_llm`` names the model that answers for want of a better one: it stands in for no other, as
    what it says in an agent's name would not be what the owner's model says.
    """

    vad: Mapping[str, VadPort]
    stt: Mapping[str, SttPort]
    llm: Mapping[str, LlmPort]
    tts: Mapping[str, TtsPort]
    demo_llm: str = "builtin"
    _breakers: defaultdict[tuple[str, str], CircuitBreaker] = field(
        default_factory=lambda: defaultdict(CircuitBreaker), init=False, repr=False, compare=False
    )

    def engines_for(self, agent: Agent) -> Engines:
        """Return the engines of a call with ``agent``; where there are several, as one.

        Raises ``ConfigurationError`` (``unknown-engine``) if the agent names one that is not registered.
        """
        chosen, language = agent.engines, agent.language
        vad = next(iter(self.vad.values())) if chosen.vad == AUTO else _named("VAD", self.vad, chosen.vad)
        real_models = {name: llm for name, llm in self.llm.items() if name != self.demo_llm}
        models = real_models if chosen.llm == AUTO and real_models else self.llm
        stt = self._line("STT", self.stt, chosen.stt, language, may_stand_in=_is_local)
        llm = self._line("LLM", models, chosen.llm, language, may_stand_in=_never)
        tts = self._line("TTS", self.tts, agent.voice.engine, language, may_stand_in=_is_local)
        return Engines(
            vad=vad,
            stt=stt[0].port if len(stt) == 1 else FallbackStt(stt),
            llm=llm[0].port if len(llm) == 1 else FallbackLlm(llm),
            tts=tts[0].port if len(tts) == 1 else FallbackTts(tts),
        )

    def _line(
        self,
        port: str,
        engines: Mapping[str, PortT],
        chosen: str,
        language: Language,
        *,
        may_stand_in: Callable[[PortT], bool],
    ) -> list[Link[PortT]]:
        """Return the engines for a call, in the order in which they are asked; never empty."""
        usable = _usable(engines, language)
        if chosen == AUTO:
            names = usable or [next(iter(engines))]
        else:
            _named(port, engines, chosen)
            names = [chosen, *(name for name in usable if name != chosen and may_stand_in(engines[name]))]
        return [Link(name, engines[name], self._breakers[port, name]) for name in names]


def _is_local(engine: SttPort | TtsPort) -> bool:
    return engine.capabilities.local


def _never(_engine: LlmPort) -> bool:
    return False


def _usable(engines: Mapping[str, SpeaksLanguages], language: Language) -> list[str]:
    states = {name: engine.readiness(language).state for name, engine in engines.items()}
    return [
        name
        for wanted in (ReadinessState.READY, ReadinessState.PREPARING)
        for name, state in states.items()
        if state is wanted
    ]


EngineT = TypeVar("EngineT")


def _named(port: str, engines: Mapping[str, EngineT], name: str) -> EngineT:
    try:
        return engines[name]
    except KeyError:
        known = ", ".join(engines)
        raise ConfigurationError(
            f"There is no {port} engine {name!r}; there are {known}.", code="unknown-engine"
        ) from None
