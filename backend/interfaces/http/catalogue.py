"""What an agent can be made of, read from the registered engines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from backend.application.factories.provider_registry import ProviderRegistry, SpeaksLanguages
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY
from backend.interfaces.http.schemas.options import (
    EngineOption,
    EngineOptions,
    EngineReadiness,
    LanguageOption,
    Options,
    VoiceOption,
)


def options_of(
    providers: ProviderRegistry, names: Mapping[str, str], languages: Mapping[Language, str]
) -> Options:
    """Return everything there is to choose from.

    ``names`` are the engines' names for people, ``languages`` the languages' names for themselves.
    """
    return Options(
        languages=[
            LanguageOption(tag=language.tag, name=name, voices=_voices(providers, language))
            for language, name in languages.items()
        ],
        engines=EngineOptions(
            vad=[_always_ready(engine, names, languages) for engine in providers.vad],
            stt=_engines(providers.stt, names, languages),
            llm=_engines(providers.llm, names, languages),
            tts=_engines(providers.tts, names, languages),
        ),
    )


def _voices(providers: ProviderRegistry, language: Language) -> list[VoiceOption]:
    return [
        VoiceOption.of(engine, voice)
        for engine, tts in providers.tts.items()
        for voice in tts.voices()
        if voice.language.base == language.base
    ]


def _engines(
    engines: Mapping[str, SpeaksLanguages], names: Mapping[str, str], languages: Iterable[Language]
) -> list[EngineOption]:
    return [
        EngineOption(
            id=engine,
            name=names.get(engine, engine),
            readiness=[EngineReadiness.of(language, port.readiness(language)) for language in languages],
        )
        for engine, port in engines.items()
    ]


def _always_ready(engine: str, names: Mapping[str, str], languages: Iterable[Language]) -> EngineOption:
    readiness = [EngineReadiness.of(language, READY) for language in languages]
    return EngineOption(id=engine, name=names.get(engine, engine), readiness=readiness)
