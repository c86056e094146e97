"""Whole telephone calls in virtual time, over every network that there is."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest

from backend.domain.conversation.events import MediaStalled, SpeechStopped
from backend.domain.entities.call import EndCause
from backend.domain.value_objects.audio import NARROWBAND
from backend.domain.value_objects.conversation_turn import Role
from tests.support.calls import AGENT
from tests.support.scripted import Say, ScriptedLlm
from tests.support.scripted_phone import PACKET_S, Network, PhoneStage, perfect

GREETING, QUESTION, ANSWER = AGENT.first_message, "Are you open?", "All right."
A_MOMENT_S = 1e-6  # what comes at the same instant comes in any order
CONVERSATION = [(Role.AGENT, GREETING), (Role.CALLER, QUESTION), (Role.AGENT, ANSWER)]


async def one_question(stage: PhoneStage) -> None:
    """Ask something for two seconds, hear the answer, and hang up."""
    await stage.until_answered()
    await stage.say(2)
    await stage.until_answered()
    stage.hang_up()


def lossy(share: float) -> Network:
    """Return a network that loses packets at random."""
    dice = random.Random(1)
    return lambda _packet: () if dice.random() < share else (0.0,)


def shaky(most_s: float) -> Network:
    """Return a network that delays packets at random, and so changes their order."""
    dice = random.Random(1)
    return lambda _packet: (dice.uniform(0, most_s),)


def ordered_jitter(most_s: float) -> Network:
    """Return a network that delays packets at random, as a connection does: in order."""
    dice = random.Random(1)
    free = 0.0

    def deliver(packet: int) -> Iterable[float]:
        nonlocal free
        free = max(free + A_MOMENT_S, packet * PACKET_S + dice.uniform(0, most_s))
        return (free - packet * PACKET_S,)

    return deliver


def doubling(packet: int) -> Iterable[float]:
    """Deliver every third packet twice."""
    return (0.0, 0.03) if packet % 3 == 0 else (0.0,)


def stalled(begins_s: float, lasts_s: float) -> Network:
    """Return a network that delivers nothing for a while, then everything."""

    def deliver(packet: int) -> Iterable[float]:
        said = packet * PACKET_S
        return (max(0.0, begins_s + lasts_s + packet * A_MOMENT_S - said) if said > begins_s else 0.0,)

    return deliver


NETWORKS = {
    "perfect": (perfect, 0.001),
    "1 % loss": (lossy(0.01), 0.005),
    "5 % loss": (lossy(0.05), 0.005),
    "10 % loss": (lossy(0.10), 0.005),
    "40 ms jitter": (shaky(0.04), 0.005),
    "40 ms jitter, in order": (ordered_jitter(0.04), 0.005),
    "150 ms jitter, in order": (ordered_jitter(0.15), 0.005),
    "doubled packets": (doubling, 0.005),
    "2 s stall in the question": (stalled(3.0, 2.0), 0.005),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_whatever_the_network_does_the_conversation_is_the_same(name: str) -> None:
    network, most_drift = NETWORKS[name]
    stage = PhoneStage(network=network)

    call = stage.play(one_question)

    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert stage.dialogue == CONVERSATION
    assert stage.turns_of_caller == 1
    assert stage.hang_ups == []
    assert stage.socket.closed_at is not None
    recording = stage.recordings.samples(call.id)
    assert call.duration_ms is not None
    assert len(recording) / 8 == pytest.approx(call.duration_ms, rel=0.001)
    (began, ended) = stage.spoken[0]
    loud = np.flatnonzero(np.abs(recording[:, 0].astype(int)) > 500) / NARROWBAND.rate
    assert loud[0] == pytest.approx(began, abs=max(0.03, most_drift * call.duration_ms / 1_000))
    assert loud[-1] == pytest.approx(ended, abs=max(0.03, most_drift * call.duration_ms / 1_000))


def test_a_burst_of_250_packets_is_heard_at_its_real_length() -> None:
    """Five seconds of stall. The recording does not wait for so long, but is no longer for it."""
    stage = PhoneStage(network=stalled(3.0, 5.0))
    call = stage.play(one_question)
    assert stage.dialogue == CONVERSATION
    assert stage.turns_of_caller == 1
    (stopped,) = [entry.event for entry in stage.entries if isinstance(entry.event, SpeechStopped)]
    assert stopped.voiced_ms == pytest.approx(2_000, abs=50)
    assert call.duration_ms is not None
    assert len(stage.recordings.samples(call.id)) / 8 == pytest.approx(call.duration_ms, rel=0.001)


def test_150_ms_of_jitter_out_of_order_loses_words_but_no_call() -> None:
    """Beyond the reordering window there are gaps; what matters is that the conversation goes on."""
    stage = PhoneStage(network=shaky(0.15))
    assert stage.play(one_question).end_cause is EndCause.CALLER_HUNG_UP
    assert stage.dialogue == CONVERSATION


@pytest.mark.parametrize("lasts_s", [1.0, 2.0])
def test_a_gap_is_not_a_pause_of_the_caller(lasts_s: float) -> None:
    """The network loses everything for some time in the middle of the question: the turn goes on after it."""

    def network(packet: int) -> Iterable[float]:
        return () if 3.2 < packet * PACKET_S < 3.2 + lasts_s else (0.0,)

    async def caller(stage: PhoneStage) -> None:
        await stage.until_answered()
        await asyncio.sleep(2.5 - asyncio.get_running_loop().time())
        await stage.say(4)
        await stage.until_answered()
        stage.hang_up()

    stage = PhoneStage(network=network)
    stage.play(caller)
    assert stage.dialogue == CONVERSATION
    assert stage.turns_of_caller == 1
    assert any(isinstance(entry.event, MediaStalled) for entry in stage.entries)


GOODBYE = "Thank you for calling us today. Goodbye!"


@pytest.mark.parametrize("receipts", ["all", "none", "only the first", "not the last"])
def test_a_goodbye_is_heard_before_we_hang_up(receipts: str) -> None:
    """Whatever receipts come back, and soon after it in any case."""
    given: list[str] = []

    def gives_receipt(name: str) -> bool:
        given.append(name)
        return (
            receipts == "all"
            or (receipts == "only the first" and len(given) == 1)
            or (receipts == "not the last" and int(name) % 3 == 0)
        )

    stage = PhoneStage(llm=ScriptedLlm([Say(GOODBYE, tool="end_call")]), gives_receipt=gives_receipt)

    async def caller(stage: PhoneStage) -> None:
        await stage.until_answered(quiet_s=2.5)
        await stage.say(1)

    call = stage.play(caller)
    assert call.end_cause is EndCause.AGENT_HUNG_UP
    assert stage.dialogue[-1] == (Role.AGENT, GOODBYE)
    (hung_up,) = stage.hang_ups
    heard_until = stage.socket.played[-1][0] + PACKET_S
    assert heard_until - 0.05 <= hung_up <= heard_until + 2.5


def test_the_agents_voice_has_no_gaps() -> None:
    stage = PhoneStage(llm=ScriptedLlm([Say("We open at nine in the morning, every day but Sunday.")]))
    stage.play(one_question)
    times = [at for at, _ in stage.socket.played]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert sum(gap > PACKET_S + 0.001 for gap in gaps) == 1  # between greeting and answer


def test_a_carrier_that_reads_nothing_does_not_keep_the_call_from_ending() -> None:
    stage = PhoneStage()

    async def caller(stage: PhoneStage) -> None:
        stage.socket.reading.clear()
        await asyncio.sleep(5)
        stage.hang_up()

    call = stage.play(caller)
    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert stage.socket.closed_at is not None
    assert stage.socket.closed_at < 5 + 4.5
