"""The composition root's other half: the engines that the server brings along.

Together with ``bootstrap.py`` and ``infrastructure/providers`` the only modules that name concrete engines.
Nothing is started here: the ``EngineDirectory`` does that, and closes them.
"""

from __future__ import annotations

from backend.application.factories.engine_directory import EngineBuilder, House
from backend.application.factories.engine_set import EngineSet
from backend.infrastructure.adapters.llm.builtin_responder import BuiltinResponder
from backend.infrastructure.adapters.simulated.llm import SimulatedLlm, SimulatedLlmSettings
from backend.infrastructure.adapters.simulated.stt import SimulatedStt, SimulatedSttSettings
from backend.infrastructure.adapters.simulated.tts import SimulatedTts, SimulatedTtsSettings
from backend.infrastructure.adapters.stt.moonshine_adapter import MoonshineStt
from backend.infrastructure.adapters.stt.pocketsphinx_adapter import PocketsphinxStt
from backend.infrastructure.adapters.tts.espeak_adapter import EspeakTts
from backend.infrastructure.adapters.vad.silero_vad import SileroVad
from backend.infrastructure.config.settings import Settings
from backend.infrastructure.providers.server_accounts import server_accounts


def build_house(settings: Settings, providers: EngineBuilder) -> House:
    """Return the engines that the settings ask for, best first: cloud, then this machine's."""
    vad = {"silero": SileroVad()}
    if settings.simulated_engines:
        return House(vad, {"simulated": _simulated(settings)})
    cloud = {account.id: providers.build(account, key) for account, key in server_accounts(settings)}
    return House(vad, cloud | _local(settings))


def _local(settings: Settings) -> dict[str, EngineSet]:
    """Return the engines of this machine, which need neither key nor network."""
    moonshine, pocketsphinx, espeak = _moonshine(settings), PocketsphinxStt(), EspeakTts()
    return {
        "moonshine": EngineSet(
            name="Moonshine",
            is_local=True,
            stt=moonshine,
            starters=(moonshine.start,),
            closers=(moonshine.aclose,),
        ),
        "pocketsphinx": EngineSet(
            name="PocketSphinx",
            is_local=True,
            stt=pocketsphinx,
            starters=(pocketsphinx.start,),
            closers=(pocketsphinx.aclose,),
        ),
        "builtin": EngineSet(name="Demo brain", is_local=True, llm=BuiltinResponder()),
        "espeak": EngineSet(
            name="eSpeak NG", is_local=True, tts=espeak, starters=(espeak.start,), closers=(espeak.aclose,)
        ),
    }


def _simulated(settings: Settings) -> EngineSet:
    """Return engines that only take their time, for load tests; the voice detector is the real one."""
    model = SimulatedLlmSettings(
        ttft_ms=settings.simulated_llm_ms, tokens_per_second=settings.simulated_llm_tokens_per_s
    )
    return EngineSet(
        name="Simulated",
        is_local=True,
        stt=SimulatedStt(SimulatedSttSettings(final_delay_ms=settings.simulated_stt_ms)),
        llm=SimulatedLlm(model),
        tts=SimulatedTts(SimulatedTtsSettings(ttfb_ms=settings.simulated_tts_ms)),
    )


def _moonshine(settings: Settings) -> MoonshineStt:
    named = {"en": settings.moonshine_model_en, "es": settings.moonshine_model_es}
    return MoonshineStt(
        settings.moonshine_cache_dir or settings.data_dir / "models",
        languages=named,
        model_paths={language: path for language, path in named.items() if path is not None},
        may_download=settings.moonshine_download,
    )
