"""Azure's recogniser, the real Speech SDK, against a scripted service on loopback: all that can go wrong."""

from __future__ import annotations

import asyncio
import logging
import threading
from time import perf_counter

import pytest

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.stt_port import (
    SttEvent,
    SttFinal,
    SttPartial,
    SttRequest,
    SttSettled,
)
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.infrastructure.adapters.azure.account import AzureAccount, load_sdk
from backend.infrastructure.adapters.stt.azure_stt_adapter import AzureStt
from backend.infrastructure.adapters.stt.azure_stt_stream import AzureSttSettings, AzureSttStream
from tests.support.azure_listening import KEY, PAUSE_MS, failure, listening, next_until, open_line
from tests.support.azure_sdk import SDK_TROUBLE, break_sdk
from tests.support.azure_server import RESET, Script, azure_server, logged_by_the_client
from tests.support.listening import hum, say, until
from tests.support.speech import silence


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (401, "auth-failed", False),
        (429, "rate-limited", True),
        (503, "provider-unavailable", True),
    ],
)
async def test_a_refused_connection_says_why(status: int, code: str, retryable: bool) -> None:
    async with listening(Script(refuse=status)) as (stream, _):
        say(stream, hum(200))
        error = await failure(stream)
    assert (error.code, error.retryable) == (code, retryable)


@pytest.mark.parametrize("break_with", [RESET, 1011])
@pytest.mark.parametrize("alternatives", [(), (SPANISH,)])
async def test_a_break_in_an_utterance_loses_and_doubles_no_word(
    break_with: int, alternatives: tuple[Language, ...]
) -> None:
    request = SttRequest(ENGLISH, alternatives=alternatives)
    heard_in = ENGLISH if alternatives else None
    script = Script(("One.", "Two three four."), faulty_connections=1, faulty_after=3, break_with=break_with)
    async with listening(script, request=request) as (stream, server), open_line(stream):
        events = aiter(stream.events())
        say(stream, silence(300), hum(600), silence(PAUSE_MS))
        stream.finalize(1)
        first = await next_until(events, SttSettled(1))
        say(stream, hum(900), silence(PAUSE_MS))
        stream.finalize(2)
        second = await next_until(events, SttSettled(2))
        assert len(server.connections) == 2
    assert first == [SttPartial("one"), SttFinal("One.", heard_in), SttSettled(1)]
    assert second == [
        SttPartial("two"),
        SttPartial("two three"),
        SttPartial("two three four"),
        SttFinal("Two three four.", heard_in),
        SttSettled(2),
    ]


async def test_a_service_that_breaks_every_time_has_failed() -> None:
    script = Script(faulty_connections=9, faulty_after=1, break_with=1011)
    async with listening(script) as (stream, _), open_line(stream):
        say(stream, hum(600))
        error = await failure(stream)
    assert (error.code, error.retryable) == ("provider-unavailable", True)


async def test_a_service_that_hangs_up_every_time_is_noticed() -> None:
    """The SDK says nothing about connections that were closed properly."""
    settings = AzureSttSettings(link_timeout_ms=2_000)
    script = Script(faulty_connections=99, break_with=1000)
    async with listening(script, settings=settings) as (stream, _), open_line(stream):
        error = await failure(stream)
    assert error.code == "connection-failed"


async def before_silence(stream: AzureSttStream) -> list[SttEvent]:
    """Return the events that come before the stream fails because nothing is said."""
    collected: list[SttEvent] = []
    events = aiter(stream.events())
    async with asyncio.timeout(5):
        while True:
            try:
                collected.append(await anext(events))
            except ProviderTimeoutError as error:
                if (error.code, error.retryable) != ("stt-silent", True):
                    raise
                return collected


async def test_a_service_that_accepts_and_says_nothing_has_not_heard_nothing() -> None:
    """Its first words would be settled as silence, and no other engine would be asked for them."""
    async with listening(Script(faulty_connections=9)) as (stream, server):
        await until(lambda: server.connections)
        say(stream, hum(600), silence(PAUSE_MS))
        stream.finalize(1)
        assert await before_silence(stream) == []


async def test_a_service_that_accepts_and_hangs_up_has_not_heard_nothing() -> None:
    """Each time the SDK connects again, without a word."""
    async with listening(Script(faulty_connections=99, break_with=1000)) as (stream, server):
        await until(lambda: server.connections)
        async with open_line(stream):
            say(stream, hum(600), silence(PAUSE_MS))
            stream.finalize(1)
            asked_at = perf_counter()
            assert await before_silence(stream) == []
            assert perf_counter() - asked_at < 3  # its time does not begin anew with each connection


async def test_a_phrase_that_is_begun_and_not_ended_fails() -> None:
    """What was understood of it is no more than a beginning; others may understand it all."""
    script = Script(("I need help.",), faulty_connections=9, faulty_after=2)
    async with listening(script) as (stream, _):
        say(stream, hum(600), silence(PAUSE_MS))
        stream.finalize(1)
        assert await before_silence(stream) == [SttPartial("i"), SttPartial("i need")]


async def test_a_recognition_that_does_not_start_leaves_no_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sdk = load_sdk()
    start = sdk.SpeechRecognizer.start_continuous_recognition_async
    is_connected = threading.Event()

    def start_and_fail(recognizer: object) -> None:
        start(recognizer).get()
        del recognizer  # or the traceback would keep it
        is_connected.wait(5)
        raise RuntimeError("Exception with error code: 0x1 [CALL STACK BEGIN] ...")

    monkeypatch.setattr(sdk.SpeechRecognizer, "start_continuous_recognition_async", start_and_fail)
    async with azure_server() as server:
        stt = AzureStt(AzureAccount(KEY, endpoint=server.endpoint))
        opening = asyncio.create_task(stt.open(SttRequest(ENGLISH)))
        await until(lambda: server.open_connections)
        is_connected.set()
        with pytest.raises(ProviderError) as caught:
            await opening
        await until(lambda: not server.open_connections)
        assert (caught.value.code, caught.value.retryable) == ("provider-unavailable", True)
        assert "STACK" not in caught.value.message
        await stt.aclose()


@pytest.mark.parametrize("error", SDK_TROUBLE)
async def test_an_sdk_that_cannot_be_loaded_is_the_engines_failure(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    break_sdk(monkeypatch, error)
    stt = AzureStt(AzureAccount(KEY, region="westeurope"))
    with pytest.raises(ProviderError) as caught:
        await stt.open(SttRequest(ENGLISH))
    assert (caught.value.code, caught.value.retryable) == ("sdk-not-loaded", False)
    await stt.aclose()


async def test_the_key_is_shown_nowhere(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with listening(Script(refuse=401)) as (stream, _):
        say(stream, hum(200))
        error = await failure(stream)
    shown = [repr(stream), repr(AzureStt(AzureAccount(KEY))), repr(error), *logged_by_the_client(caplog)]
    assert not [text for text in [*shown, *capfd.readouterr()] if KEY in text]
