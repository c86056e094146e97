"""Which engines an agent gets, and in which order they stand in for one another."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

import pytest

from backend.application.factories.provider_registry import ProviderRegistry
from backend.application.services.call_services import Engines
from backend.domain.entities.agent import Agent, EngineChoice, ModelChoice
from backend.domain.errors import ConfigurationError, ProviderError
from backend.domain.ports.llm_port import LlmEvent, LlmRequest
from backend.domain.ports.stt_port import SttCapabilities, SttRequest
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities
from backend.domain.value_objects.audio import WIDEBAND
from backend.domain.value_objects.engine_names import EngineNames
from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.domain.value_objects.voice_config import VoiceConfig
from tests.support.calls import AGENT
from tests.support.scripted import (
    EnergyVad,
    Say,
    ScriptedLlm,
    ScriptedStt,
    ScriptedSttStream,
    ScriptedTts,
)
from tests.support.virtual_time import run_virtual

PREPARING = Readiness(ReadinessState.PREPARING, "Fetching its model.")
UNAVAILABLE = Readiness(ReadinessState.UNAVAILABLE, "There is no key.")
ENGINES = {
    "stt": ("azure", "deepgram", "moonshine", "pocketsphinx"),
    "llm": ("groq", "openai", "builtin"),
    "tts": ("azure", "elevenlabs", "espeak"),
}
LOCAL = {"moonshine", "pocketsphinx", "espeak"}


def busy(name: str) -> ProviderError:
    """Return the failure of an engine that is not to be asked again soon."""
    return ProviderError(name, "it is overloaded", retry_after_ms=60_000)


@dataclass
class Server:
    """Engines that all fail, and note in ``asked`` who was asked in which order."""

    engines: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(ENGINES))
    states: dict[str, Readiness] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.registry = ProviderRegistry(
            vad={"energy": EnergyVad()},
            stt={name: BrokenStt(self, name) for name in self.engines["stt"]},
            llm={name: BrokenLlm(self, name) for name in self.engines["llm"]},
            tts={name: BrokenTts(self, name) for name in self.engines["tts"]},
        )

    def who_is_asked(self, port: str, *chosen: str) -> list[str]:
        """Return whom a call asks, one after the other, of an agent that has chosen these engines."""
        self.asked.clear()
        run_virtual(self.call(port, *chosen))
        return list(self.asked)

    async def call(self, port: str, *chosen: str) -> None:
        """Begin a call and let it find out that nobody works."""
        engines = self.registry.engines_for(choosing(port, *chosen or ("auto",)))
        with pytest.raises(ProviderError):
            await _use(engines, port)


def choosing(port: str, *names: str) -> Agent:
    """Return an agent that has chosen these engines for one of its ports."""
    if port == "stt":
        return replace(AGENT, engines=EngineChoice(stt=names))
    if port == "llm":
        return replace(AGENT, engines=EngineChoice(llm=tuple(map(ModelChoice, names))))
    voice, *stand_ins = (VoiceConfig(engine=name) for name in names)
    return replace(AGENT, voice=voice, stand_in_voices=tuple(stand_ins))


async def _use(engines: Engines, port: str) -> None:
    if port == "stt":
        await engines.stt.open(SttRequest(ENGLISH))
    elif port == "llm":
        async with aclosing(engines.llm.stream(LlmRequest((), ENGLISH))) as events:
            await anext(events)
    else:
        request = SpeechRequest("Hello.", ENGLISH, VoiceConfig(), WIDEBAND)
        async with aclosing(engines.tts.synthesize(request)) as chunks:
            await anext(chunks)


class BrokenStt(ScriptedStt):
    def __init__(self, server: Server, name: str) -> None:
        super().__init__([])
        self._server, self._name = server, name

    @property
    def capabilities(self) -> SttCapabilities:
        return replace(super().capabilities, local=self._name in LOCAL)

    def readiness(self, language: Language) -> Readiness:
        return self._server.states.get(self._name, READY)

    async def open(self, request: SttRequest) -> ScriptedSttStream:
        self._server.asked.append(self._name)
        raise busy(self._name)


class BrokenLlm(ScriptedLlm):
    def __init__(self, server: Server, name: str) -> None:
        super().__init__([Say("", error=busy(name))])
        self._server, self._name = server, name

    def readiness(self, language: Language) -> Readiness:
        return self._server.states.get(self._name, READY)

    def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:
        self._server.asked.append(self._name)
        return super().stream(request)


class BrokenTts(ScriptedTts):
    def __init__(self, server: Server, name: str) -> None:
        super().__init__()
        self._server, self._name = server, name

    @property
    def capabilities(self) -> TtsCapabilities:
        return replace(super().capabilities, local=self._name in LOCAL)

    def readiness(self, language: Language) -> Readiness:
        return self._server.states.get(self._name, READY)

    async def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        self._server.asked.append(self._name)
        async with aclosing(super().synthesize(request)) as chunks:
            async for chunk in chunks:
                if chunk.frame.payload:
                    raise busy(self._name)
                yield chunk


@pytest.mark.parametrize("port", ["stt", "tts"])
def test_auto_asks_all_engines_best_first(port: str) -> None:
    assert Server().who_is_asked(port) == [*ENGINES[port]]


def test_auto_asks_all_models_but_the_demo_brain() -> None:
    assert Server().who_is_asked("llm") == ["groq", "openai"]


def test_without_a_model_the_demo_brain_answers() -> None:
    assert Server({**ENGINES, "llm": ("builtin",)}).who_is_asked("llm") == ["builtin"]


def test_the_demo_brain_does_not_answer_for_a_model_that_is_set_but_not_ready() -> None:
    server = Server({**ENGINES, "llm": ("groq", "builtin")}, states={"groq": UNAVAILABLE})
    assert server.who_is_asked("llm") == ["groq"]


def test_a_model_that_is_named_answers_alone() -> None:
    assert Server().who_is_asked("llm", "groq") == ["groq"]
    assert Server().who_is_asked("llm", "builtin") == ["builtin"]


@pytest.mark.parametrize(
    ("port", "chosen", "asked"),
    [
        ("stt", "azure", ["azure", "moonshine", "pocketsphinx"]),
        ("stt", "pocketsphinx", ["pocketsphinx", "moonshine"]),
        ("tts", "azure", ["azure", "espeak"]),
        ("tts", "espeak", ["espeak"]),
    ],
)
def test_only_engines_of_this_machine_stand_in_for_ears_and_a_voice_that_are_named(
    port: str, chosen: str, asked: list[str]
) -> None:
    assert Server().who_is_asked(port, chosen) == asked


def test_engines_that_are_unavailable_are_not_asked() -> None:
    server = Server(states={"azure": UNAVAILABLE, "deepgram": UNAVAILABLE})
    assert server.who_is_asked("stt") == ["moonshine", "pocketsphinx"]
    assert server.who_is_asked("stt", "azure") == ["moonshine", "pocketsphinx"]


def test_engines_that_are_preparing_are_asked_as_soon_as_they_are_ready() -> None:
    server = Server(states={"azure": UNAVAILABLE, "deepgram": UNAVAILABLE, "moonshine": PREPARING})
    stt = server.registry.engines_for(AGENT).stt

    async def main() -> None:
        with pytest.raises(ProviderError):
            await stt.open(SttRequest(ENGLISH))
        assert server.asked == ["pocketsphinx"]
        server.states["moonshine"] = READY
        with pytest.raises(ProviderError):
            await stt.open(SttRequest(ENGLISH))
        assert server.asked[1:] == ["moonshine"]

    run_virtual(main())


def test_if_none_is_of_any_use_the_first_says_why() -> None:
    server = Server(states=dict.fromkeys(ENGINES["tts"], UNAVAILABLE))
    assert server.who_is_asked("tts") == ["azure"]


@pytest.mark.parametrize(
    ("port", "chosen", "asked"),
    [
        ("stt", ["deepgram", "azure"], ["deepgram", "azure", "moonshine", "pocketsphinx"]),
        ("stt", ["pocketsphinx", "azure"], ["pocketsphinx", "azure", "moonshine"]),
        ("stt", ["moonshine", "auto"], ["moonshine", "azure", "deepgram", "pocketsphinx"]),
        ("stt", ["auto", "azure"], ["deepgram", "moonshine", "pocketsphinx", "azure"]),
        ("llm", ["openai", "groq"], ["openai", "groq"]),
        ("llm", ["openai", "auto"], ["openai", "groq"]),
        ("llm", ["openai", "builtin"], ["openai", "builtin"]),
        ("llm", ["builtin", "auto"], ["builtin", "groq", "openai"]),
        ("tts", ["elevenlabs", "azure"], ["elevenlabs", "azure", "espeak"]),
        ("tts", ["elevenlabs", "auto"], ["elevenlabs", "azure", "espeak"]),
        ("tts", ["auto", "azure"], ["elevenlabs", "espeak", "azure"]),
    ],
)
def test_engines_are_asked_in_the_order_in_which_they_are_named(
    port: str, chosen: list[str], asked: list[str]
) -> None:
    assert Server().who_is_asked(port, *chosen) == asked


def test_it_is_known_whom_a_call_asks_first() -> None:
    server = Server(states={"azure": UNAVAILABLE, "groq": PREPARING})
    agent = replace(AGENT, engines=EngineChoice(stt=("pocketsphinx", "auto")))
    names = server.registry.engines_for(agent).names
    assert names == EngineNames(stt="pocketsphinx", llm="openai", tts="elevenlabs", vad="energy")


def test_a_model_and_its_temperature_are_those_of_its_engine_alone() -> None:
    server = Server()
    choices = (ModelChoice("openai", "gpt", 0.25), ModelChoice("auto", temperature=1), ModelChoice("builtin"))
    agent = replace(AGENT, engines=EngineChoice(llm=choices))

    async def main() -> None:
        with pytest.raises(ProviderError):
            await _use(server.registry.engines_for(agent), "llm")

    run_virtual(main())
    asked_for = {}
    for name, engine in server.registry.llm.items():
        assert isinstance(engine, BrokenLlm)
        asked_for[name] = (engine.requests[0].model, engine.requests[0].temperature)
    assert asked_for == {"openai": ("gpt", 0.25), "groq": ("", 1), "builtin": ("", None)}


def test_engines_that_are_not_registered_are_found_before_a_call_needs_them() -> None:
    agent = replace(
        AGENT,
        engines=EngineChoice("x", ("azure", "y"), (ModelChoice("z"), ModelChoice("auto"))),
        voice=VoiceConfig("u"),
        stand_in_voices=(VoiceConfig("espeak"), VoiceConfig("v")),
    )
    assert Server().registry.unknown_engines(agent) == [
        ("engines.vad", "x"),
        ("engines.stt.1", "y"),
        ("engines.llm.0.engine", "z"),
        ("voice.engine", "u"),
        ("stand_in_voices.1.engine", "v"),
    ]
    assert Server().registry.unknown_engines(AGENT) == []


def test_all_calls_share_what_is_known_about_an_engine() -> None:
    server = Server()

    async def main() -> None:
        for _ in range(6):
            await server.call("tts", "azure")

    run_virtual(main())
    assert server.asked.count("azure") == 5
    assert server.asked.count("espeak") == 6


def test_an_engine_that_does_not_exist_is_told_with_those_that_do() -> None:
    agent = choosing("stt", "nobody")
    with pytest.raises(
        ConfigurationError, match=r"nobody.*azure, deepgram, moonshine, pocketsphinx"
    ) as caught:
        Server().registry.engines_for(agent)
    assert caught.value.code == "unknown-engine"
