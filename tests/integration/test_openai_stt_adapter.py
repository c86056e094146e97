"""Recognition by requests to a scripted server on loopback: what works."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from backend.domain.errors import ProviderError
from backend.domain.ports.engine_port import Checkable, Warmable
from backend.domain.ports.stt_port import SttFinal, SttRequest, SttSettled
from backend.domain.value_objects.audio import MULAW_8K
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.infrastructure.adapters.stt.openai_stt_adapter import OpenAiStt
from backend.infrastructure.adapters.stt.openai_transcriber import OpenAiSttSettings
from tests.support.listening import hum, next_until, say, until
from tests.support.openai_listening import KEY, REQUEST, hang, listening, settings
from tests.support.openai_stt_server import (
    Exchange,
    saying,
    transcription_server,
)
from tests.support.raw_server import REFUSING_PORT
from tests.support.speech import silence


async def test_an_utterance_is_one_request_with_the_recording_the_language_and_the_hints() -> None:
    request = SttRequest(Language("es-MX"), ("Ibáñez", "pago fácil"))
    async with listening(saying("  Hola,\n Ibáñez. "), request) as (stream, server):
        say(stream, silence(200), hum(400), silence(200))
        stream.finalize(1)
        events = await next_until(aiter(stream.events()), SttSettled(1))
    assert events == [SttFinal("Hola, Ibáñez."), SttSettled(1)]
    (exchange,) = server.exchanges
    assert (exchange.method, exchange.path) == ("POST", "/v1/audio/transcriptions")
    assert exchange.headers["authorization"] == f"Bearer {KEY}"
    assert exchange.form == {
        "model": "whisper-1",
        "language": "es",
        "response_format": "json",
        "prompt": "Ibáñez, pago fácil.",
    }
    assert exchange.pcm == silence(200) + hum(400) + silence(200)


async def test_utterances_come_in_the_order_they_were_said_over_one_connection() -> None:
    async with listening(saying("First.", "Second.", "Third.")) as (stream, server):
        for utterance in (1, 2, 3):
            say(stream, hum(300 * utterance))
            stream.finalize(utterance)
        events = await next_until(aiter(stream.events()), SttSettled(3))
        assert len(server.connections) == 1
    assert events == [
        SttFinal("First."),
        SttSettled(1),
        SttFinal("Second."),
        SttSettled(2),
        SttFinal("Third."),
        SttSettled(3),
    ]
    assert [len(exchange.pcm) for exchange in server.exchanges] == [len(hum(300 * n)) for n in (1, 2, 3)]


@pytest.mark.parametrize("pcm", [b"", silence(2_000), silence(500) + hum(40) + silence(500)])
async def test_what_has_hardly_any_voice_settles_without_a_request(pcm: bytes) -> None:
    async with listening(saying("Thank you.")) as (stream, server):
        say(stream, pcm)
        stream.finalize(1)
        assert await next_until(aiter(stream.events()), SttSettled(1)) == [SttSettled(1)]
    assert server.exchanges == []


async def test_invented_words_are_not_passed_on() -> None:
    lines = ("[BLANK_AUDIO]", "Subtítulos realizados por la comunidad de Amara.org", "Yes.")
    async with listening(saying(*lines)) as (stream, _):
        for utterance in (1, 2, 3):
            say(stream, hum(300))
            stream.finalize(utterance)
        events = await next_until(aiter(stream.events()), SttSettled(3))
    assert events == [SttSettled(1), SttSettled(2), SttFinal("Yes."), SttSettled(3)]


async def test_long_speech_is_sent_in_pieces_that_are_cut_in_its_pauses() -> None:
    async with listening(saying("One", "two", "three."), window_ms=2_000) as (stream, server):
        spoken = hum(1_500) + silence(200) + hum(1_500) + silence(200) + hum(600)
        say(stream, spoken)
        stream.finalize(1)
        events = await next_until(aiter(stream.events()), SttSettled(1))
    assert events == [SttFinal("One"), SttFinal("two"), SttFinal("three."), SttSettled(1)]
    pieces = [exchange.pcm for exchange in server.exchanges]
    assert b"".join(pieces) == spoken
    for piece in pieces[:2]:
        assert np.abs(np.frombuffer(piece[-320:], "<i2")).max() == 0


async def test_a_call_is_warmed_up_with_the_connection_that_its_first_words_use() -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.answer({"text": "Yes."} if exchange.method == "POST" else {"data": []})

    async with transcription_server(answer) as server:
        stt = OpenAiStt(settings(server.base_url))
        assert isinstance(stt, Warmable)
        await stt.warm_up(ENGLISH)
        assert [(exchange.method, exchange.path) for exchange in server.exchanges] == [("GET", "/v1/models")]
        stream = await stt.open(REQUEST)
        say(stream, hum(300))
        stream.finalize(1)
        await next_until(aiter(stream.events()), SttSettled(1))
        assert len(server.connections) == 1
        await stream.aclose()
        await stt.aclose()


async def test_warming_up_keeps_its_troubles_to_itself() -> None:
    stt = OpenAiStt(settings(f"http://127.0.0.1:{REFUSING_PORT}/v1"))
    async with asyncio.timeout(20):
        await stt.warm_up(ENGLISH)
    await stt.aclose()


async def test_a_format_it_does_not_take_is_refused_at_once() -> None:
    stt = OpenAiStt(settings("http://127.0.0.1:9/v1"))
    with pytest.raises(ValueError, match="16 kHz"):
        await stt.open(SttRequest(ENGLISH, format=MULAW_8K))


async def test_what_it_can_be_used_for_is_known_without_asking() -> None:
    assert OpenAiStt(OpenAiSttSettings("whisper-1", KEY)).readiness(SPANISH).is_ready
    assert "model" in OpenAiStt(OpenAiSttSettings("", KEY)).readiness(SPANISH).detail
    assert "key" in OpenAiStt(OpenAiSttSettings("whisper-1")).readiness(SPANISH).detail
    assert "characters" in OpenAiStt(OpenAiSttSettings("whisper-1", "a\nb")).readiness(SPANISH).detail
    assert OpenAiStt(OpenAiSttSettings("tiny", base_url="http://my.own/v1")).readiness(ENGLISH).is_ready


async def test_an_accepted_key_passes_the_check() -> None:
    async with transcription_server(saying("")) as server:
        stt = OpenAiStt(settings(server.base_url))
        assert isinstance(stt, Checkable)
        await stt.check()
        await stt.aclose()
    assert server.exchanges[0].pcm == silence(500)


async def test_closing_closes_the_socket_of_a_request_under_way() -> None:
    async with listening(hang, answer_timeout_ms=60_000) as (stream, server):
        say(stream, hum(400))
        stream.finalize(1)
        await until(lambda: server.exchanges)
        await stream.aclose()
        async with asyncio.timeout(20):
            await server.connections[0].closed.wait()


async def test_more_audio_than_the_server_gets_done_is_too_much() -> None:
    async with listening(hang, answer_timeout_ms=5_000, window_ms=1_000, max_backlog_ms=3_000) as (stream, _):
        say(stream, hum(3_100))
        async with asyncio.timeout(20):
            with pytest.raises(ProviderError) as caught:
                await anext(stream.events())
    assert caught.value.code == "stt-overloaded"


async def test_audio_that_has_its_words_no_longer_counts() -> None:
    async with listening(saying("Yes."), window_ms=1_000, max_backlog_ms=1_500) as (stream, _):
        events = aiter(stream.events())
        for utterance in range(5):
            say(stream, hum(900))
            stream.finalize(utterance)
            await next_until(events, SttSettled(utterance))
