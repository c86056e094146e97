"""Somebody calls: real speech over simulated carriers, a real server, and what an ear notices."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from backend.interfaces.cli.meter import sound_end, sound_start
from tests.support.speech import flite
from tests.support.telephony.brain import Line
from tests.support.telephony.exchange import Exchange, an_exchange, seconds_of
from tests.support.telephony.handset import RATE

pytestmark = [pytest.mark.speech, pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]

both = pytest.mark.parametrize("carrier", ["twilio", "telnyx"])

GREETING = "Hello, this is the harbour clinic. How can I help you?"
LONG = "We are a small clinic by the harbour, with two dentists and a friendly desk. " * 4


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    async with an_exchange(tmp_path_factory.mktemp("exchange")) as made:
        yield made


@both
async def test_a_caller_is_heard_answered_and_said_goodbye_to(exchange: Exchange, carrier: str) -> None:
    script = [
        Line("We open at nine o'clock in the morning."),
        Line("Thank you for calling the harbour clinic. Goodbye.", "end_call"),
    ]
    number = await exchange.number(carrier, f"inbound {carrier}", script, first_message=GREETING)
    caller = exchange.caller()
    simulator = exchange.carriers[carrier]
    async with simulator.call(caller, number) as leg:
        handset = leg.handset
        await handset.is_answered(since=0)
        await handset.is_answered(since=await handset.has_said(flite("what are your opening hours")))
        goodbye_at = await handset.hears(since=await handset.has_said(flite("thank you and goodbye")))
        await leg.over.wait()  # the agent hangs up
        heard_ms, silent_s = handset.loud_ms(goodbye_at), (handset.now - handset.ear.end) / RATE

    (call,) = await exchange.ended(caller)
    assert (call["status"], call["end_cause"]) == ("completed", "agent-hung-up")
    assert (call["caller"], call["called"], call["carrier"]) == (caller, number, carrier)
    assert leg.errors == []
    assert simulator.hang_ups(leg) == 1
    assert leg.lines[0].close_code == 1000
    assert sum(handset.gaps_ms()) < 100  # none on a machine that has time, and hardly one on any other

    said = [turn["content"] for turn in call["transcript"] if turn["role"] == "agent"]
    heard = [turn["heard"].strip() for turn in call["transcript"] if turn["role"] == "agent"]
    assert heard == [line.strip() for line in said] == [GREETING, *(line.text for line in script)]
    assert heard_ms > 1_800  # all of the goodbye, not a piece
    assert 0 <= silent_s < 3.0  # a call has two seconds to store its end
    understood = " ".join(exchange.brain.asked[f"inbound {carrier}"])
    assert "what are your" in understood  # pocketsphinx on a telephone line; the rest it guesses

    recorded_s = seconds_of(await exchange.recording(call))
    assert recorded_s == pytest.approx(call["duration_ms"] / 1_000, rel=0.001)
    assert recorded_s == pytest.approx(leg.lines[0].lasted_s, rel=0.05)


@both
async def test_an_agent_that_is_interrupted_falls_silent(exchange: Exchange, carrier: str) -> None:
    script = [Line(LONG), Line("A cleaning costs sixty dollars.")]
    number = await exchange.number(carrier, f"interrupted {carrier}", script)
    caller, question = exchange.caller(), flite("please tell me what a cleaning costs")
    async with exchange.carriers[carrier].call(caller, number) as leg:
        handset = leg.handset
        await handset.is_answered(since=0)
        began = await handset.hears(since=await handset.has_said(flite("tell me about the clinic")))
        await handset.until(began + RATE)
        spoke_at = handset.say(question)
        await handset.is_answered(since=spoke_at + 2 * RATE)
        silent_ms = handset.silent_after_ms(spoke_at)
        handset.hang_up()

    (call,) = await exchange.ended(caller)
    assert call["end_cause"] == "caller-hung-up"
    assert silent_ms <= 300
    assert any(0 <= cleared - spoke_at < RATE * 0.3 for cleared in handset.clears)
    (cut,) = [turn for turn in call["transcript"] if turn["interrupted"]]
    assert LONG.startswith(cut["heard"].strip())
    assert 0 < len(cut["heard"]) < len(LONG) / 2
    assert leg.errors == []


@both
async def test_keys_are_part_of_the_conversation(exchange: Exchange, carrier: str) -> None:
    name = f"keys {carrier}"
    number = await exchange.number(carrier, name, [Line("Thank you, I have noted that.")])
    caller = exchange.caller()
    async with exchange.carriers[carrier].call(caller, number) as leg:
        await leg.handset.is_answered(since=0)
        leg.handset.press("1234567#")
        await leg.handset.is_answered()
    (call,) = await exchange.ended(caller)
    assert exchange.brain.asked[name][-1] == "[keys 1 2 3 4 5 6 7]"
    assert [turn["heard"].strip() for turn in call["transcript"] if turn["role"] == "agent"][-1] == (
        "Thank you, I have noted that."
    )


@both
async def test_a_call_is_as_long_as_its_recording_when_the_caller_hangs_up(
    exchange: Exchange, carrier: str
) -> None:
    number = await exchange.number(carrier, f"recorded {carrier}", [Line("All right.")])
    caller = exchange.caller()
    async with exchange.carriers[carrier].call(caller, number) as leg:
        await leg.handset.is_answered(since=0)
        said_at = await leg.handset.has_said(flite("hello how are you today"))
        await leg.handset.is_answered(since=said_at)
    (call,) = await exchange.ended(caller)
    recording = await exchange.recording(call)
    assert call["end_cause"] == "caller-hung-up"
    assert seconds_of(recording) == pytest.approx(call["duration_ms"] / 1_000, rel=0.001)
    # What was said and heard lies on the recording where it lay on the line.
    told, kept = leg.handset.heard(), recording[1]
    line = [sound_start(told, RATE), said_at, sound_end(told, RATE)]
    tape = [sound_start(kept, RATE), sound_start(recording[0], RATE), sound_end(kept, RATE)]
    assert None not in line
    offsets = [((mine or 0) - (theirs or 0)) / RATE for mine, theirs in zip(line, tape, strict=True)]
    assert max(offsets) - min(offsets) < 0.15
