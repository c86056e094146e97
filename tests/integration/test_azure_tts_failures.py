"""Azure's voice, the real Speech SDK, against a scripted service on loopback: all that can go wrong."""

from __future__ import annotations

import asyncio
import logging

import pytest

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.infrastructure.adapters.azure.account import AzureAccount, load_sdk
from backend.infrastructure.adapters.tts.azure_tts_adapter import AzureTts
from tests.support.azure_sdk import SDK_TROUBLE, break_sdk
from tests.support.azure_server import (
    RESET,
    Script,
    azure_server,
    logged_by_the_client,
)
from tests.support.azure_speaking import KEY, failure, order, speak, voice, warm
from tests.support.listening import until


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (401, "auth-failed", False),
        (429, "rate-limited", True),
        (503, "provider-unavailable", True),
    ],
)
async def test_a_refused_connection_says_why(status: int, code: str, retryable: bool) -> None:
    heard_ms, error = await failure(Script(refuse=status))
    assert (heard_ms, error.code, error.retryable) == (0, code, retryable)


async def test_a_service_that_is_not_there() -> None:
    async with azure_server() as server:
        endpoint = server.endpoint
    tts = AzureTts(AzureAccount(KEY, endpoint=endpoint))
    with pytest.raises(ProviderError) as caught:
        await speak(tts, order())
    assert (caught.value.code, caught.value.retryable) == ("connection-failed", True)
    await tts.aclose()


@pytest.mark.parametrize(
    ("break_with", "code"),
    [(RESET, "connection-failed"), (1011, "provider-unavailable"), (1007, "request-rejected")],
)
async def test_a_connection_that_breaks_has_said_what_it_said(break_with: int, code: str) -> None:
    heard_ms, error = await failure(Script(faulty_connections=9, faulty_after=3, break_with=break_with))
    assert (heard_ms, error.code) == (300, code)


@pytest.mark.parametrize(("pieces", "heard_ms"), [(0, 0), (3, 300)])
async def test_silence_is_noticed(pieces: int, heard_ms: int) -> None:
    script = Script(faulty_connections=9, faulty_after=pieces)
    async with asyncio.timeout(20):
        heard, error = await failure(script, first_ms=1_000, gap_ms=200)
    assert isinstance(error, ProviderTimeoutError)
    assert heard == heard_ms


async def test_a_service_that_comes_back_is_used_again() -> None:
    async with voice(Script(refuse=503)) as (tts, server):
        tts.start()
        with pytest.raises(ProviderError):
            await speak(tts, order())
        server.script.refuse = None
        assert await speak(tts, order()) != []


async def test_connections_that_the_service_closed_are_not_used() -> None:
    async with voice(Script()) as (tts, server):
        await warm(tts)
        for connection in server.open_connections:
            await connection.close()
        await until(lambda: tts.open_connections == 0)
        assert await speak(tts, order()) != []


@pytest.mark.parametrize("error", SDK_TROUBLE)
async def test_an_sdk_that_cannot_be_loaded_is_the_engines_failure(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    break_sdk(monkeypatch, error)
    tts = AzureTts(AzureAccount(KEY, region="westeurope"))
    tts.start()
    with pytest.raises(ProviderError) as caught:
        await speak(tts, order())
    assert (caught.value.code, caught.value.retryable) == ("sdk-not-loaded", False)
    await tts.aclose()


@pytest.mark.parametrize("method", ["__init__", "start_speaking_ssml_async"])
async def test_an_sdk_that_refuses_to_speak_is_the_engines_failure(
    monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("Exception with error code: 0x1 [CALL STACK BEGIN] ...")

    monkeypatch.setattr(load_sdk().SpeechSynthesizer, method, refuse)
    async with voice() as (tts, _):
        with pytest.raises(ProviderError) as caught:
            await speak(tts, order())
    assert (caught.value.code, caught.value.retryable) == ("provider-unavailable", True)
    assert "STACK" not in caught.value.message


async def test_the_key_is_shown_nowhere(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with voice(Script(refuse=401)) as (tts, _):
        with pytest.raises(ProviderError) as caught:
            await speak(tts, order())
        with pytest.raises(ProviderError) as checked:
            await tts.check()
    errors = [str(caught.value), repr(caught.value), str(checked.value), repr(checked.value)]
    shown = [repr(tts), repr(AzureAccount(KEY)), *errors, *logged_by_the_client(caplog)]
    assert not [text for text in [*shown, *capfd.readouterr()] if KEY in text]
