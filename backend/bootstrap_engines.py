"""The composition root's other half: the engines of this machine, from the settings.

Together with ``bootstrap.py`` the only module that names concrete classes. Engines are built here, started in
the server's lifespan, and closed in the opposite order.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from backend.application.factories.provider_registry import ProviderRegistry
from backend.domain.ports.vad_port import VadPort
from backend.infrastructure.adapters.azure.account import AzureAccount
from backend.infrastructure.adapters.llm.builtin_responder import BuiltinResponder
from backend.infrastructure.adapters.llm.groq_adapter import GROQ_URL, GroqAdapter, GroqSettings
from backend.infrastructure.adapters.llm.openai_adapter import OPENAI_URL, OpenAiAdapter, OpenAiSettings
from backend.infrastructure.adapters.simulated.llm import SimulatedLlm, SimulatedLlmSettings
from backend.infrastructure.adapters.simulated.stt import SimulatedStt, SimulatedSttSettings
from backend.infrastructure.adapters.simulated.tts import SimulatedTts, SimulatedTtsSettings
from backend.infrastructure.adapters.stt.azure_stt_adapter import AzureStt
from backend.infrastructure.adapters.stt.moonshine_adapter import MoonshineStt
from backend.infrastructure.adapters.stt.pocketsphinx_adapter import PocketsphinxStt
from backend.infrastructure.adapters.tts.azure_tts_adapter import AzureTts
from backend.infrastructure.adapters.tts.espeak_adapter import EspeakTts
from backend.infrastructure.adapters.vad.silero_vad import SileroVad
from backend.infrastructure.config.settings import Settings


@dataclass(frozen=True, slots=True)
class EngineRoom:
    """The engines of this machine, best first, and those of them that want to be started and closed."""

    providers: ProviderRegistry
    names: Mapping[str, str]
    workers: list[EspeakTts | PocketsphinxStt | MoonshineStt | AzureStt | AzureTts] = field(
        default_factory=list
    )
    models: list[GroqAdapter | OpenAiAdapter] = field(default_factory=list)


def build_engines(settings: Settings) -> EngineRoom:
    """Return the engines that the settings ask for, not yet started."""
    vad: Mapping[str, VadPort] = {"silero": SileroVad()}
    names = {
        "silero": "Silero",
        "moonshine": "Moonshine",
        "pocketsphinx": "PocketSphinx",
        "builtin": "Demo brain",
        "groq": f"Groq {settings.groq_model}",
        "openai": settings.llm_model or "OpenAI-compatible",
        "azure": "Azure",
        "espeak": "eSpeak NG",
        "simulated": "Simulated",
    }
    if settings.simulated_engines:
        return EngineRoom(_simulated(settings, vad), names)
    moonshine = _moonshine(settings)
    pocketsphinx, espeak = PocketsphinxStt(), EspeakTts()
    azure_ears, azure_voice = _azure(settings)
    models = _language_models(settings)
    return EngineRoom(
        ProviderRegistry(
            vad=vad,
            stt={**azure_ears, "moonshine": moonshine, "pocketsphinx": pocketsphinx},
            llm={**models, "builtin": BuiltinResponder()},
            tts={**azure_voice, "espeak": espeak},
        ),
        names,
        workers=[*azure_ears.values(), *azure_voice.values(), moonshine, pocketsphinx, espeak],
        models=[*models.values()],
    )


def _simulated(settings: Settings, vad: Mapping[str, VadPort]) -> ProviderRegistry:
    """Return engines that only take their time, for load tests; the voice detector is the real one."""
    model = SimulatedLlmSettings(
        ttft_ms=settings.simulated_llm_ms, tokens_per_second=settings.simulated_llm_tokens_per_s
    )
    return ProviderRegistry(
        vad=vad,
        stt={"simulated": SimulatedStt(SimulatedSttSettings(final_delay_ms=settings.simulated_stt_ms))},
        llm={"simulated": SimulatedLlm(model)},
        tts={"simulated": SimulatedTts(SimulatedTtsSettings(ttfb_ms=settings.simulated_tts_ms))},
    )


def _moonshine(settings: Settings) -> MoonshineStt:
    named = {"en": settings.moonshine_model_en, "es": settings.moonshine_model_es}
    return MoonshineStt(
        settings.moonshine_cache_dir or settings.data_dir / "models",
        languages=named,
        model_paths={language: path for language, path in named.items() if path is not None},
        may_download=settings.moonshine_download,
    )


def _azure(settings: Settings) -> tuple[dict[str, AzureStt], dict[str, AzureTts]]:
    """Return Azure's ears and voice if there is a key; the settings see to it that the rest is there."""
    if settings.azure_speech_key is None:
        return {}, {}
    account = AzureAccount(
        settings.azure_speech_key.get_secret_value(),
        region=settings.azure_speech_region or "",
        endpoint=settings.azure_speech_endpoint or "",
    )
    return {"azure": AzureStt(account)}, {"azure": AzureTts(account)}


def _language_models(settings: Settings) -> dict[str, GroqAdapter | OpenAiAdapter]:
    """Return the models that are set, the fastest first."""
    models: dict[str, GroqAdapter | OpenAiAdapter] = {}
    if settings.groq_api_key is not None:
        groq_key = settings.groq_api_key.get_secret_value()
        groq_url = settings.groq_base_url or GROQ_URL
        models["groq"] = GroqAdapter(GroqSettings(settings.groq_model, groq_key, groq_url))
    if settings.llm_model is not None:
        key = "" if settings.llm_api_key is None else settings.llm_api_key.get_secret_value()
        url = settings.llm_base_url or OPENAI_URL
        patience = settings.llm_timeout_ms
        models["openai"] = OpenAiAdapter(
            OpenAiSettings(settings.llm_model, key, url, first_token_timeout_ms=patience)
        )
    return models


async def start_engines(engines: EngineRoom, stack: AsyncExitStack) -> None:
    """Warm the engines up, so that the first call does not wait for them; ``stack`` closes them."""
    for worker in engines.workers:
        stack.push_async_callback(worker.aclose)
        worker.start()
    for model in engines.models:
        stack.push_async_callback(model.aclose)
        await model.start()
