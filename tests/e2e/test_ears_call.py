"""``victoria call`` heard by Deepgram, and by a server that speaks OpenAI's wire.

The services are local and scripted, the rest is what an owner with keys gets.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from backend.interfaces.cli.sound_files import write_stereo
from tests.e2e.test_call_command import victoria_call
from tests.support.deepgram_server import Script, deepgram_server
from tests.support.listening import until
from tests.support.openai_stt_server import saying, transcription_server
from tests.support.speech import espeak, flite
from tests.support.victoria import Victoria

pytestmark = pytest.mark.speech

KEY: Final = "key-of-the-owners-ears"
SPANISH: Final = ("¿Qué horario tienen?", "¿Cuánto cuesta una limpieza?")
ENGLISH: Final = ("What are your opening hours?", "What does a cleaning cost?")


async def test_deepgram_hears_a_call_in_spanish(tmp_path: Path) -> None:
    async with deepgram_server(Script(lines=SPANISH, final_ms=100)) as service:
        engines = {"VICTORIA_DEEPGRAM_API_KEY": KEY, "VICTORIA_DEEPGRAM_BASE_URL": service.base_url}
        wavs = [espeak("qué horario tienen"), espeak("cuánto cuesta una limpieza")]
        understood = await understood_in_a_call(tmp_path, engines, "Victoria (español)", wavs)
    assert understood == [plain(question) for question in SPANISH]
    (connection,) = service.connections
    assert connection.authorization == f"Token {KEY}"
    assert connection.query["language"] == ["es"]
    assert connection.count("Finalize") >= 2
    assert connection.count("CloseStream") == 1
    assert connection.closed.is_set()


async def test_a_transcription_server_hears_a_call_in_english(tmp_path: Path) -> None:
    async with transcription_server(saying(*ENGLISH)) as service:
        engines = {
            "VICTORIA_STT_API_KEY": KEY,
            "VICTORIA_STT_BASE_URL": service.base_url,
            "VICTORIA_STT_MODEL": "whisper-1",
        }
        wavs = [flite("what are your opening hours"), flite("what does a cleaning cost")]
        understood = await understood_in_a_call(tmp_path, engines, "Victoria", wavs)
        await until(lambda: not service.open_connections)
    assert understood == [plain(question) for question in ENGLISH]
    posts = [exchange for exchange in service.exchanges if exchange.method == "POST"]
    assert [exchange.form["language"] for exchange in posts] == ["en", "en"]
    assert {exchange.headers["authorization"] for exchange in service.exchanges} == {f"Bearer {KEY}"}


async def understood_in_a_call(
    folder: Path, engines: Mapping[str, str], agent: str, wavs: Sequence[bytes]
) -> list[str]:
    """Call an agent on a server with these ``engines``, stop the server, and return what it understood."""
    files = [str(folder / f"{number}.wav") for number in range(len(wavs))]
    for file, pcm in zip(files, wavs, strict=True):
        samples = np.frombuffer(pcm, "<i2")
        write_stereo(Path(file), samples, samples, 16_000)
    victoria = Victoria(folder, engines)
    try:
        await asyncio.to_thread(victoria.start)
        result = await victoria_call(
            *("--url", victoria.url, "--key", victoria.key, "--agent", agent, "--json", *files)
        )
    finally:
        await asyncio.to_thread(victoria.stop)
    assert (result.status, result.errors) == (0, "")
    assert KEY not in (folder / "server.log").read_text()
    report = json.loads(result.output)
    assert report["all_answered"]
    return [plain(answer["understood"]) for answer in report["answers"]]


def plain(text: str) -> str:
    """Return the words alone: an agent may answer before their capitals and question marks are there."""
    return " ".join(text.lower().strip("¿?. ").split())
