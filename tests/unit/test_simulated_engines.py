"""The simulated engines keep their promises to the millisecond, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from backend.domain.entities.conversation import Message, MessageRole
from backend.domain.errors import ProviderError
from backend.domain.ports.llm_port import LlmEvent, LlmFinished, LlmRequest, TextDelta
from backend.domain.ports.stt_port import (
    SttEvent,
    SttFinal,
    SttPartial,
    SttRequest,
    SttSettled,
)
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest
from backend.domain.value_objects.audio import MULAW_8K, NARROWBAND, WIDEBAND, AudioFormat, AudioFrame
from backend.domain.value_objects.language import ENGLISH
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.domain.value_objects.word_timing import WordTiming
from backend.infrastructure.adapters.simulated.llm import SimulatedLlm, SimulatedLlmSettings
from backend.infrastructure.adapters.simulated.stt import SimulatedStt, SimulatedSttSettings
from backend.infrastructure.adapters.simulated.tts import SimulatedTts, SimulatedTtsSettings
from tests.support.virtual_time import run_virtual

FRAME = AudioFrame(WIDEBAND, bytes(640))  # 20 ms


def now_ms() -> int:
    return round(asyncio.get_running_loop().time() * 1_000)


# --- language model -------------------------------------------------------------------------------


def asking(*said: str) -> LlmRequest:
    return LlmRequest(tuple(Message(MessageRole.USER, text) for text in said), ENGLISH)


async def timed_answer(llm: SimulatedLlm, request: LlmRequest) -> list[tuple[int, LlmEvent]]:
    return [(now_ms(), event) async for event in llm.stream(request)]


def test_tokens_come_at_the_set_pace() -> None:
    llm = SimulatedLlm(SimulatedLlmSettings(ttft_ms=300, tokens_per_second=20, script=("one two three",)))
    assert run_virtual(timed_answer(llm, asking("hello you"))) == [
        (300, TextDelta("one ")),
        (350, TextDelta("two ")),
        (400, TextDelta("three")),
        (400, LlmFinished("stop", input_tokens=2, output_tokens=3)),
    ]


def test_each_turn_gets_the_next_line_of_the_script() -> None:
    llm = SimulatedLlm(SimulatedLlmSettings(script=("first", "second")))
    for turns, line in ((1, "first"), (2, "second"), (3, "first")):
        events = run_virtual(timed_answer(llm, asking(*["hm"] * turns)))
        assert events[0][1] == TextDelta(line)


def test_without_a_script_it_echoes() -> None:
    events = run_virtual(timed_answer(SimulatedLlm(SimulatedLlmSettings()), asking("a", "green tea")))
    assert "".join(e.text for _, e in events if isinstance(e, TextDelta)) == "You said: green tea"


# --- voice ----------------------------------------------------------------------------------------


async def timed_speech(
    tts: SimulatedTts, text: str, audio: AudioFormat = WIDEBAND, speed: float = 1.0
) -> list[tuple[int, SpeechChunk]]:
    request = SpeechRequest(text, ENGLISH, VoiceConfig(speed=speed), audio)
    return [(now_ms(), chunk) async for chunk in tts.synthesize(request)]


def test_audio_comes_at_the_set_pace_and_is_as_long_as_its_text() -> None:
    tts = SimulatedTts(SimulatedTtsSettings(ttfb_ms=100, real_time_factor=0.5, ms_per_character=50))
    chunks = run_virtual(timed_speech(tts, "Hello"))  # 5 characters: 250 ms
    assert [(at, chunk.frame.duration_ns // 1_000_000) for at, chunk in chunks] == [
        (100, 100),
        (150, 100),
        (200, 50),
    ]


@pytest.mark.parametrize("audio", [NARROWBAND, WIDEBAND, MULAW_8K])
def test_it_sounds(audio: AudioFormat) -> None:
    for _, chunk in run_virtual(timed_speech(SimulatedTts(SimulatedTtsSettings()), "Hello", audio)):
        assert chunk.frame.format == audio
        assert any(chunk.frame.payload)


def test_words_are_timed_no_later_than_their_audio() -> None:
    tts = SimulatedTts(SimulatedTtsSettings(ms_per_character=50))
    chunks = run_virtual(timed_speech(tts, "How do you do?"))
    words = [word for _, chunk in chunks for word in chunk.words]
    assert words == [
        WordTiming(0, 3, 0),
        WordTiming(4, 6, 200),
        WordTiming(7, 10, 350),
        WordTiming(11, 14, 550),
    ]
    for number, (_, chunk) in enumerate(chunks):
        assert all(100 * number <= word.at_ms < 100 * (number + 1) for word in chunk.words)


def test_twice_the_speed_is_half_the_audio() -> None:
    tts = SimulatedTts(SimulatedTtsSettings(ms_per_character=40))
    slow, fast = (run_virtual(timed_speech(tts, "Hello there", speed=speed)) for speed in (1.0, 2.0))
    assert sum(c.frame.samples for _, c in slow) == 2 * sum(c.frame.samples for _, c in fast)


@pytest.mark.parametrize("text", ["", "   ", "…", "?!"])
def test_text_without_a_word_makes_no_sound(text: str) -> None:
    assert run_virtual(timed_speech(SimulatedTts(SimulatedTtsSettings()), text)) == []


# --- recogniser -----------------------------------------------------------------------------------


def test_an_utterance_is_the_next_line_of_the_script() -> None:
    stt = SimulatedStt(SimulatedSttSettings(final_delay_ms=200, ms_per_word=40, script=("one two", "three")))

    async def listen() -> list[tuple[int, SttEvent]]:
        stream = await stt.open(SttRequest(ENGLISH))

        async def speak() -> None:
            for utterance, frames in ((1, 5), (2, 2), (3, 0)):
                for _ in range(frames):
                    stream.feed(FRAME)
                    await asyncio.sleep(0.02)
                stream.finalize(utterance)
                await asyncio.sleep(1)
            await stream.aclose()

        async with asyncio.TaskGroup() as group:
            group.create_task(speak())
            return [(now_ms(), event) async for event in stream.events()]

    assert run_virtual(listen()) == [
        (20, SttPartial("one")),
        (60, SttPartial("one two")),
        (300, SttFinal("one two")),
        (300, SttSettled(1)),
        (1_120, SttPartial("three")),
        (1_340, SttFinal("three")),
        (1_340, SttSettled(2)),
        (2_340, SttSettled(3)),  # nothing was said, so nothing was heard
    ]


def test_closing_ends_the_events_even_while_one_is_due() -> None:
    async def listen() -> list[SttEvent]:
        stream = await SimulatedStt(SimulatedSttSettings(final_delay_ms=500)).open(SttRequest(ENGLISH))
        stream.feed(FRAME)
        stream.finalize(1)
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(drain(stream.events()))
            await asyncio.sleep(0.1)
            await stream.aclose()
            await stream.aclose()
        return listening.result()

    assert run_virtual(listen()) == []


async def drain(events: AsyncIterator[SttEvent]) -> list[SttEvent]:
    return [event async for event in events]


def test_events_that_nobody_reads_fail_the_stream_instead_of_piling_up() -> None:
    async def listen() -> None:
        stream = await SimulatedStt(SimulatedSttSettings()).open(SttRequest(ENGLISH))
        for utterance in range(300):
            stream.finalize(utterance)
        await anext(stream.events())

    with pytest.raises(ProviderError, match="not being read"):
        run_virtual(listen())


@pytest.mark.parametrize(
    "make",
    [
        lambda: SimulatedLlmSettings(tokens_per_second=0),
        lambda: SimulatedTtsSettings(ttfb_ms=-1),
        lambda: SimulatedSttSettings(script=()),
    ],
)
def test_impossible_settings_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="simulated"):
        make()
