"""Deepgram's adapter against a scripted service on loopback: what works."""

from __future__ import annotations

from time import perf_counter

import pytest

from backend.domain.ports.stt_port import SttFinal, SttPartial, SttRequest, SttSettled
from backend.domain.value_objects.audio import MULAW_8K, NARROWBAND, WIDEBAND, AudioFormat, AudioFrame
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.infrastructure.adapters.stt.deepgram_adapter import DeepgramStt
from backend.infrastructure.adapters.stt.deepgram_stream import DeepgramSettings
from tests.support.deepgram_listening import KEY, listening, settings
from tests.support.deepgram_server import Script
from tests.support.listening import hum, next_until, say, until
from tests.support.speech import silence


async def test_the_service_gets_the_key_the_format_the_language_and_the_hints() -> None:
    async with listening(request=SttRequest(Language("es-MX"), ("Ibáñez", "pago fácil"))) as (stream, server):
        say(stream, hum(200))
        await until(lambda: server.connections and len(server.connections[0].audio) == len(hum(200)))
        (connection,) = server.connections
    assert connection.authorization == f"Token {KEY}"
    assert KEY not in str(connection.query)
    assert connection.path == "/v1/listen"
    assert connection.audio == hum(200)
    assert connection.query == {
        "model": ["nova-3"],
        "encoding": ["linear16"],
        "sample_rate": ["16000"],
        "channels": ["1"],
        "interim_results": ["true"],
        "punctuate": ["true"],
        "endpointing": ["false"],
        "language": ["es-419"],
        "keyterm": ["Ibáñez", "pago fácil"],
    }


async def test_words_come_up_and_become_final_when_they_are_asked_for() -> None:
    async with listening(Script(("I need help.",))) as (stream, server):
        events = aiter(stream.events())
        say(stream, silence(300), hum(600), silence(200))
        assert await next_until(events, SttPartial("i need help")) == [
            SttPartial("i"),
            SttPartial("i need"),
            SttPartial("i need help"),
        ]
        asked_at = perf_counter()
        stream.finalize(1)
        assert await next_until(events, SttSettled(1)) == [SttFinal("I need help."), SttSettled(1)]
        assert perf_counter() - asked_at < 2  # no timeout had to pass
        assert server.connections[0].count("Finalize") == 1


async def test_what_is_said_before_the_connection_is_there_is_heard() -> None:
    async with listening(Script(("First.", "Second."))) as (stream, _):
        for utterance in (1, 2):
            say(stream, hum(400), silence(200))
            stream.finalize(utterance)
        events = await next_until(aiter(stream.events()), SttSettled(2))
    assert [event for event in events if not isinstance(event, SttPartial)] == [
        SttFinal("First."),
        SttSettled(1),
        SttFinal("Second."),
        SttSettled(2),
    ]


async def test_telephone_audio_passes_as_it_is() -> None:
    request = SttRequest(ENGLISH, format=MULAW_8K)
    async with listening(Script(("Hello there.",)), request) as (stream, server):
        stream.feed(AudioFrame(MULAW_8K, hum(400, MULAW_8K)))
        stream.finalize(1)
        events = await next_until(aiter(stream.events()), SttSettled(1))
        assert events[-2:] == [SttFinal("Hello there."), SttSettled(1)]
        assert server.connections[0].audio == hum(400, MULAW_8K)
        assert server.connections[0].query["encoding"] == ["mulaw"]
        assert server.connections[0].query["sample_rate"] == ["8000"]


async def test_a_caller_who_changes_the_language_is_followed() -> None:
    script = Script(("Good morning.", "Buenos días.", "Bom dia."), languages=("en", "es", "pt"))
    request = SttRequest(Language("es-419"), alternatives=(Language("en-GB"),))
    async with listening(script, request) as (stream, server):
        finals: list[SttFinal] = []
        events = aiter(stream.events())
        for utterance in (1, 2, 3):
            say(stream, hum(400), silence(200))
            stream.finalize(utterance)
            heard = await next_until(events, SttSettled(utterance))
            finals += [event for event in heard if isinstance(event, SttFinal)]
        assert server.connections[0].query["language"] == ["multi"]
        assert server.connections[0].query["language_hint"] == ["es", "en"]
    assert finals == [
        SttFinal("Good morning.", Language("en-GB")),
        SttFinal("Buenos días.", Language("es-419")),
        SttFinal("Bom dia.", Language("pt")),
    ]


async def test_the_service_is_kept_awake_while_nothing_is_fed() -> None:
    async with listening(keep_alive_ms=20) as (_, server):
        await until(lambda: server.connections and server.connections[0].count("KeepAlive") >= 3)


async def test_the_end_of_the_stream_is_said_and_the_socket_closed() -> None:
    async with listening() as (stream, server):
        say(stream, hum(200))
        await until(lambda: server.connections and server.connections[0].audio)
        await stream.aclose()
        await until(lambda: not server.open_connections)
        assert server.connections[0].count("CloseStream") == 1


@pytest.mark.parametrize("wrong", [NARROWBAND, AudioFormat(WIDEBAND.encoding, 48_000)])
async def test_a_format_it_does_not_take_is_refused_at_once(wrong: AudioFormat) -> None:
    stt = DeepgramStt(settings("ws://127.0.0.1:9"))
    with pytest.raises(ValueError, match="not fed"):
        await stt.open(SttRequest(ENGLISH, format=wrong))


async def test_what_it_can_be_used_for_is_known_without_asking() -> None:
    assert DeepgramStt(DeepgramSettings(KEY)).readiness(SPANISH).is_ready
    assert "key is not set" in DeepgramStt(DeepgramSettings()).readiness(SPANISH).detail
    assert "characters" in DeepgramStt(DeepgramSettings("a\r\nX: b")).readiness(SPANISH).detail
    assert DeepgramStt(DeepgramSettings(base_url="ws://my.own")).readiness(ENGLISH).is_ready
