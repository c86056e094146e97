"""``victoria call`` through the providers' own SDKs: Azure's ears and voice, Groq's or OpenAI's model.

The services are local and scripted, the rest is what an owner with keys gets. What is asserted about sockets
is what the services saw.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from backend.domain.conversation.words import words
from backend.interfaces.cli.sound_files import write_stereo
from tests.e2e.test_call_command import victoria_call
from tests.support.azure_server import AzureServer, Script, azure_server
from tests.support.llm_server import Exchange, LlmServer, llm_server
from tests.support.speech import espeak, flite
from tests.support.victoria import Victoria

pytestmark = [pytest.mark.speech, pytest.mark.live]

AZURE_KEY: Final = "azure-key-of-the-owner"
MODEL_KEY: Final = "model-key-of-the-owner"
SLOW: Final = 0.6  # speech is made in that part of the time it lasts: an interruption meets it at work


@dataclass(frozen=True)
class Language:
    """A conversation in one language."""

    agent: str
    questions: tuple[str, ...]  # what Azure hears
    wavs: tuple[bytes, ...]
    long_answer: str
    short_answer: str


ENGLISH: Final = Language(
    agent="Victoria",
    questions=("Tell me about the clinic.", "What does a cleaning cost?"),
    wavs=(flite("tell me about the clinic"), flite("what does a cleaning cost")),
    long_answer="We are a small clinic by the harbour with two dentists and a friendly desk. " * 4,
    short_answer="A cleaning costs sixty dollars.",
)
SPANISH: Final = Language(
    agent="Victoria (español)",
    questions=("Hábleme de la clínica.", "¿Cuánto cuesta una limpieza?"),
    wavs=(espeak("hábleme de la clínica"), espeak("cuánto cuesta una limpieza")),
    long_answer="Somos una clínica pequeña junto al puerto, con dos dentistas y un equipo amable. " * 4,
    short_answer="Una limpieza cuesta sesenta euros.",
)


@dataclass
class Cloud:
    """A server of ours with keys for two services, and those services."""

    victoria: Victoria
    azure: AzureServer
    model: LlmServer
    language: Language


@contextlib.asynccontextmanager
async def a_cloud(folder: Path, language: Language, model: str) -> AsyncIterator[Cloud]:
    """Start the services and our server."""

    async def answer(exchange: Exchange) -> None:
        if not exchange.path.endswith("/chat/completions"):
            await exchange.refuse(404, {"message": "no such thing"})
            return
        await exchange.head()
        if _asks(exchange, language.questions[0]):  # it never comes to an end: only we can end it
            await exchange.words(*(f"{word} " for word in language.long_answer.split()[:40]))
            await exchange.until_client_closes(within_s=30)  # the caller listens, then interrupts
        else:
            await exchange.words(language.short_answer)
            await exchange.finish()

    script = Script(lines=language.questions, pace=SLOW)
    async with azure_server(script) as azure, llm_server(answer) as llm:
        engines = {
            "VICTORIA_AZURE_SPEECH_KEY": AZURE_KEY,
            "VICTORIA_AZURE_SPEECH_ENDPOINT": azure.endpoint,
        }
        if model == "groq":
            address = llm.base_url.removesuffix("/v1")
            engines |= {"VICTORIA_GROQ_API_KEY": MODEL_KEY, "VICTORIA_GROQ_BASE_URL": address}
        else:
            engines |= {
                "VICTORIA_LLM_API_KEY": MODEL_KEY,
                "VICTORIA_LLM_BASE_URL": llm.base_url,
                "VICTORIA_LLM_MODEL": "gpt-test",
            }
        victoria = Victoria(folder, engines)
        try:
            await asyncio.to_thread(victoria.start)
            yield Cloud(victoria, azure, llm, language)
        finally:
            await asyncio.to_thread(victoria.stop)
        async with asyncio.timeout(5):
            for connection in azure.connections:
                await connection.closed.wait()


@pytest.mark.parametrize(
    ("language", "model"),
    [(ENGLISH, "groq"), (SPANISH, "openai"), (ENGLISH, "openai"), (SPANISH, "groq")],
    ids=["en-groq", "es-openai", "en-openai", "es-groq"],
)
async def test_a_call_through_the_real_sdks(language: Language, model: str, tmp_path: Path) -> None:
    """The caller asks, interrupts the long answer with another question, and gets the short one."""
    wavs = []
    for number, pcm in enumerate(language.wavs):
        wavs.append(str(tmp_path / f"{number}.wav"))
        samples = np.frombuffer(pcm, "<i2")
        write_stereo(Path(wavs[-1]), samples, samples, 16_000)

    async with a_cloud(tmp_path, language, model) as cloud:
        arguments = ("--agent", language.agent, "--json", "--barge-in-ms", "1500", *wavs)
        result = await victoria_call("--url", cloud.victoria.url, "--key", cloud.victoria.key, *arguments)
        assert (result.status, result.errors) == (0, "")
        report = json.loads(result.output)
        _is_understood(report, language)
        _is_interrupted(report, language)
        await _has_closed_what_was_cut(cloud)
        assert {exchange.headers["authorization"] for exchange in cloud.model.exchanges} == {
            f"Bearer {MODEL_KEY}"
        }
        assert {connection.key for connection in cloud.azure.connections} == {AZURE_KEY}


def _is_understood(report: dict[str, Any], language: Language) -> None:
    assert [answer["understood"].strip() for answer in report["answers"]] == list(language.questions)
    assert report["all_answered"]
    assert report["transcript"][-1]["heard"].strip() == language.short_answer


def _is_interrupted(report: dict[str, Any], language: Language) -> None:
    (cut,) = [turn for turn in report["transcript"] if turn["interrupted"]]
    assert language.long_answer.startswith(cut["heard"])
    assert 0 < len(cut["heard"]) < len(cut["content"])


def _asks(exchange: Exchange, question: str) -> bool:
    """Whether the model is asked ``question``, perhaps before the recogniser has made a sentence of it."""
    return words(exchange.body["messages"][-1]["content"]) == words(question)


async def _has_closed_what_was_cut(cloud: Cloud) -> None:
    """The answer that never ends was ended by closing its socket; so was the speech under way."""
    asked = [
        exchange
        for exchange in cloud.model.exchanges
        if exchange.body and _asks(exchange, cloud.language.questions[0])
    ]
    assert asked
    async with asyncio.timeout(5):
        for exchange in asked:
            await exchange.client_closed.wait()
    assert any(connection.was_cut for connection in cloud.azure.connections)
