"""What of a turn is our own: voice-to-voice minus the granted pause and the engines' set delays; and how
soon the agent is silent, beyond the time that the voice detector needs to be sure.

Both are measured at the caller, over a real WebSocket, from the frame that was sent to the message that came.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.caller import FRAME_S, Caller, calling, speech
from benchmarks.server import LLM_MS, TTS_MS, Server

PAUSE_MS = 480
# How soon a voice detector is sure of a pause depends on the last sound before it.
QUESTIONS: Final = (
    "What are your opening hours today?",
    "Can I bring my dog to the restaurant?",
    "How much is a table on the terrace?",
    "Do you take credit cards?",
)
# Always the same pause, and nothing is begun in it: what is left is ours.
PLAIN: Final[Mapping[str, Any]] = {
    "turn_taking": {
        "endpointing": {"min_pause_ms": PAUSE_MS, "max_pause_ms": PAUSE_MS, "adaptive": False},
    },
    "latency": {"speculative_replies": False},
}
HASTY: Final[Mapping[str, Any]] = {}  # the defaults


@dataclass(frozen=True, slots=True)
class Sample:
    """Milliseconds of one turn: what the caller felt, and what of it was ours."""

    felt: float
    own: float


async def turns(server: Server, count: int, manner: Mapping[str, Any] = PLAIN) -> list[Sample]:
    """Have ``count`` turns in one call with an agent of that ``manner`` (fields of an agent)."""
    agent = await server.new_agent(first_message="", **manner)
    questions = [await speech(question) for question in QUESTIONS]
    async with calling(server, agent) as caller:
        return [
            await _turn(caller, questions[number % len(questions)], number) for number in range(1, count + 1)
        ]


async def _turn(caller: Caller, question: NDArray[np.int16], number: int) -> Sample:
    await asyncio.sleep(0.3)
    caller.say(question)
    await caller.until(lambda: not caller.is_speaking)
    ended = caller.spoke_until
    heard_before = len(caller.audio_at)
    await caller.until(lambda: len(caller.audio_at) > heard_before)
    felt = (caller.audio_at[heard_before] - ended) * 1_000
    await caller.until(lambda: len(caller.events("reply_ended")) == number)
    return Sample(felt, felt - PAUSE_MS - LLM_MS - TTS_MS)


async def interruptions(server: Server, count: int) -> list[Sample]:
    """Interrupt ``count`` greetings, each in a call of its own."""
    greeting = "This is a long greeting that goes on and on. " * 12
    agent = await server.new_agent(first_message=greeting[:900])
    words = await speech("Wait, stop please.")
    return [await _interruption(server, agent, words) for _ in range(count)]


async def _interruption(server: Server, agent: str, words: NDArray[np.int16]) -> Sample:
    async with calling(server, agent) as caller:
        await caller.until(lambda: caller.events("playout_started"))
        await asyncio.sleep(0.5)
        caller.say(words)
        await caller.until(lambda: caller.flushed_at and caller.events("speech_started"))
        # The first frame's sound began a frame before it could be sent.
        felt = (caller.flushed_at[0] - caller.spoke_from + FRAME_S) * 1_000
        started = caller.events("speech_started")[0]
        deciding = (started["at"] - started["since"]) / 1e6
        return Sample(felt, felt - deciding)
