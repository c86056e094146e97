"""What every recogniser makes of speech, whoever made it."""

from __future__ import annotations

import asyncio

import pytest

from backend.domain.ports.stt_port import SttFinal, SttPartial, SttRequest, SttSettled, SttStream
from backend.domain.value_objects.language import ENGLISH
from tests.support.recognisers import ClosableStt, Recogniser
from tests.support.speech import flite, silence, word_errors
from tests.support.utterances import say, until_settled, words

pytest_plugins = ["tests.support.recogniser_fixtures"]
pytestmark = pytest.mark.speech

SENTENCE = "turn on the lights in the living room"


async def test_partials_come_while_the_caller_speaks_then_final_then_settled(
    stt: ClosableStt, recogniser: Recogniser, stream: SttStream
) -> None:
    say(stream, flite(SENTENCE) + silence(200))
    stream.finalize(1)
    events = await until_settled(aiter(stream.events()), 1)
    kinds = [type(event) for event in events]
    assert kinds[-1] is SttSettled
    assert kinds == sorted(kinds, key=[SttPartial, SttFinal, SttSettled].index)
    if recogniser.hears:
        assert word_errors(SENTENCE, words(events).lower().rstrip(".")) <= 2
        assert (SttPartial in kinds) == stt.capabilities.partials


async def test_utterances_do_not_mix(recogniser: Recogniser, stream: SttStream) -> None:
    events = aiter(stream.events())
    say(stream, flite("hello how are you today") + silence(200))
    stream.finalize(1)
    say(stream, flite("please call me back this afternoon") + silence(200))
    stream.finalize(2)
    first, second = await until_settled(events, 1), await until_settled(events, 2)
    assert [event for event in first + second if isinstance(event, SttSettled)] == [
        SttSettled(1),
        SttSettled(2),
    ]
    if recogniser.hears:
        assert "today" in words(first)
        assert "today" not in words(second)
        assert "afternoon" in words(second)


async def test_an_utterance_without_audio_settles_without_words(stream: SttStream) -> None:
    stream.finalize(7)
    events = await until_settled(aiter(stream.events()), 7)
    assert words(events) == ""


async def test_callers_do_not_hear_each_other(recogniser: Recogniser, stt: ClosableStt) -> None:
    sentences = ["hello how are you today", "the weather is very nice today", "i need help with my order"]
    streams = [await stt.open(SttRequest(ENGLISH)) for _ in sentences]
    for stream, sentence in zip(streams, sentences, strict=True):
        say(stream, flite(sentence) + silence(200))
        stream.finalize(1)
    async with asyncio.TaskGroup() as tasks:
        heard = [tasks.create_task(until_settled(aiter(stream.events()), 1)) for stream in streams]
    for stream in streams:
        await stream.aclose()
    if recogniser.hears:
        for sentence, task in zip(sentences, heard, strict=True):
            assert word_errors(sentence, words(task.result()).lower().rstrip(".")) <= 2
