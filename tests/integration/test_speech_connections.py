"""What the adapters of speech servers do with their connections, and what they send and tell."""

from __future__ import annotations

import asyncio
import logging
import traceback
from contextlib import aclosing

import pytest

from backend.domain.errors import ProviderError
from backend.domain.value_objects.voice_config import VoiceConfig
from tests.support.speech_rigs import ELEVENLABS, OPENAI, SpeechRig, failure_of, order, served, speak
from tests.support.speech_server import Script, SpeechExchange, speech_server


@pytest.fixture(params=[ELEVENLABS, OPENAI], ids=lambda rig: rig.name)
def rig(request: pytest.FixtureRequest) -> SpeechRig:
    assert isinstance(request.param, SpeechRig)
    return request.param


async def silent(exchange: SpeechExchange) -> None:
    await exchange.until_client_closes()


# --- leaving --------------------------------------------------------------------------------------


async def test_closing_the_generator_closes_the_connection(rig: SpeechRig) -> None:
    async def script(exchange: SpeechExchange) -> None:
        await rig.begin(exchange)
        await exchange.until_client_closes()

    async with served(rig, script) as (tts, server), asyncio.timeout(20):
        async with aclosing(tts.synthesize(order())) as chunks:
            await anext(chunks)
        await server.exchanges[0].client_closed.wait()


@pytest.mark.parametrize("begins", [False, True])
async def test_cancelling_the_listener_closes_the_connection(rig: SpeechRig, begins: bool) -> None:
    asked = asyncio.Event()

    async def script(exchange: SpeechExchange) -> None:
        if begins:
            await rig.begin(exchange)
        asked.set()
        await exchange.until_client_closes()

    async with served(rig, script) as (tts, server), asyncio.timeout(20):
        listener = asyncio.create_task(speak(tts))
        await asked.wait()
        listener.cancel()
        with pytest.raises(asyncio.CancelledError):
            await listener
        await server.exchanges[0].client_closed.wait()


async def test_closing_the_adapter_breaks_speech_off(rig: SpeechRig) -> None:
    asked = asyncio.Event()

    async def script(exchange: SpeechExchange) -> None:
        await rig.begin(exchange)
        asked.set()
        await exchange.until_client_closes()

    async with served(rig, script) as (tts, server), asyncio.timeout(20):
        listener = asyncio.create_task(failure_of(tts))
        await asked.wait()
        await tts.aclose()
        assert (await listener)[1].code in ("connection-failed", "closed")
        await server.exchanges[0].client_closed.wait()


# --- connections ----------------------------------------------------------------------------------


async def test_sentences_share_a_connection(rig: SpeechRig) -> None:
    async with served(rig, rig.speaks) as (tts, server):
        for _ in range(3):
            await speak(tts)
        assert [exchange.connection for exchange in server.exchanges] == [0, 0, 0]


async def test_a_warm_connection_serves_the_first_sentence_and_is_warmed_without_the_key(
    rig: SpeechRig,
) -> None:
    async with served(rig, rig.speaks) as (tts, server):
        await tts.warm_up(order().language)
        await speak(tts)
        warming, speaking = server.exchanges
    assert (warming.method, warming.connection, speaking.connection) == ("HEAD", 0, 0)
    assert rig.key not in str(warming.headers)
    assert rig.key in str(speaking.headers)


async def test_warming_up_keeps_its_troubles_to_itself(rig: SpeechRig) -> None:
    async with speech_server(silent) as server:
        url = server.url
    tts = rig.make(url, rig.key, 150, 150)
    await tts.warm_up(order().language)
    await tts.aclose()
    await tts.warm_up(order().language)


async def test_a_connection_that_the_server_has_closed_is_not_used_again(rig: SpeechRig) -> None:
    async with served(rig, rig.speaks) as (tts, server), asyncio.timeout(20):
        await speak(tts)
        server.exchanges[0].writer.close()
        await server.exchanges[0].writer.wait_closed()
        assert await speak(tts) != []
        assert server.connections == 2


# --- what is not sent -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "  \n", "...", "¿?", "\N{WAVING HAND SIGN}", "**", "<br/>", "---"])
async def test_nothing_to_say_is_not_sent(rig: SpeechRig, text: str) -> None:
    async with served(rig, rig.speaks) as (tts, server):
        assert await speak(tts, order(text)) == []
        assert server.exchanges == []


async def test_marks_are_not_sent(rig: SpeechRig) -> None:
    async with served(rig, rig.speaks) as (tts, server):
        await speak(tts, order("**Hola**, [mire](https://example.org) \N{WAVING HAND SIGN}"))
        body = server.exchanges[0].body
    assert str(body.get("text") or body.get("input")).strip() == "Hola, mire"


# --- secrets --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["secret-key\n", "secret-kéy", "secret-key ", "secret\0key"])
async def test_a_key_that_is_none_is_not_sent_and_not_told(rig: SpeechRig, key: str) -> None:
    async with speech_server(rig.speaks) as server:
        tts = rig.make(server.url, key, 2_000, 2_000)
        _, error = await failure_of(tts)
        await tts.aclose()
        assert server.exchanges == []
    assert (error.code, error.retryable) == ("auth-failed", False)
    assert "secret" not in "".join(traceback.format_exception(error))


async def refuses_with_the_key(exchange: SpeechExchange) -> None:
    await exchange.answer(401, {"detail": str(exchange.headers), "error": {"message": str(exchange.headers)}})


@pytest.mark.parametrize("fault", [refuses_with_the_key, silent, lambda exchange: exchange.head(status=200)])
async def test_the_key_is_told_to_nobody(
    rig: SpeechRig, fault: Script, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with served(rig, fault, first_ms=500) as (tts, server):
            await tts.warm_up(order().language)  # making the client takes longer on a busy machine
            _, error = await failure_of(tts)
            assert rig.key in str(server.exchanges[-1].headers)
    told = "".join(traceback.format_exception(error)) + repr(error) + repr(tts) + caplog.text
    assert rig.key not in told


# --- trying the credentials -----------------------------------------------------------------------


async def test_good_credentials_pass_with_one_cheap_request(rig: SpeechRig) -> None:
    async with served(rig, rig.speaks) as (tts, server):
        await tts.check()
        (exchange,) = server.exchanges
    assert len(exchange.body.get("text") or exchange.body.get("input") or "") <= 3


async def test_a_wrong_key_is_found_out(rig: SpeechRig) -> None:
    async with speech_server(rig.speaks) as server:
        tts = rig.make(server.url, "wrong", 2_000, 2_000)
        with pytest.raises(ProviderError) as caught:
            await tts.check()
        await tts.aclose()
    assert caught.value.code == "auth-failed"


async def test_an_unknown_voice_is_an_error_that_says_so(rig: SpeechRig) -> None:
    async with served(rig, rig.speaks) as (tts, _):
        _, error = await failure_of(tts, order(voice=VoiceConfig(voice="nobody")))
    assert (error.code, error.retryable) == ("unknown-voice", False)
    assert "nobody" in str(error)
