"""Recognition by requests to a scripted server on loopback: all that can go wrong."""

from __future__ import annotations

import logging

import pytest

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.infrastructure.adapters.stt.openai_stt_adapter import OpenAiStt
from tests.support.openai_listening import KEY, failure, hang, listening, settings, stream_at
from tests.support.openai_stt_server import (
    Exchange,
    Script,
    saying,
    transcription_server,
)
from tests.support.raw_server import REFUSING_PORT, drip, raw_server


@pytest.mark.parametrize(
    ("status", "provider_code", "code", "retryable"),
    [
        (400, None, "request-rejected", False),
        (401, "invalid_api_key", "auth-failed", False),
        (403, "model_not_found", "model-not-found", False),
        (404, None, "model-not-found", False),
        (413, None, "request-rejected", False),
        (429, None, "rate-limited", True),
        (429, "insufficient_quota", "quota-exceeded", False),
        (500, None, "provider-unavailable", True),
        (503, None, "provider-unavailable", True),
    ],
)
async def test_a_refusal_says_why(status: int, provider_code: str | None, code: str, retryable: bool) -> None:
    async def refuse(exchange: Exchange) -> None:
        error = {"message": f"wrong key {KEY}", "code": provider_code}
        await exchange.answer({"error": error}, status, Retry_After="3")

    async with listening(refuse) as (stream, server):
        error = await failure(stream)
        stt = OpenAiStt(settings(server.base_url))
        with pytest.raises(ProviderError) as caught:
            await stt.check()
        await stt.aclose()
    assert (error.code, error.retryable) == (code, retryable)
    assert error.retry_after_ms == (3_000 if retryable else None)
    assert caught.value.code == code


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirection_is_not_followed(status: int) -> None:
    async with transcription_server(saying("Stolen.")) as elsewhere:

        async def redirect(exchange: Exchange) -> None:
            await exchange.answer({}, status, Location=f"{elsewhere.base_url}/audio/transcriptions")

        async with listening(redirect) as (stream, _):
            error = await failure(stream)
        assert (error.code, error.retryable) == ("request-rejected", False)
        assert elsewhere.connections == []


@pytest.mark.parametrize(
    "base_url",
    [f"http://127.0.0.1:{REFUSING_PORT}/v1", "http://"],
    ids=["nobody listens", "no address"],
)
async def test_nobody_at_the_address_is_a_failed_connection(base_url: str) -> None:
    async with stream_at(base_url) as stream:
        error = await failure(stream)
    assert (error.code, error.retryable) == ("connection-failed", True)


async def test_an_environment_that_is_no_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1:70")
    async with listening(saying("Yes.")) as (stream, server):
        error = await failure(stream)
        assert server.connections == []
    assert (error.code, error.retryable) == ("sdk-not-loaded", False)


async def test_a_server_without_tls_is_a_failed_connection() -> None:
    async with transcription_server(saying("Yes.")) as server:
        async with stream_at(server.base_url.replace("http", "https"), connect_timeout_ms=400) as stream:
            error = await failure(stream)
        assert server.exchanges == []
    assert (error.code, error.retryable) == ("connection-failed", True)


async def hang_after_the_head(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n")
    await exchange.until_client_closes()


async def hang_within_the_body(exchange: Exchange) -> None:
    await exchange.raw(b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"text"')
    await exchange.until_client_closes()


@pytest.mark.parametrize("misbehave", [hang, hang_after_the_head, hang_within_the_body])
async def test_a_server_that_hangs_is_given_up_in_time(misbehave: Script) -> None:
    async with listening(misbehave, answer_timeout_ms=150) as (stream, _):
        error = await failure(stream)
    assert isinstance(error, ProviderTimeoutError)
    assert error.code == "provider-timeout"


async def test_a_server_whose_answer_comes_in_drops_is_given_up_in_time() -> None:
    answer = b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"text": "Yes."}'
    async with (
        raw_server(drip(answer)) as port,
        stream_at(f"http://127.0.0.1:{port}/v1", answer_timeout_ms=150) as stream,
    ):
        error = await failure(stream)
    assert isinstance(error, ProviderTimeoutError)


async def reset(exchange: Exchange) -> None:
    exchange.abort()


async def break_off(exchange: Exchange) -> None:
    await exchange.raw(b'HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{"text": ')
    exchange.close()


async def speak_something_else(exchange: Exchange) -> None:
    await exchange.raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    exchange.close()


@pytest.mark.parametrize("misbehave", [reset, break_off, speak_something_else])
async def test_a_connection_that_breaks_is_a_failed_connection(misbehave: Script) -> None:
    async with listening(misbehave) as (stream, _):
        error = await failure(stream)
    assert (error.code, error.retryable) == ("connection-failed", True)


def answering(body: bytes, **headers: str) -> Script:
    async def answer(exchange: Exchange) -> None:
        await exchange.answer(body, 200, **headers)

    return answer


@pytest.mark.parametrize(
    "script",
    [
        answering(b"<html>"),
        answering(b""),
        answering(b"[]"),
        answering(b"{}"),
        answering(b'{"text": 7}'),
        answering(b"\xff\xfe"),
        answering(b"no gzip", Content_Encoding="gzip"),
        answering(b'{"text": "%s"}' % (b"x" * 300_000)),
    ],
)
async def test_nonsense_is_a_failure_of_the_server(script: Script) -> None:
    async with listening(script) as (stream, _):
        error = await failure(stream)
    assert error.code == "bad-response"


async def test_the_key_is_shown_nowhere(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)

    async def refuse(exchange: Exchange) -> None:
        await exchange.answer({"error": {"message": f"wrong key {KEY}"}}, 401)

    async with listening(refuse) as (stream, _):
        error = await failure(stream)
    stt = OpenAiStt(settings("http://x/v1"))
    shown = [repr(stream), repr(stt), repr(settings("http://x/v1")), repr(error), caplog.text]
    assert not [text for text in [*shown, *capfd.readouterr()] if KEY in text]
