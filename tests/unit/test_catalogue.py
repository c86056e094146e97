"""The console need not know what there is: the options tell."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from backend.application.factories.engine_directory import Catalogue
from backend.application.factories.engine_set import EngineSet
from backend.domain.entities.agent import ModelChoice
from backend.domain.ports.tts_port import Voice
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.providers.known_providers import KnownProviders
from backend.interfaces.http.catalogue import options_of
from backend.interfaces.http.schemas import engines
from backend.interfaces.http.schemas.options import Options, Ranges
from tests.support.scripted import EnergyVad, ScriptedLlm, ScriptedStt, ScriptedTts


class Choir(ScriptedTts):
    """An engine with voices in several languages, one of them with styles."""

    def voices(self) -> tuple[Voice, ...]:
        return (
            Voice("mx", "Dalia", Language("es-MX"), "female", ("cheerful", "sad")),
            Voice("us", "Guy", Language("en-US")),
        )


def some_options() -> Options:
    cloud = EngineSet(name="Cloud", kind="openai", model="gpt", llm=ScriptedLlm([]), tts=Choir())
    local = EngineSet(
        name="At home", is_local=True, stt=ScriptedStt([]), llm=ScriptedLlm([]), tts=ScriptedTts()
    )
    catalogue = Catalogue.of({"energy": EnergyVad()}, {"cloud": cloud, "home": local})
    return options_of(catalogue, KnownProviders().all(), {ENGLISH: "English", SPANISH: "Español"})


def test_each_engine_says_whose_it_is_where_it_runs_and_which_model_it_has() -> None:
    engines = some_options().engines
    described = {
        port: [(e.id, e.name, e.kind, e.local, e.model) for e in getattr(engines, port)]
        for port in ("vad", "stt", "llm", "tts")
    }
    home = ("home", "At home", "", True, "")
    assert described == {
        "vad": [("energy", "Energy", "", True, "")],
        "stt": [home],
        "llm": [("cloud", "Cloud", "openai", False, "gpt"), home],
        "tts": [("cloud", "Cloud", "openai", False, ""), home],
    }
    assert all(len(engine.readiness) == 2 for engine in (*engines.vad, *engines.stt, *engines.tts))


def test_voices_stand_with_their_language_and_tell_their_styles() -> None:
    english, spanish = some_options().languages
    assert [(v.engine, v.id, v.styles) for v in english.voices] == [("cloud", "us", []), ("home", "tone", [])]
    assert [(v.engine, v.id, v.styles) for v in spanish.voices] == [("cloud", "mx", ["cheerful", "sad"])]


def test_every_kind_of_provider_is_there_with_its_fields() -> None:
    providers = {provider.id: provider for provider in some_options().providers}
    assert list(providers) == [kind.id for kind in KnownProviders().all()]
    model, base_url, timeout_ms = providers["openai"].fields
    assert (model.name, model.type, model.required, model.is_address) == ("model", "text", True, False)
    assert (base_url.type, base_url.is_address, base_url.default) == (
        "url",
        True,
        "https://api.openai.com/v1",
    )
    assert timeout_ms.default == ""
    assert (providers["openai"].needs_key, providers["azure"].needs_key) == (False, True)
    assert providers["azure"].ports == ["stt", "tts"]


@pytest.mark.parametrize("name", ["speed", "pitch"])
def test_a_slider_goes_exactly_as_far_as_a_voice(name: str) -> None:
    limits = getattr(Ranges(), name)
    assert getattr(VoiceConfig(), name) == limits.default
    for inside in (limits.min, limits.max):
        engines.Voice(**{name: inside}).to_domain()
    for outside in (limits.min - 0.01, limits.max + 0.01):
        with pytest.raises(ValueError, match=name):
            VoiceConfig(**{name: outside})
        with pytest.raises(ValidationError):
            engines.Voice(**{name: outside})


def test_a_slider_goes_exactly_as_far_as_a_temperature() -> None:
    limits = Ranges().temperature
    assert ModelChoice().temperature is limits.default
    for inside in (limits.min, limits.max):
        ModelChoice(temperature=inside)
    for outside in (limits.min - 0.01, limits.max + 0.01):
        with pytest.raises(ValueError, match="temperature"):
            ModelChoice(temperature=outside)
