"""Another voice takes over until the first sound of a text is out, and never after."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field

import pytest

from backend.application.services.fallback.chain import Link
from backend.application.services.fallback.fallback_tts import FIRST_CHUNK_MS, NEXT_CHUNK_MS, FallbackTts
from backend.application.services.speech_cache import replay
from backend.domain.errors import ProviderError
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsPort
from backend.domain.value_objects.audio import WIDEBAND, AudioFrame
from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.domain.value_objects.word_timing import WordTiming
from tests.support.scripted import ScriptedTts, TtsTrouble
from tests.support.virtual_time import run_virtual


@dataclass
class RecordingTts(ScriptedTts):
    """Keeps the voices that it was asked for."""

    asked: list[VoiceConfig] = field(default_factory=list)
    state: Readiness = READY

    def readiness(self, language: Language) -> Readiness:
        return self.state

    def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        self.asked.append(request.voice)
        return super().synthesize(request)


def voices(*engines: ScriptedTts) -> FallbackTts:
    links: list[Link[TtsPort]] = [Link(f"voice {number}", engine) for number, engine in enumerate(engines)]
    return FallbackTts(links)


async def speak(tts: TtsPort, text: str, voice: VoiceConfig | None = None) -> tuple[float, str]:
    """Return the seconds of audio, and the error that ended it."""
    seconds = 0.0
    request = SpeechRequest(text, ENGLISH, voice or VoiceConfig(), WIDEBAND)
    try:
        async with aclosing(tts.synthesize(request)) as chunks:
            async for chunk in chunks:
                seconds += chunk.frame.duration_ns / 1e9
    except ProviderError as error:
        return round(seconds, 3), error.code
    return round(seconds, 3), ""


TEXT = "We open at nine o'clock."
REQUEST = SpeechRequest(TEXT, ENGLISH, VoiceConfig(), WIDEBAND)
WHOLE_S = round(len(TEXT) * 0.05, 3)


@pytest.mark.parametrize(
    "trouble", [TtsTrouble.FAILS_AT_ONCE, TtsTrouble.FAILS_AT_FIRST_CHUNK, TtsTrouble.HANGS]
)
def test_the_next_voice_speaks_a_text_of_which_nothing_was_heard(trouble: TtsTrouble) -> None:
    first, second = ScriptedTts(troubles={"": trouble}), ScriptedTts()

    async def main() -> float:
        assert await speak(voices(first, second), TEXT) == (WHOLE_S, "")
        return asyncio.get_running_loop().time() - WHOLE_S / second.speed

    assert run_virtual(main()) < FIRST_CHUNK_MS / 1_000 + 0.2
    assert first.running == second.running == 0


@pytest.mark.parametrize("trouble", [TtsTrouble.FAILS_MIDWAY, TtsTrouble.STALLS_MIDWAY])
def test_a_text_that_has_begun_to_sound_is_not_begun_again_but_the_next_is_the_stand_ins(
    trouble: TtsTrouble,
) -> None:
    first, second = ScriptedTts(troubles={"": trouble}), ScriptedTts()

    async def main() -> None:
        tts = voices(first, second)
        seconds, error = await speak(tts, TEXT)
        assert seconds == pytest.approx(0.1)
        assert error
        assert second.voiced == ""
        assert await speak(tts, TEXT) == (WHOLE_S, "")

    run_virtual(main())
    assert first.running == second.running == 0


def test_an_agent_does_not_change_its_voice_with_every_clause() -> None:
    first, second = RecordingTts(troubles={"one": TtsTrouble.FAILS_AT_ONCE}), RecordingTts()

    async def main() -> None:
        tts = voices(first, second)
        for text in ("one", "two", "three"):
            await speak(tts, text)

    run_virtual(main())
    assert (len(first.asked), len(second.asked)) == (2, 3), "it was asked again for another clause"


def test_a_stand_in_has_its_own_voice_at_the_same_speed() -> None:
    first, second = RecordingTts(troubles={"": TtsTrouble.FAILS_AT_ONCE}), RecordingTts()
    wanted = VoiceConfig(engine="voice 0", voice="Elvira", speed=1.25, pitch=2)
    run_virtual(speak(voices(first, second), TEXT, wanted))
    assert first.asked == [wanted, wanted]
    assert second.asked == [VoiceConfig(engine="voice 1", speed=1.25)]


def test_a_stand_in_that_was_given_a_voice_speaks_with_it() -> None:
    first, second = RecordingTts(troubles={"": TtsTrouble.FAILS_AT_ONCE}), RecordingTts()
    given = VoiceConfig(engine="voice 1", voice="Laura", speed=0.9, pitch=-1, style="calm")
    links: list[Link[TtsPort]] = [Link("voice 0", first), Link("voice 1", second)]
    run_virtual(speak(FallbackTts(links, {"voice 1": given}), TEXT, VoiceConfig(speed=1.25)))
    assert second.asked == [given]


class MuteTts(ScriptedTts):
    """Answers every request with success and without audio."""

    def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        return super().synthesize(SpeechRequest("", request.language, request.voice, request.format))


@pytest.mark.parametrize(
    ("text", "stand_in_spoke"), [(TEXT, True), ("24", True), ("...", False), ("", False)]
)
def test_silence_is_a_failure_only_where_there_is_something_to_say(text: str, stand_in_spoke: bool) -> None:
    second = RecordingTts()
    _, error = run_virtual(speak(voices(MuteTts(), second), text))
    assert error == ""
    assert bool(second.asked) == stand_in_spoke


def test_a_voice_that_says_nothing_has_failed_even_if_nobody_stands_in() -> None:
    assert run_virtual(speak(voices(MuteTts()), TEXT)) == (0, "nothing-delivered")
    assert run_virtual(speak(voices(MuteTts()), "...")) == (0, "")


@dataclass
class DrippingTts(ScriptedTts):
    """Gives ``well_ms`` of its audio as it should, then a sample each second, for a minute."""

    well_ms: float = 0

    async def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        if self.well_ms:
            yield SpeechChunk(AudioFrame(WIDEBAND, bytes(WIDEBAND.bytes_in(self.well_ms))))
        for _ in range(60):
            yield SpeechChunk(AudioFrame(WIDEBAND, bytes(2)))
            await asyncio.sleep(1)


def test_an_engine_that_drips_before_it_has_spoken_is_not_heard_and_another_speaks() -> None:
    second = ScriptedTts()

    async def main() -> float:
        assert await speak(voices(DrippingTts(), second), TEXT) == (WHOLE_S, "")
        return asyncio.get_running_loop().time() - WHOLE_S / second.speed

    assert run_virtual(main()) < FIRST_CHUNK_MS / 1_000 + 0.2


def test_an_engine_that_begins_to_drip_makes_no_progress() -> None:
    async def main() -> float:
        assert await speak(voices(DrippingTts(well_ms=100), ScriptedTts()), TEXT) == (0.1, "delivery-timeout")
        return asyncio.get_running_loop().time()

    assert run_virtual(main()) == pytest.approx(NEXT_CHUNK_MS / 1_000)


def test_nothing_is_heard_of_a_lone_engine_that_drips_so_that_the_call_notices() -> None:
    async def main() -> None:
        async with aclosing(voices(DrippingTts()).synthesize(REQUEST)) as chunks:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(chunks), 10)

    run_virtual(main())


@pytest.mark.parametrize("size_ms", [1, 10, 15, 20, 700])
def test_small_chunks_are_put_together_and_none_is_lost(size_ms: float) -> None:
    size = WIDEBAND.bytes_in(size_ms)
    speech = bytes(range(256)) * 50
    chunks = tuple(
        SpeechChunk(AudioFrame(WIDEBAND, speech[at : at + size]), (WordTiming(at, at + 1, at),))
        for at in range(0, len(speech), size)
    )

    class ChoppingTts(ScriptedTts):
        def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
            return replay(chunks)

    async def main() -> tuple[SpeechChunk, ...]:
        async with aclosing(voices(ChoppingTts()).synthesize(REQUEST)) as spoken:
            return tuple([chunk async for chunk in spoken])

    assert run_virtual(main()) == chunks


def test_an_engine_that_is_not_ready_is_passed_over() -> None:
    first = RecordingTts(state=Readiness(ReadinessState.PREPARING, "Loading."))
    tts = voices(first, ScriptedTts())
    assert run_virtual(speak(tts, TEXT)) == (WHOLE_S, "")
    assert first.asked == []
    assert tts.readiness(ENGLISH).is_ready


def test_the_last_engine_that_is_ready_may_take_its_time() -> None:
    slow = ScriptedTts(ttfb_ms=60_000)
    tts = voices(slow, RecordingTts(state=Readiness(ReadinessState.UNAVAILABLE, "No key.")))
    assert run_virtual(speak(tts, TEXT)) == (WHOLE_S, "")


def test_a_chain_promises_what_all_keep_and_offers_the_first_engines_voices() -> None:
    tts = voices(ScriptedTts(), ScriptedTts(word_timestamps=False))
    assert not tts.capabilities.word_timestamps
    assert tts.capabilities.languages == {"en", "es"}
    assert tts.capabilities.local
    assert [voice.id for voice in tts.voices()] == ["tone"]
