"""How every recogniser ends and what it refuses, whoever made it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import SttEvent, SttRequest, SttStream
from backend.domain.value_objects.language import ENGLISH, Language
from tests.support.recognisers import ClosableStt, Recogniser
from tests.support.speech import silence
from tests.support.utterances import say, until_settled

pytest_plugins = ["tests.support.recogniser_fixtures"]
pytestmark = pytest.mark.speech


async def test_closing_ends_the_iteration(stream: SttStream) -> None:
    async def listen() -> list[SttEvent]:
        return [event async for event in stream.events()]

    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(listen())
        await asyncio.sleep(0)
        await stream.aclose()
        await stream.aclose()
    assert listening.result() == []


async def test_what_comes_after_closing_is_ignored(stream: SttStream) -> None:
    await stream.aclose()
    say(stream, silence(100))
    stream.finalize(1)
    assert [event async for event in stream.events()] == []


async def test_audio_beyond_any_patience_fails_the_stream_instead_of_growing(
    stream: SttStream, recogniser: Recogniser
) -> None:
    if not recogniser.is_bounded:
        pytest.skip("n/a: it needs no time for audio, or goes on with the newest")
    say(stream, silence(120_000))
    stream.finalize(1)
    with pytest.raises(ProviderError):
        await until_settled(aiter(stream.events()), 1)


async def test_a_language_it_does_not_know_is_refused(stt: ClosableStt) -> None:
    unknown = Language("xx")
    assert not stt.readiness(unknown).is_ready
    assert stt.readiness(unknown).detail
    with pytest.raises(ProviderError):
        await stt.open(SttRequest(unknown))


async def test_shutting_down_leaves_nothing_and_fails_what_is_open(
    recogniser: Recogniser, tmp_path: Path
) -> None:
    if not recogniser.closes:
        pytest.skip("n/a: it hears without anything that could be shut down")
    stt = await recogniser.make(tmp_path)
    stream = await stt.open(SttRequest(ENGLISH))
    async with asyncio.timeout(20):
        await stt.aclose()
    with pytest.raises(ProviderError):
        await until_settled(aiter(stream.events()), 1)
    await stream.aclose()
    with pytest.raises(ProviderError):
        await stt.open(SttRequest(ENGLISH))
    assert asyncio.all_tasks() == {asyncio.current_task()}
