"""A voice is heard as it is: by the engine that was asked for, or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from backend.application.factories.provider_registry import ProviderRegistry
from backend.application.services.voice_preview import MAX_AUDIO_MS, TIMEOUT_S, VoicePreview
from backend.domain.errors import FieldError, ProviderError, ProviderTimeoutError
from backend.domain.ports.tts_port import Voice
from backend.domain.value_objects.audio import WIDEBAND, AudioFrame
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.readiness import Readiness, ReadinessState
from backend.domain.value_objects.voice_config import VoiceConfig
from tests.support.engines import FixedEngines, scripted_registry
from tests.support.scripted import ScriptedTts, TtsTrouble
from tests.support.virtual_time import run_virtual


class Elena(ScriptedTts):
    """An engine with a voice that has a name."""

    def voices(self) -> tuple[Voice, ...]:
        return (Voice("es-elena", "Elena", SPANISH),)


class Asleep(ScriptedTts):
    """An engine that will be ready later."""

    def readiness(self, language: Language) -> Readiness:
        return Readiness(ReadinessState.PREPARING, "Waking up.")


def a_registry(**tts: ScriptedTts) -> ProviderRegistry:
    return replace(scripted_registry(), tts=tts)


def preview(
    registry: ProviderRegistry,
    text: str = "Hello.",
    *,
    language: Language = ENGLISH,
    engine: str = "auto",
    voice: str = "",
) -> AudioFrame:
    """Preview in virtual time; whatever happens, the engines are given back and at rest."""
    engines = FixedEngines(registry)

    async def story() -> AudioFrame:
        try:
            return await VoicePreview(engines)("home", language, VoiceConfig(engine, voice), text)
        finally:
            assert engines.loans == 0
            assert not any(tts.running for tts in registry.tts.values() if isinstance(tts, ScriptedTts))

    return run_virtual(story())


def test_the_text_is_spoken_whole() -> None:
    tts = ScriptedTts()
    speech = preview(a_registry(tones=tts), "Hello there.")
    assert speech.format == WIDEBAND
    assert tts.characters_in(np.frombuffer(speech.payload, np.int16)) == list(range(len("Hello there.")))


@pytest.mark.parametrize(
    ("language", "voice", "said"),
    [
        (ENGLISH, "", "Hello. This is how I sound."),
        (SPANISH, "", "Hola. Así es como sueno."),
        (Language("es-419"), "es-elena", "Hola, soy Elena. Así sueno por teléfono."),
        (ENGLISH, "es-elena", "Hello, I am Elena. This is how I sound on the telephone."),
        (SPANISH, "es-nobody", "Hola. Así es como sueno."),
    ],
)
def test_without_a_text_the_voice_says_who_it_is(language: Language, voice: str, said: str) -> None:
    tts = Elena()
    preview(a_registry(tones=tts), "", language=language, voice=voice)
    assert tts.voiced.strip() == said


def test_auto_is_the_first_that_is_ready_and_a_name_is_that_engine() -> None:
    asleep, awake, named = Asleep(), ScriptedTts(), ScriptedTts()
    registry = a_registry(asleep=asleep, awake=awake, named=named)
    preview(registry, "one")
    preview(registry, "two", engine="named")
    assert (asleep.voiced, awake.voiced, named.voiced) == ("", "one ", "two ")


def test_nobody_stands_in() -> None:
    well, broken = ScriptedTts(), ScriptedTts(troubles={"": TtsTrouble.FAILS_AT_ONCE})
    with pytest.raises(ProviderError) as raised:
        preview(a_registry(broken=broken, well=well), engine="broken")
    assert (raised.value.code, well.voiced) == ("tts-broke", "")


def test_an_engine_that_is_not_ready_says_so() -> None:
    with pytest.raises(ProviderError, match=r"Waking up\.") as raised:
        preview(a_registry(asleep=Asleep()))
    assert raised.value.code == "not-ready"


def test_an_unknown_engine_is_the_field_that_names_it() -> None:
    with pytest.raises(FieldError, match="there are tones") as raised:
        preview(a_registry(tones=ScriptedTts()), engine="nobody")
    assert raised.value.field == "voice.engine"


@pytest.mark.parametrize("engine", ["auto", "tones"])
def test_a_language_that_the_engine_does_not_speak_is_a_field_too(engine: str) -> None:
    with pytest.raises(FieldError, match="does not speak it") as raised:
        preview(a_registry(tones=ScriptedTts()), language=Language("de"), engine=engine)
    assert (raised.value.field, raised.value.code) == ("language", "unknown-language")


def test_speech_is_cut_where_a_preview_ends() -> None:
    speech = preview(a_registry(tones=ScriptedTts(ms_per_character=1_000)), "a" * 30)
    assert speech.duration_ns == MAX_AUDIO_MS * 1_000_000


def test_an_engine_that_stalls_is_given_up() -> None:
    for trouble in (TtsTrouble.HANGS, TtsTrouble.STALLS_MIDWAY):
        with pytest.raises(ProviderTimeoutError):
            preview(a_registry(tones=ScriptedTts(troubles={"Hello": trouble})), "Hello there, everybody.")
    assert TIMEOUT_S <= 20


def test_cancelling_stops_the_engine() -> None:
    tts = ScriptedTts(troubles={"Hello": TtsTrouble.HANGS})
    engines = FixedEngines(a_registry(tones=tts))

    async def story() -> None:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(VoicePreview(engines)("home", ENGLISH, VoiceConfig(), "Hello."))
            await asyncio.sleep(1)
            assert (tts.running, engines.loans) == (1, 1)
            task.cancel()
        assert (tts.running, engines.loans) == (0, 0)

    run_virtual(story())
