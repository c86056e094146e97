"""Which engines there are, and which of them serve an agent.

Engines are registered by name in the order in which ``auto`` prefers them. ``auto`` takes all that are
ready for the agent's language, then those that will be ready by themselves, and each stands in for the one
before it. If there is none, it takes the first: that says why it cannot, and the call tells.

An agent may name several engines, to be asked in that order; ``auto`` among them stands for all that are not
named. Without it only the named are asked, except that engines of this machine stand in for ears and voice:
a call never goes deaf or mute, and nobody else gets to hear it. See docs/decisions/0008-fallback.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from backend.application.services.call_services import Engines
from backend.application.services.circuit_breaker import CircuitBreaker
from backend.application.services.engine_failures import EngineFailures
from backend.application.services.fallback.chain import Link, PortT
from backend.application.services.fallback.chosen_model import ChosenModel
from backend.application.services.fallback.fallback_llm import FallbackLlm
from backend.application.services.fallback.fallback_stt import FallbackStt
from backend.application.services.fallback.fallback_tts import FallbackTts
from backend.application.services.speech_cache import CachedTts, SpeechCache
from backend.domain.entities.agent import AUTO, Agent, ModelChoice
from backend.domain.errors import ConfigurationError
from backend.domain.ports.llm_port import LlmPort
from backend.domain.ports.stt_port import SttPort
from backend.domain.ports.tts_port import TtsPort
from backend.domain.ports.vad_port import VadPort
from backend.domain.value_objects.engine_names import EngineNames
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import Readiness, ReadinessState


class SpeaksLanguages(Protocol):
    """Any engine whose readiness depends on the language."""

    def readiness(self, language: Language) -> Readiness: ...


@dataclass(frozen=True, slots=True)
class ProviderRegistry:
    """The registered engines of each port, best first. No port may be empty.

    ``demo_llm`` names the model that answers for want of a better one: it stands in for no other, as
    what it says in an agent's name would not be what the owner's model says. ``speech`` is where the agents'
    own phrases are kept; several registries may have the same, they do not hear each other's.
    """

    vad: Mapping[str, VadPort]
    stt: Mapping[str, SttPort]
    llm: Mapping[str, LlmPort]
    tts: Mapping[str, TtsPort]
    demo_llm: str = "builtin"
    speech: SpeechCache = field(default_factory=SpeechCache, repr=False, compare=False)
    _speaker: object = field(default_factory=object, init=False, repr=False, compare=False)
    _breakers: defaultdict[tuple[str, str], CircuitBreaker] = field(
        default_factory=lambda: defaultdict(CircuitBreaker), init=False, repr=False, compare=False
    )

    def engines_for(self, agent: Agent) -> Engines:
        """Return the engines of a call with ``agent``, those of each port as one.

        Raises ``ConfigurationError`` (``unknown-engine``) if the agent names one that is not registered.
        """
        chosen = agent.engines
        vad = next(iter(self.vad)) if chosen.vad == AUTO else chosen.vad
        ears, models, voices = self._ears(agent), self._models(agent), self._voices(agent)
        failures = EngineFailures()
        stand_ins = {voice.engine: voice for voice in agent.stand_in_voices}
        return Engines(
            vad=_named("VAD", self.vad, vad),
            stt=FallbackStt(ears, failures=failures),
            llm=FallbackLlm(models, failures=failures),
            tts=FallbackTts(voices, stand_ins, failures=failures),
            failures=failures,
            names=EngineNames(stt=ears[0].name, llm=models[0].name, tts=voices[0].name, vad=vad),
        )

    def unknown_engines(self, agent: Agent) -> list[tuple[str, str]]:
        """Return field and name of each engine that ``agent`` names and that is not registered."""
        voices = [("voice.engine", agent.voice.engine)]
        voices += [
            (f"stand_in_voices.{at}.engine", voice.engine) for at, voice in enumerate(agent.stand_in_voices)
        ]
        chosen = agent.engines
        named: list[tuple[Mapping[str, object], list[tuple[str, str]]]] = [
            (self.vad, [("engines.vad", chosen.vad)]),
            (self.stt, [(f"engines.stt.{at}", name) for at, name in enumerate(chosen.stt)]),
            (self.llm, [(f"engines.llm.{at}.engine", one.engine) for at, one in enumerate(chosen.llm)]),
            (self.tts, voices),
        ]
        return [
            (field_, name)
            for engines, names in named
            for field_, name in names
            if name != AUTO and name not in engines
        ]

    def _ears(self, agent: Agent) -> list[Link[SttPort]]:
        names = _line("STT", self.stt, agent.engines.stt, agent.language, may_stand_in=_is_local)
        return [self._link("STT", name, self.stt[name]) for name in names]

    def _models(self, agent: Agent) -> list[Link[LlmPort]]:
        choices = {choice.engine: choice for choice in agent.engines.llm}
        real = {name: llm for name, llm in self.llm.items() if name != self.demo_llm or name in choices}
        models = real or self.llm
        names = _line("LLM", models, list(choices), agent.language, may_stand_in=_never)
        chosen = {name: choices.get(name) or choices[AUTO] for name in names}
        return [self._link("LLM", name, _with(models[name], chosen[name])) for name in names]

    def _voices(self, agent: Agent) -> list[Link[TtsPort]]:
        chosen = [agent.voice.engine, *(voice.engine for voice in agent.stand_in_voices)]
        names = _line("TTS", self.tts, chosen, agent.language, may_stand_in=_is_local)
        return [self._link("TTS", name, self._voice(name, agent)) for name in names]

    def _voice(self, name: str, agent: Agent) -> TtsPort:
        engine = self.tts[name]
        if not agent.latency.cached_phrases:
            return engine
        return CachedTts(engine, self.speech, owner=(self._speaker, name))

    def _link(self, port: str, name: str, engine: PortT) -> Link[PortT]:
        return Link(name, engine, self._breakers[port, name])


def _line(
    port: str,
    engines: Mapping[str, PortT],
    chosen: Sequence[str],
    language: Language,
    *,
    may_stand_in: Callable[[PortT], bool],
) -> list[str]:
    """Return the engines for a call, in the order in which they are asked; never empty.

    Raises ``ConfigurationError`` (``unknown-engine``).
    """
    unnamed = [name for name in _usable(engines, language) if name not in chosen]
    names: list[str] = []
    for name in chosen:
        if name == AUTO:
            names += unnamed
        else:
            _named(port, engines, name)
            names.append(name)
    if AUTO not in chosen:
        names += [name for name in unnamed if may_stand_in(engines[name])]
    return names or [next(iter(engines))]


def _with(llm: LlmPort, choice: ModelChoice) -> LlmPort:
    is_plain = not choice.model and choice.temperature is None
    return llm if is_plain else ChosenModel(llm, choice)


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
