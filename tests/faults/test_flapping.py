"""A provider that goes down and comes back every second is neither stormed nor does it flood the log."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest

from backend.domain.entities.agent import TurnTaking
from backend.domain.entities.call import EndCause
from backend.domain.errors import ProviderError
from backend.domain.ports.llm_port import LlmEvent, LlmRequest
from backend.domain.ports.stt_port import SttEvent, SttRequest
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest
from backend.domain.value_objects.policies import Silence
from tests.faults.trial import Trial
from tests.faults.verdict import SILENCE_S
from tests.support.answering_engines import QUESTIONS, WordStt, WordSttStream
from tests.support.calls import Stage, agent
from tests.support.faulty_engines import FaultyLlm, FaultyTts
from tests.support.faulty_ways import PORTS, Port, Way
from tests.support.scripted import ScriptedTts

FLAPPING_S = 300
PATIENT = agent(turn_taking=TurnTaking(silence=Silence(idle_prompt_after_ms=1_000 * FLAPPING_S)))
WINDOW_S = 30  # within it, a quick second try is one of those that may be made
MOST_LINES = 10  # of the log in a second


def is_down() -> bool:
    return int(asyncio.get_running_loop().time()) % 2 == 1


class FlappingLlm(FaultyLlm):
    def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:
        self.way = Way.UNAVAILABLE if is_down() else None
        return super().stream(request)


class FlappingTts(FaultyTts):
    def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        self.way = Way.UNAVAILABLE if is_down() else None
        return super().synthesize(request)


class FlappingStt(WordStt):
    async def open(self, request: SttRequest) -> WordSttStream:
        if is_down():
            raise ProviderError("faulty", "scripted", code="provider-unavailable")
        self.opened += 1
        self.running += 1
        return FlappingStream(self)


class FlappingStream(WordSttStream):
    async def events(self) -> AsyncGenerator[SttEvent, None]:
        down_at = int(asyncio.get_running_loop().time()) // 2 * 2 + 1
        try:
            async with asyncio.timeout_at(down_at), aclosing(super().events()) as events:
                async for event in events:
                    yield event
        except TimeoutError as error:
            raise ProviderError("faulty", "scripted", code="connection-failed") from error


class LinesBySecond(logging.Handler):
    """Counts what is logged in each second of the loop."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: Counter[int] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines[int(asyncio.get_running_loop().time())] += 1


@pytest.fixture
def log() -> Any:
    handler, logger = LinesBySecond(), logging.getLogger("backend")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


async def chat(stage: Stage) -> None:
    """Ask one question after the other for five minutes."""
    assert isinstance(stage, Trial)
    loop = asyncio.get_running_loop()
    await stage.until_attended()
    number = 0
    while loop.time() < FLAPPING_S:
        await stage.ask(number % len(QUESTIONS))
        await stage.until_attended()
        number += 1
    stage.hang_up()


def test_a_recogniser_that_flaps_is_not_stormed_while_nobody_speaks(log: LinesBySecond) -> None:
    async def listen(stage: Stage) -> None:
        assert isinstance(stage, Trial)
        await stage.be_away(FLAPPING_S)
        stage.hang_up()

    trial = Trial(PATIENT, port="stt", engine=FlappingStt(), has_stand_in=False)
    trial.play(listen)

    assert 10 < len(trial.watch.attempts) <= FLAPPING_S
    assert max(log.lines.values()) < MOST_LINES
    assert trial.still_running == 0


@pytest.mark.parametrize("has_stand_in", [True, False], ids=["with a stand-in", "alone"])
@pytest.mark.parametrize("port", PORTS)
def test_each_call_asks_a_flapping_engine_once_a_second_at_most(
    port: Port, has_stand_in: bool, log: LinesBySecond
) -> None:
    tts = ScriptedTts()
    engines = {"stt": FlappingStt(), "llm": FlappingLlm(None), "tts": FlappingTts(None, tts)}
    trial = Trial(tts=tts, port=port, engine=engines[port], has_stand_in=has_stand_in)
    call = trial.play(chat)

    asked_at = [attempt.began_at for attempt in trial.watch.attempts]
    assert asked_at, "it was never asked"
    if port == "tts":  # it is asked once for each clause that it speaks
        asked_at = [at for attempt in trial.watch.attempts if (at := attempt.failed_at) is not None]
    busiest = max((sum(at <= later < at + WINDOW_S for later in asked_at) for at in asked_at), default=0)
    assert busiest <= WINDOW_S
    assert max(log.lines.values()) < MOST_LINES
    assert trial.longest_silence_s <= SILENCE_S
    assert not trial.unhandled
    assert trial.still_running == 0
    if has_stand_in:
        assert call.end_cause is EndCause.CALLER_HUNG_UP
