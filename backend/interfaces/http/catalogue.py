"""What an agent can be made of, read from its tenant's engines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from backend.application.factories.engine_directory import Catalogue
from backend.application.factories.engine_set import EngineSet
from backend.application.factories.provider_registry import SpeaksLanguages
from backend.domain.ports.provider_kind_port import ProviderKind
from backend.domain.ports.tts_port import TtsPort
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY
from backend.interfaces.http.schemas.options import (
    EngineOption,
    EngineOptions,
    EngineReadiness,
    LanguageOption,
    Options,
    ProviderKindOption,
    VoiceOption,
)


def options_of(
    catalogue: Catalogue, kinds: Sequence[ProviderKind], languages: Mapping[Language, str]
) -> Options:
    """Return everything there is to choose from; ``languages`` are their names for themselves."""
    registry = catalogue.registry
    return Options(
        languages=[
            LanguageOption(tag=language.tag, name=name, voices=_voices(registry.tts, language))
            for language, name in languages.items()
        ],
        engines=EngineOptions(
            vad=[_detector(engine, languages) for engine in registry.vad],
            stt=_engines(registry.stt, catalogue.sets, languages),
            llm=_engines(registry.llm, catalogue.sets, languages, have_models=True),
            tts=_engines(registry.tts, catalogue.sets, languages),
        ),
        providers=[ProviderKindOption.of(kind) for kind in kinds],
    )


def _voices(engines: Mapping[str, TtsPort], language: Language) -> list[VoiceOption]:
    return [
        VoiceOption.of(engine, voice)
        for engine, tts in engines.items()
        for voice in tts.voices()
        if voice.language.base == language.base
    ]


def _engines(
    engines: Mapping[str, SpeaksLanguages],
    sets: Mapping[str, EngineSet],
    languages: Iterable[Language],
    *,
    have_models: bool = False,
) -> list[EngineOption]:
    return [
        EngineOption(
            id=engine,
            name=sets[engine].name,
            kind=sets[engine].kind,
            local=sets[engine].is_local,
            model=sets[engine].model if have_models else "",
            readiness=[EngineReadiness.of(language, port.readiness(language)) for language in languages],
        )
        for engine, port in engines.items()
    ]


def _detector(engine: str, languages: Iterable[Language]) -> EngineOption:
    """Describe a voice detector: they are all on this machine, and know no languages."""
    readiness = [EngineReadiness.of(language, READY) for language in languages]
    return EngineOption(
        id=engine, name=engine.capitalize(), kind="", local=True, model="", readiness=readiness
    )
