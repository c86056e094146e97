"""What is particular to PocketSphinx: its words, its limits, its processes."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
from collections.abc import AsyncIterator

import pytest

from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import (
    SttEvent,
    SttFinal,
    SttPartial,
    SttRequest,
    SttSettled,
)
from backend.domain.value_objects.audio import NARROWBAND, AudioFrame
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.readiness import ReadinessState
from backend.infrastructure.adapters.stt.pocketsphinx_adapter import PocketsphinxStt
from backend.infrastructure.adapters.stt.worker_stream import WorkerSttStream
from tests.support.speech import ENGLISH_SENTENCES, flite, frames, silence, word_errors

pytestmark = pytest.mark.speech


@pytest.fixture
async def stt() -> AsyncIterator[PocketsphinxStt]:
    made = PocketsphinxStt(processes=1)
    yield made
    await made.aclose()


async def listen(stream: WorkerSttStream, pcm: bytes, utterance: int) -> list[SttEvent]:
    """Feed a caller's words and return all events up to their settling."""
    for frame in frames(pcm):
        stream.feed(frame)
    stream.finalize(utterance)
    events = []
    async with asyncio.timeout(60):
        async for event in stream.events():
            events.append(event)
            if event == SttSettled(utterance):
                break
    return events


async def test_it_gets_most_words_of_clear_speech(stt: PocketsphinxStt) -> None:
    stream = await stt.open(SttRequest(ENGLISH))
    errors = 0
    for number, sentence in enumerate(ENGLISH_SENTENCES):
        events = await listen(stream, silence(200) + flite(sentence) + silence(200), number)
        errors += word_errors(sentence, " ".join(e.text for e in events if isinstance(e, SttFinal)))
    await stream.aclose()
    assert errors / sum(len(sentence.split()) for sentence in ENGLISH_SENTENCES) < 0.2


async def test_partials_are_not_repeated(stt: PocketsphinxStt) -> None:
    stream = await stt.open(SttRequest(ENGLISH))
    events = await listen(stream, flite(ENGLISH_SENTENCES[2]), 1)
    await stream.aclose()
    partials = [event.text for event in events if isinstance(event, SttPartial)]
    assert all(before != after for before, after in itertools.pairwise(partials))


async def test_more_callers_than_decoders_take_turns() -> None:
    stt = PocketsphinxStt(processes=1, decoders_per_process=1)
    streams = [await stt.open(SttRequest(ENGLISH)) for _ in range(3)]
    async with asyncio.TaskGroup() as tasks:
        heard = [tasks.create_task(listen(stream, flite("hello how are you today"), 1)) for stream in streams]
    for task in heard:
        assert any(isinstance(event, SttFinal) and "today" in event.text for event in task.result())
    await stt.aclose()


async def test_a_caller_who_leaves_mid_word_gives_the_decoder_back() -> None:
    stt = PocketsphinxStt(processes=1, decoders_per_process=1)
    leaver = await stt.open(SttRequest(ENGLISH))
    for frame in frames(flite(ENGLISH_SENTENCES[0])):
        leaver.feed(frame)
    async with asyncio.timeout(60):
        assert isinstance(await anext(aiter(leaver.events())), SttPartial)
    await leaver.aclose()
    stayer = await stt.open(SttRequest(ENGLISH))
    assert SttSettled(1) in await listen(stayer, flite(ENGLISH_SENTENCES[1]), 1)
    await stt.aclose()


async def test_falling_behind_fails_the_stream(stt: PocketsphinxStt) -> None:
    stream = await stt.open(SttRequest(ENGLISH))
    assert SttSettled(1) in await listen(stream, silence(20), 1)
    pid = stt.workers[0].pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(ProviderError) as caught:
        await listen(stream, silence(9_000), 2)
    assert caught.value.code == "stt-overloaded"
    os.kill(pid, signal.SIGCONT)


async def test_keeping_up_for_long_is_not_falling_behind(stt: PocketsphinxStt) -> None:
    stream = await stt.open(SttRequest(ENGLISH))
    for number in range(6):
        assert SttSettled(number) in await listen(stream, silence(2_000), number)


async def test_a_crash_is_an_error_of_the_stream_and_the_next_one_works(stt: PocketsphinxStt) -> None:
    stream = await stt.open(SttRequest(ENGLISH))
    assert SttSettled(1) in await listen(stream, silence(20), 1)
    assert stt.workers[0].pid is not None
    os.kill(stt.workers[0].pid, signal.SIGKILL)
    with pytest.raises(ProviderError) as caught:
        await listen(stream, silence(20), 2)
    assert caught.value.retryable
    again = await stt.open(SttRequest(ENGLISH))
    assert SttSettled(1) in await listen(again, flite("hello how are you today"), 1)


async def test_callers_are_spread_over_the_processes() -> None:
    stt = PocketsphinxStt(processes=2, decoders_per_process=1)
    for _ in range(4):
        await stt.open(SttRequest(ENGLISH))
    assert [worker.open_streams for worker in stt.workers] == [2, 2]
    await stt.aclose()


async def test_it_says_that_it_knows_english_only(stt: PocketsphinxStt) -> None:
    assert stt.readiness(Language("en-GB")).is_ready
    spanish = stt.readiness(SPANISH)
    assert spanish.state is ReadinessState.UNAVAILABLE
    assert spanish.detail.startswith("PocketSphinx understands English only, and clear speech best")
    with pytest.raises(ProviderError) as caught:
        await stt.open(SttRequest(SPANISH))
    assert not caught.value.retryable


async def test_audio_of_another_rate_is_refused(stt: PocketsphinxStt) -> None:
    stream = await stt.open(SttRequest(ENGLISH))
    with pytest.raises(ValueError, match="16 kHz"):
        stream.feed(AudioFrame(NARROWBAND, bytes(320)))
