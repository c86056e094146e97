"""What every speech engine makes of a text and of the voices it has, whoever made it."""

from __future__ import annotations

import numpy as np
import pytest

from backend.application.processors.g711 import alaw_decode, mulaw_decode
from backend.domain.errors import ProviderError
from backend.domain.value_objects.audio import MULAW_8K, NARROWBAND, WIDEBAND, AudioFormat, Encoding
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.voice_config import VoiceConfig
from tests.support.speech_engines import ClosableTts, Engine
from tests.support.speech_orders import duration_ms, order, speak

pytest_plugins = ["tests.support.speech_engine_fixtures"]

TEXT = "¿Qué tal, señora Ibáñez? La canción número uno."
WORDS = ["Qué", "tal", "señora", "Ibáñez", "La", "canción", "número", "uno"]


@pytest.mark.parametrize(
    "audio_format",
    [WIDEBAND, NARROWBAND, MULAW_8K, AudioFormat(Encoding.ALAW, 8_000), AudioFormat(Encoding.PCM16, 24_000)],
)
async def test_audio_comes_in_the_format_asked_for(
    tts: ClosableTts, engine: Engine, audio_format: AudioFormat
) -> None:
    chunks = await speak(tts, order(TEXT, audio_format=audio_format))
    assert {chunk.frame.format for chunk in chunks} == {audio_format}
    assert all(chunk.frame.payload for chunk in chunks)
    payload = b"".join(chunk.frame.payload for chunk in chunks)
    decode = {Encoding.MULAW: mulaw_decode, Encoding.ALAW: alaw_decode}
    samples = decode.get(audio_format.encoding, lambda pcm: np.frombuffer(pcm, "<i2"))(payload)
    if engine.speaks:
        assert 1_500 < duration_ms(chunks) < 8_000
        assert np.abs(samples.astype(float)).max() > 3_000


async def test_words_come_in_order_with_their_places_in_the_text(tts: ClosableTts) -> None:
    if not tts.capabilities.word_timestamps:
        pytest.skip("n/a: this engine does not tell when words begin")
    chunks = await speak(tts, order(TEXT))
    words = [word for chunk in chunks for word in chunk.words]
    assert [TEXT[word.start : word.end].strip("¿?.,") for word in words] == WORDS
    times = [word.at_ms for word in words]
    assert times == sorted(times)
    assert 0 <= times[0] < 200
    assert times[-1] < duration_ms(chunks)
    before = 0.0
    for chunk in chunks:
        assert all(word.at_ms >= before for word in chunk.words), "a word came after its audio"
        before += chunk.frame.duration_ns / 1e6


@pytest.mark.parametrize("text", ["", "   ", "...", "¿?", "\N{GRINNING FACE}"])
async def test_a_text_without_anything_to_pronounce_yields_nothing(tts: ClosableTts, text: str) -> None:
    assert await speak(tts, order(text)) == []


async def test_a_faster_voice_takes_less_time(tts: ClosableTts, engine: Engine) -> None:
    if not engine.speaks:
        pytest.skip("n/a: a stand-in has no pace")
    slow, fast = [await speak(tts, order(TEXT, voice=VoiceConfig(speed=speed))) for speed in (0.75, 1.5)]
    assert duration_ms(fast) < 0.7 * duration_ms(slow)


async def test_every_voice_on_offer_speaks(tts: ClosableTts) -> None:
    voices = tts.voices()
    assert {voice.language.base for voice in voices} <= tts.capabilities.languages
    for voice in voices:
        config = VoiceConfig(voice=voice.id)
        assert await speak(tts, order("Hola, hello.", language=voice.language, voice=config)) != []


async def test_an_unknown_voice_is_an_error_that_says_so(tts: ClosableTts, engine: Engine) -> None:
    if not engine.is_alone:
        pytest.skip("n/a: another engine stands in with its own voice")
    with pytest.raises(ProviderError, match="nobody") as caught:
        await speak(tts, order("Hola.", voice=VoiceConfig(voice="nobody")))
    assert not caught.value.retryable


async def test_readiness_says_what_it_can_speak(tts: ClosableTts) -> None:
    assert all(tts.readiness(language).is_ready for language in (SPANISH, ENGLISH, Language("es-MX")))
    unknown = tts.readiness(Language("xx"))
    assert not unknown.is_ready
    assert unknown.detail
