"""Callers on bad networks: they are understood as one, answered, and recorded as long as they spoke."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio

from tests.support.speech import flite
from tests.support.telephony.exchange import Exchange, an_exchange, seconds_of
from tests.support.telephony.handset import RATE, Samples, narrow
from tests.support.telephony.media_line import LineConditions
from tests.support.telephony.network import BadNetwork, Network, Stall, perfect, swapped

pytestmark = [pytest.mark.speech, pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]

SENTENCE = flite("i would like to book a table for two people and a dog by the window please")
NETWORKS: dict[str, Network] = {
    "perfect": perfect,
    "1 % lost": BadNetwork(loss=0.01),
    "5 % lost": BadNetwork(loss=0.05),
    "10 % lost": BadNetwork(loss=0.1),
    "40 ms jitter": BadNetwork(jitter_ms=40),
    "150 ms jitter": BadNetwork(jitter_ms=150),
    "5 % doubled": BadNetwork(doubled=0.05),
    "out of order": swapped,
}
STALL_S = 2.0
MOST_DRIFT = 0.005  # of the distance between two things said


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    async with an_exchange(tmp_path_factory.mktemp("exchange"), simulated=True) as made:
        yield made


def places(tape: Samples, sentence: Samples) -> tuple[int, int]:
    """Return where on ``tape`` the two likenesses of ``sentence`` begin that are most like it."""
    size = len(tape) + len(sentence)
    spectrum = np.fft.rfft(tape.astype(float), size) * np.conj(np.fft.rfft(sentence.astype(float), size))
    likeness = np.fft.irfft(spectrum, size)[: len(tape)]
    best = int(np.argmax(likeness))
    likeness[max(0, best - RATE) : best + RATE] = 0
    other = int(np.argmax(likeness))
    return min(best, other), max(best, other)


def drift(recording: tuple[Samples, Samples], first: int, second: int) -> float:
    """Return by which part of their distance the two things said at ``first`` and ``second`` lie nearer
    together, or further apart, on ``recording``."""
    on_tape, again_on_tape = places(recording[0], narrow(SENTENCE))
    return abs((again_on_tape - on_tape) / (second - first) - 1)


async def speaks_twice(exchange: Exchange, carrier: str, number: str, network: Network) -> float:
    """Make a call over ``network``; return the recording's drift."""
    caller, sentence = exchange.caller(), narrow(SENTENCE)
    async with exchange.carriers[carrier].call(caller, number, LineConditions(network)) as leg:
        await leg.handset.is_answered(since=0)
        first = await leg.handset.has_said(SENTENCE)
        await leg.handset.is_answered(since=first + len(sentence))
        second = await leg.handset.has_said(SENTENCE)
        await leg.handset.is_answered(since=second + len(sentence))
    (call,) = await exchange.ended(caller)
    assert call["end_cause"] == "caller-hung-up"
    assert [turn["role"] for turn in call["transcript"]] == ["agent", "caller", "agent", "caller", "agent"]
    recording = await exchange.recording(call)
    assert seconds_of(recording) == pytest.approx(call["duration_ms"] / 1_000, rel=0.001)
    return drift(recording, first, second)


@pytest.mark.parametrize("carrier", ["twilio", "telnyx"])
async def test_a_bad_network_makes_no_difference_to_the_conversation(
    exchange: Exchange, carrier: str
) -> None:
    number = await exchange.number(carrier, f"net {carrier}")
    drifts: dict[str, float] = {}

    async def over(name: str) -> None:
        drifts[name] = await speaks_twice(exchange, carrier, number, NETWORKS[name])

    async with asyncio.TaskGroup() as group:
        for name in NETWORKS:
            group.create_task(over(name))
    assert max(drifts.values()) < MOST_DRIFT, drifts
    assert await exchange.is_idle()
    assert exchange.tracebacks == []


@pytest.mark.parametrize("carrier", ["twilio", "telnyx"])
async def test_a_stall_is_not_a_silent_caller(exchange: Exchange, carrier: str) -> None:
    """The network stops in the middle of a sentence for two seconds, then brings it all at once."""
    number, caller = await exchange.number(carrier, f"stall {carrier}"), exchange.caller()
    conditions, sentence = LineConditions(), narrow(SENTENCE)
    async with exchange.carriers[carrier].call(caller, number, conditions) as leg:
        await leg.handset.is_answered(since=0)
        began = leg.handset.say(SENTENCE)
        conditions.network = Stall(began / RATE + 1.0, STALL_S)
        answered = await leg.handset.hears(since=began)
        await leg.handset.is_answered(since=answered)
        second = await leg.handset.has_said(SENTENCE)
        await leg.handset.is_answered(since=second + len(sentence))
    (call,) = await exchange.ended(caller)
    assert answered > began + len(sentence)  # not in the pause that the network made
    assert [turn["role"] for turn in call["transcript"]] == ["agent", "caller", "agent", "caller", "agent"]
    recording = await exchange.recording(call)
    assert seconds_of(recording) == pytest.approx(call["duration_ms"] / 1_000, rel=0.001)
    assert drift(recording, began, second) < MOST_DRIFT
    assert exchange.tracebacks == []
