"""How a Moonshine model gets onto the machine, and what is said meanwhile.

Recognition itself needs a model, which tests cannot download; the library runs without one here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import SttRequest
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.readiness import Readiness, ReadinessState
from backend.infrastructure.adapters.stt.moonshine_adapter import MoonshineStt
from tests.support.model_host import model_host
from tests.support.speech import require

WITHOUT_MODEL = {"skip_transcription": "true"}
FAKE_DOWNLOAD = "tests.support.fake_download"
# Nothing listens there, so a download fails at once, with or without internet.
NOWHERE = "http://127.0.0.1:9"


@asynccontextmanager
async def started(stt: MoonshineStt) -> AsyncIterator[MoonshineStt]:
    stt.start()
    try:
        yield stt
    finally:
        async with asyncio.timeout(10):
            await stt.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}


async def readiness(stt: MoonshineStt, wanted: Callable[[Readiness], bool]) -> Readiness:
    async with asyncio.timeout(60):
        while not wanted(stt.readiness(ENGLISH)):  # noqa: ASYNC110  (readiness is asked, not awaited)
            await asyncio.sleep(0.005)
    return stt.readiness(ENGLISH)


async def test_without_internet_it_is_unavailable_soon_and_quietly(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", NOWHERE)
    stt = MoonshineStt(tmp_path, languages=["en"], pauses_s=[0.01, 0.01])
    with caplog.at_level(logging.INFO):
        async with started(stt):
            assert stt.readiness(ENGLISH).state is not ReadinessState.READY
            with pytest.raises(ProviderError):
                await stt.open(SttRequest(ENGLISH))
            final = await readiness(stt, lambda now: "restart" in now.detail)
    assert final.state is ReadinessState.UNAVAILABLE
    assert final.detail == (
        "The Moonshine model for English is not there: the download failed (ProxyError); "
        "restart Victoria to try again."
    )
    assert [record.getMessage() for record in caplog.records] == ["A speech model could not be fetched"]
    assert capfd.readouterr() == ("", "")


async def test_progress_shows_and_a_failed_attempt_is_made_again(tmp_path: Path) -> None:
    stt = MoonshineStt(
        tmp_path, languages=["en"], options=WITHOUT_MODEL, download_module=FAKE_DOWNLOAD, pauses_s=[0.5]
    )
    async with started(stt):
        halfway = await readiness(stt, lambda now: now.progress == 0.5)
        assert halfway.state is ReadinessState.PREPARING
        (tmp_path / "verdict").write_text("fail")
        failed = await readiness(stt, lambda now: now.state is ReadinessState.UNAVAILABLE)
        assert "the download failed (Timeout); it will be tried again" in failed.detail
        (tmp_path / "verdict").write_text(str(tmp_path))
        await readiness(stt, lambda now: now.is_ready)
        stream = await stt.open(SttRequest(ENGLISH))
        await stream.aclose()


async def test_a_model_is_fetched_checked_and_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stt = MoonshineStt(
        tmp_path / "cache",
        languages=["en"],
        architecture="tiny-streaming",
        options=WITHOUT_MODEL,
        pauses_s=[],
    )
    require("openssl")
    async with model_host("en", "tiny-streaming", tmp_path) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        async with started(stt):
            seen = await readiness(stt, lambda now: 0.2 < (now.progress or 0) < 1)
            assert seen.state is ReadinessState.PREPARING
            await readiness(stt, lambda now: now.is_ready)
    # What is on disk is found again without the host.
    monkeypatch.setenv("HTTPS_PROXY", NOWHERE)
    again = MoonshineStt(
        tmp_path / "cache",
        languages=["en"],
        architecture="tiny-streaming",
        options=WITHOUT_MODEL,
        pauses_s=[],
    )
    async with started(again):
        await readiness(again, lambda now: now.is_ready)


async def test_what_may_not_be_downloaded_is_taken_from_the_cache_or_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    require("openssl")
    cache = tmp_path / "cache"

    def an_stt(*, may_download: bool) -> MoonshineStt:
        return MoonshineStt(
            cache,
            languages=["en"],
            may_download=may_download,
            architecture="tiny-streaming",
            options=WITHOUT_MODEL,
        )

    async with model_host("en", "tiny-streaming", tmp_path) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        async with started(an_stt(may_download=False)) as stt:
            missing = await readiness(stt, lambda now: "restart" in now.detail)
        assert missing.state is ReadinessState.UNAVAILABLE
        assert "The Moonshine model for English is not there: fetching models is switched" in missing.detail
        assert not cache.exists()
        async with started(an_stt(may_download=True)) as stt:
            await readiness(stt, lambda now: now.is_ready)
    async with started(an_stt(may_download=False)) as stt:
        await readiness(stt, lambda now: now.is_ready)
    max(cache.rglob("*.ort"), key=lambda file: file.stat().st_size).write_bytes(b"the rest never came")
    async with started(an_stt(may_download=False)) as stt:
        await readiness(stt, lambda now: "switched off" in now.detail)
    assert capfd.readouterr() == ("", "")


async def test_a_model_that_cannot_be_loaded_says_so(tmp_path: Path) -> None:
    stt = MoonshineStt(tmp_path, languages=["en"], model_paths={"en": tmp_path / "missing"})
    async with started(stt):
        broken = await readiness(stt, lambda now: now.state is ReadinessState.UNAVAILABLE)
        assert broken.detail.startswith("The Moonshine model for English cannot be loaded")


async def test_languages_are_apart(tmp_path: Path) -> None:
    stt = MoonshineStt(tmp_path, languages=["en"], model_paths={"en": tmp_path}, options=WITHOUT_MODEL)
    async with started(stt):
        await readiness(stt, lambda now: now.is_ready)
        assert stt.readiness(Language("en-GB")).is_ready
        assert not stt.readiness(SPANISH).is_ready
        with pytest.raises(ProviderError):
            await stt.open(SttRequest(SPANISH))
