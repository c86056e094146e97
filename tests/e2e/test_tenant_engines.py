"""A key that comes in through the API: calls are answered with it, and it goes where its account says, only.

``victoria serve`` and ``victoria call`` are processes of their own; the real SDK speaks to local servers.
"""

from __future__ import annotations

import asyncio
import io
import json
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from backend.interfaces.cli.sound_files import write_stereo
from tests.e2e.test_call_command import victoria_call
from tests.support.llm_server import Exchange, LlmServer, llm_server
from tests.support.speech import flite
from tests.support.victoria import SIMULATED, Victoria

pytestmark = pytest.mark.speech

OLD_KEY: Final = "sk-old-0123456789abcdef"
NEW_KEY: Final = "sk-new-0123456789abcdef"
MODEL: Final = "gpt-test"


async def answers(exchange: Exchange) -> None:
    """Answer every conversation in the same words."""
    await exchange.head()
    await exchange.words("A cleaning ", "costs ", "sixty dollars.")
    await exchange.finish()


@asynccontextmanager
async def a_running(victoria: Victoria) -> AsyncIterator[None]:
    try:
        await asyncio.to_thread(victoria.start)
        yield
    finally:
        await asyncio.to_thread(victoria.stop)


async def ask(victoria: Victoria, method: str, path: str, json: object = None) -> Any:
    """Ask without holding up the local servers, and return the JSON of the answer, which must be good."""
    response = await asyncio.to_thread(victoria.ask, method, path, json)
    assert response.status_code < 300, response.text
    return response.json()


async def heard(victoria: Victoria, question: Path) -> str:
    """Call the agent "Mine", and return what its caller heard last."""
    arguments = ("--url", victoria.url, "--key", victoria.key, "--agent", "Mine", "--json", str(question))
    result = await victoria_call(*arguments)
    assert (result.status, result.errors) == (0, ""), result.output
    transcript: list[dict[str, str]] = json.loads(result.output)["transcript"]
    return transcript[-1]["heard"].strip()


def keys_seen(server: LlmServer) -> set[str]:
    """Return the keys in all requests that a server has had, of whatever sort."""
    return {
        exchange.headers.get("authorization", "").removeprefix("Bearer ")
        for exchange in (*server.exchanges, *server.lookups)
    }


def an_account(url: str, key: str | None) -> dict[str, Any]:
    account: dict[str, Any] = {"kind": "openai", "settings": {"model": MODEL, "base_url": url}}
    return account if key is None else account | {"key": key}


async def test_a_key_is_used_where_its_account_says_and_nowhere_else(tmp_path: Path) -> None:
    question = tmp_path / "question.wav"
    pcm = np.frombuffer(flite("what does a cleaning cost"), "<i2")
    write_stereo(question, pcm, pcm, 16_000)
    victoria = Victoria(tmp_path, SIMULATED)
    providers, place = "/api/config/providers", "/api/config/providers/mine"

    async with llm_server(answers) as old, llm_server(answers) as new, a_running(victoria):
        old.models, new.models = {MODEL}, {MODEL}
        await ask(victoria, "POST", providers, {"id": "mine", **an_account(old.base_url, OLD_KEY)})
        trial = await ask(victoria, "POST", f"{place}/test")
        assert (trial["ok"], trial["code"]) == (True, "ok"), trial
        agent = {"name": "Mine", "prompt": "You answer.", "engines": {"llm": [{"engine": "mine"}]}}
        await ask(victoria, "POST", "/api/config/agents", agent)

        assert await heard(victoria, question) == "A cleaning costs sixty dollars."
        assert keys_seen(old) == {OLD_KEY}
        options = await ask(victoria, "GET", "/api/config/options")
        (mine,) = [engine for engine in options["engines"]["llm"] if engine["id"] == "mine"]
        assert (mine["kind"], mine["model"], mine["local"]) == ("openai", MODEL, False)

        moved = await asyncio.to_thread(
            victoria.ask, "PUT", place, an_account(new.base_url, None) | {"version": 1}
        )
        assert (moved.status_code, moved.json()["code"]) == (422, "key-needed")
        assert (new.connections, keys_seen(new)) == (0, set())
        asked_before = len(old.exchanges), len(old.lookups), old.connections
        await ask(victoria, "PUT", place, an_account(new.base_url, NEW_KEY) | {"version": 1})

        assert await heard(victoria, question) == "A cleaning costs sixty dollars."
        assert keys_seen(new) == {NEW_KEY}
        assert (len(old.exchanges), len(old.lookups), old.connections) == asked_before

    assert OLD_KEY not in victoria.log
    assert NEW_KEY not in victoria.log


async def test_an_agent_cannot_be_saved_with_an_engine_that_is_not_there(tmp_path: Path) -> None:
    victoria = Victoria(tmp_path, SIMULATED)
    async with a_running(victoria):
        account = {"id": "mine", **an_account("http://127.0.0.1:9/v1", "sk-1")}
        await ask(victoria, "POST", "/api/config/providers", account)
        draft = {"name": "Mine", "prompt": "You answer.", "engines": {"llm": [{"engine": "mine"}]}}
        agent = await ask(victoria, "POST", "/api/config/agents", draft)
        place = f"/api/config/agents/{agent['id']}"
        removed = await asyncio.to_thread(victoria.ask, "DELETE", "/api/config/providers/mine")
        assert removed.status_code == 204

        assert await ask(victoria, "GET", place) == agent  # it can still be read …
        response = await asyncio.to_thread(victoria.ask, "PUT", place, draft | {"version": 1})
        assert (response.status_code, response.json()["code"]) == (422, "unknown-engine")
        assert [error["field"] for error in response.json()["errors"]] == ["engines.llm.0.engine"]
        mended = await ask(victoria, "PUT", place, draft | {"engines": {}, "version": 1})  # … and mended
        assert mended["engines"]["llm"][0]["engine"] == "auto"


async def test_a_voice_of_the_server_can_be_heard(tmp_path: Path) -> None:
    victoria = Victoria(tmp_path, {"VICTORIA_DISABLED_FEATURES": "console"})
    async with a_running(victoria):
        body = {"language": "es", "voice": {"engine": "espeak"}}
        response = await asyncio.to_thread(victoria.ask, "POST", "/api/config/voices/preview", body)
        assert (response.status_code, response.headers["content-type"]) == (200, "audio/wav")
        with wave.open(io.BytesIO(response.content)) as sound:
            samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
        assert 1 < len(samples) / 16_000 < 6
        assert np.abs(samples).max() > 3_000
