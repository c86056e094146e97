"""Voices over HTTP: a WAV file that is whole, or a problem that says whose it is."""

from __future__ import annotations

import asyncio
import io
import json
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.types import Message

from backend.application.services.voice_preview import VoicePreview
from backend.infrastructure.adapters.tts.openai_tts_adapter import OpenAiTts, OpenAiTtsSettings
from backend.infrastructure.security.core import ClientLimits
from tests.support.engines import FixedEngines, scripted_registry
from tests.support.http import Site, a_site
from tests.support.openai_tts_server import KEY, speaks
from tests.support.speech_server import Script, SpeechExchange, SpeechServer, speech_server

PLACE: Final = "/api/config/voices/preview"
CLOUD: Final[dict[str, Any]] = {"voice": {"engine": "cloud", "voice": "alloy"}}


@dataclass(frozen=True)
class Stage:
    """A site with an engine "cloud", whose service is scripted."""

    site: Site
    service: SpeechServer

    @property
    def spoken(self) -> list[dict[str, Any]]:
        """What the service was asked to say."""
        return [exchange.body for exchange in self.service.exchanges if exchange.method == "POST"]


@asynccontextmanager
async def a_stage(
    folder: Path, script: Script = speaks, *, key: str = KEY, **changes: Any
) -> AsyncIterator[Stage]:
    async with speech_server(script) as service, a_site(folder) as site:
        cloud = OpenAiTts(OpenAiTtsSettings("tts-1", key, f"{service.url}/v1"))
        registry = scripted_registry()
        registry = replace(registry, tts={**registry.tts, "cloud": cloud})
        try:
            yield Stage(site.rebuilt(preview_voice=VoicePreview(FixedEngines(registry)), **changes), service)
        finally:
            await cloud.aclose()


async def test_a_voice_is_heard_as_a_whole_wav_file(tmp_path: Path) -> None:
    async with a_stage(tmp_path) as stage:
        response = await stage.site.client.post(
            PLACE, json=CLOUD | {"text": "Good morning.", "language": "en"}
        )
        assert (response.status_code, response.headers["content-type"]) == (200, "audio/wav")
        assert response.headers["cache-control"] == "no-store"
        with wave.open(io.BytesIO(response.content)) as sound:
            assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 16_000)
            assert len(response.content) == 44 + 2 * sound.getnframes()
            assert sound.getnframes() / 16_000 == pytest.approx(0.78, abs=0.03)  # 13 characters of 60 ms
        assert [said["input"] for said in stage.spoken] == ["Good morning."]


async def test_without_anything_said_the_best_voice_introduces_itself(tmp_path: Path) -> None:
    async with a_stage(tmp_path) as stage:
        response = await stage.site.client.post(PLACE, json={})
        assert response.status_code == 200
        assert stage.spoken == []  # the first engine that is ready is another one


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "a" * 301}, "text"),
        ({"language": "klingon"}, "language"),
        ({"voice": {"speed": 9}}, "voice.speed"),
        ({"voice": {"engine": "nobody"}}, "voice.engine"),
        ({"voices": {}}, "voices"),
    ],
)
async def test_what_cannot_be_spoken_is_said_by_field(
    tmp_path: Path, body: dict[str, Any], field: str
) -> None:
    async with a_stage(tmp_path) as stage:
        response = await stage.site.client.post(PLACE, json=body)
        assert response.status_code == 422
        assert [error["field"] for error in response.json()["errors"]] == [field]


async def test_a_wrong_key_is_the_engines_problem_and_stays_secret(tmp_path: Path) -> None:
    async with a_stage(tmp_path, key="sk-wrong-hunter2") as stage:
        response = await stage.site.client.post(PLACE, json=CLOUD)
        assert (response.status_code, response.json()["code"]) == (502, "auth-failed")
        assert response.headers["content-type"] == "application/problem+json"
        assert "hunter2" not in response.text


async def test_an_engine_that_breaks_off_leaves_no_half_of_a_file(tmp_path: Path) -> None:
    async def breaks_off(exchange: SpeechExchange) -> None:
        await exchange.head(content_type="audio/pcm")
        await exchange.raw(bytes(4_800))
        exchange.abort()

    async with a_stage(tmp_path, breaks_off) as stage:
        response = await stage.site.client.post(PLACE, json=CLOUD)
        assert (response.status_code, response.headers["content-type"]) == (502, "application/problem+json")


async def test_an_engine_without_a_key_is_not_ready(tmp_path: Path) -> None:
    async with a_stage(tmp_path) as stage:
        keyless = OpenAiTts(OpenAiTtsSettings("tts-1"))
        registry = replace(scripted_registry(), tts={"cloud": keyless})
        site = stage.site.rebuilt(preview_voice=VoicePreview(FixedEngines(registry)))
        response = await site.client.post(PLACE, json=CLOUD)
        assert (response.status_code, response.json()["code"]) == (503, "not-ready")


async def test_one_key_can_hear_so_many_and_another_key_as_many_again(tmp_path: Path) -> None:
    async with a_stage(tmp_path, preview_limits=ClientLimits(requests="2/minute")) as stage:
        for status in (200, 200, 429):
            response = await stage.site.client.post(PLACE, json={"text": "Hi"})
            assert response.status_code == status
        assert 1 <= int(response.headers["retry-after"]) <= 60
        assert response.json()["code"] == "too-many-requests"
        other = await stage.site.with_key_of("other")
        assert (await other.post(PLACE, json={"text": "Hi"})).status_code == 200


async def test_when_the_client_leaves_the_engine_stops(tmp_path: Path) -> None:
    asked = asyncio.Event()
    exchanges: list[SpeechExchange] = []

    async def never_ends(exchange: SpeechExchange) -> None:
        if exchange.method == "POST":
            exchanges.append(exchange)
            await exchange.head(content_type="audio/pcm")
            await exchange.raw(bytes(4_800))
            asked.set()
            await exchange.until_client_closes()

    async with a_stage(tmp_path, never_ends) as stage:
        body = json.dumps(CLOUD).encode()
        coming: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            if coming:
                return coming.pop()
            await asked.wait()
            return {"type": "http.disconnect"}

        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        headers = [(b"x-api-key", stage.site.key.encode()), (b"content-type", b"application/json")]
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": PLACE,
            "raw_path": PLACE.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": headers,
            "client": ("192.0.2.7", 50_000),
            "server": ("victoria.test", 80),
        }
        async with asyncio.timeout(20):
            await stage.site.app(scope, receive, send)
            await exchanges[0].client_closed.wait()
        assert not any(message.get("body") for message in sent)
