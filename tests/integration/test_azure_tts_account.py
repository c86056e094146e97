"""Azure's catalogue of voices, and trying a key, against a scripted service on loopback."""

from __future__ import annotations

import asyncio
import json

import pytest

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.infrastructure.adapters.azure.account import AzureAccount
from backend.infrastructure.adapters.azure.rest import fetch_voices
from backend.infrastructure.adapters.tts.azure_tts_adapter import AzureTts
from tests.support.azure_server import (
    Script,
    azure_server,
)
from tests.support.azure_speaking import KEY, voice, warm
from tests.support.listening import until

ELVIRA = {
    "ShortName": "es-ES-ElviraNeural",
    "LocalName": "Elvira",
    "Locale": "es-ES",
    "Gender": "Female",
    "StyleList": ["cheerful", "sad"],
}


async def test_the_service_tells_its_voices_and_their_styles() -> None:
    async with voice(Script(voices=json.dumps([ELVIRA]))) as (tts, server):
        assert len(tts.voices()) > 1
        await warm(tts)
        await until(lambda: len(tts.voices()) == 1)
        assert server.list_keys == [KEY]
    (elvira,) = tts.voices()
    assert (elvira.id, elvira.name) == ("es-ES-ElviraNeural", "Elvira (es-ES)")
    assert (elvira.gender, elvira.styles) == ("female", ("cheerful", "sad"))


async def test_a_list_that_does_not_come_leaves_the_usual_voices() -> None:
    async with voice(Script(voices="<html>")) as (tts, server):
        usual = tts.voices()
        tts.start()
        await until(lambda: server.list_keys)
        with pytest.raises(ProviderError) as caught:
            await tts.check()
        assert (caught.value.code, tts.voices()) == ("bad-response", usual)


async def test_a_service_that_does_not_answer_does_not_pass() -> None:
    is_over = asyncio.Event()

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await is_over.wait()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ProviderTimeoutError):
            await fetch_voices(AzureAccount(KEY, endpoint=f"http://127.0.0.1:{port}"), timeout_s=0.2)
        is_over.set()


async def test_an_address_where_nothing_is_does_not_pass() -> None:
    async with azure_server() as server:
        endpoint = server.endpoint
    with pytest.raises(ProviderError) as caught:
        await AzureTts(AzureAccount(KEY, endpoint=endpoint)).check()
    assert (caught.value.code, caught.value.retryable) == ("connection-failed", True)


async def test_a_key_that_is_accepted_passes() -> None:
    async with voice(Script(voices=json.dumps([ELVIRA]))) as (tts, server):
        await tts.check()
        assert (server.list_keys, server.connections) == ([KEY], [])


@pytest.mark.parametrize(
    ("status", "code", "retryable", "wait_ms"),
    [
        (401, "auth-failed", False, None),
        (403, "auth-failed", False, None),
        (404, "request-rejected", False, None),
        (429, "rate-limited", True, 7_000),
        (503, "provider-unavailable", True, 7_000),
    ],
)
async def test_a_key_that_is_refused_does_not_pass(
    status: int, code: str, retryable: bool, wait_ms: int | None
) -> None:
    async with voice(Script(refuse=status, headers=(("Retry-After", "7"),))) as (tts, _):
        with pytest.raises(ProviderError) as caught:
            await tts.check()
    error = caught.value
    assert (error.code, error.retryable, error.retry_after_ms) == (code, retryable, wait_ms)
    assert KEY not in str(error)


async def test_the_key_is_not_taken_elsewhere() -> None:
    async with azure_server() as elsewhere:
        address = elsewhere.endpoint.replace("ws", "http") + "/tts/cognitiveservices/voices/list"
        async with voice(Script(refuse=307, headers=(("Location", address),))) as (tts, _):
            with pytest.raises(ProviderError) as caught:
                await tts.check()
        assert elsewhere.list_keys == []
    assert (caught.value.code, caught.value.retryable) == ("request-rejected", False)
