"""Messages of carriers that go astray, and callers who do: nothing is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from tests.support.speech import flite
from tests.support.telephony.exchange import Exchange, an_exchange
from tests.support.telephony.handset import RATE, Break, Handset
from tests.support.telephony.media_line import LineConditions
from tests.support.telephony.mishaps import fates

pytestmark = [pytest.mark.speech, pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]

FREED_WITHIN_S = 20.0
GOES_ON_WITHIN_S = 5.0
# Without these we are not told of a call at all, or not which call the audio is of.
NO_CALL = {"voice dropped", "call.initiated dropped", "start dropped", "start swapped"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    async with an_exchange(tmp_path_factory.mktemp("exchange"), simulated=True) as made:
        made.twilio.tells_all = True
        yield made


async def test_every_message_may_go_astray(exchange: Exchange) -> None:
    async with asyncio.TaskGroup() as group:
        made = [group.create_task(fates(exchange, carrier)) for carrier in exchange.carriers]
    all_fates = [each for task in made for each in task.result()]
    assert [each for each in all_fates if not each.passes] == []
    without = {f"{each.mishap.kind} {each.mishap.how}" for each in all_fates if not each.causes}
    assert without <= NO_CALL
    assert await exchange.is_idle()
    assert exchange.tracebacks == []


async def while_greeted(handset: Handset) -> None:
    await handset.hears(since=0)


async def while_waited_for(handset: Handset) -> None:
    await handset.is_answered(since=0)


async def while_speaking(handset: Handset) -> None:
    await handset.is_answered(since=0)
    began = handset.say(flite("i would like to book a table for two people"))
    await handset.until(began + RATE // 2)


async def while_answered(handset: Handset) -> None:
    await handset.is_answered(since=0)
    await handset.hears(since=await handset.has_said(flite("hello how are you today")))


State = Callable[[Handset], Awaitable[None]]

STATES: list[State] = [
    while_greeted,
    while_waited_for,
    while_speaking,
    while_answered,
]


async def test_a_caller_who_vanishes_without_a_word_is_let_go(exchange: Exchange) -> None:
    """No FIN, no pong, nothing: the carrier is told to hang up, once, and all is free within 20 s."""

    async def vanishes(carrier: str, number: str, state: State) -> None:
        caller, simulator = exchange.caller(), exchange.carriers[carrier]
        async with simulator.call(caller, number) as leg:
            await state(leg.handset)
            leg.handset.vanish()
            async with asyncio.timeout(FREED_WITHIN_S):
                await leg.over.wait()  # our server has ended the call
            (call,) = await exchange.ended(caller)
        assert call["end_cause"] == "connection-lost"
        assert simulator.hang_ups(leg) == 1

    numbers = {
        carrier: await exchange.number(carrier, f"vanish {carrier}", first_message="Hello, here we are.")
        for carrier in exchange.carriers
    }
    async with asyncio.TaskGroup() as group:
        for carrier, number in numbers.items():
            for state in STATES:
                group.create_task(vanishes(carrier, number, state))
    assert await exchange.is_idle()
    assert exchange.tracebacks == []


async def test_a_call_goes_on_after_its_media_socket_broke(exchange: Exchange) -> None:
    """Without a close frame, whatever it was that went on; the carrier asks, and opens another one."""

    async def breaks(carrier: str, number: str, state: State, how: Break) -> None:
        caller, simulator = exchange.caller(), exchange.carriers[carrier]
        async with simulator.call(caller, number) as leg:
            await state(leg.handset)
            leg.handset.break_off(how)
            async with asyncio.timeout(GOES_ON_WITHIN_S):
                while len(leg.lines) < 2:  # noqa: ASYNC110 (the simulator's task appends; nothing tells us)
                    await asyncio.sleep(0.02)
            await leg.handset.is_answered(since=max(leg.handset.ear.end, leg.handset.said_until))
        first, second = await exchange.ended(caller, calls=2)
        assert [line.close_code for line in leg.lines] == [1006, 1000]
        assert (first["end_cause"], second["end_cause"]) == ("connection-lost", "caller-hung-up")
        assert second["continues"] == first["id"]
        said = [turn["content"] for turn in second["transcript"] if turn["role"] == "agent"]
        if state is while_speaking:  # they go on, and are answered
            assert said
        else:
            assert said[0] == "Sorry, we were cut off for a moment. Where were we?"
        assert simulator.hang_ups(leg) == 0
        assert leg.told == leg.errors == []

    numbers = {
        carrier: await exchange.number(carrier, f"breaks {carrier}", first_message="Hello, here we are.")
        for carrier in exchange.carriers
    }
    async with asyncio.TaskGroup() as group:
        for turn, (carrier, number) in enumerate(numbers.items()):
            for count, state in enumerate(STATES, start=turn):
                group.create_task(breaks(carrier, number, state, list(Break)[count % 2]))
    assert await exchange.is_idle()
    assert await exchange.is_left_by_all()
    assert exchange.tracebacks == []


async def test_receipts_that_never_come_hold_up_nothing(exchange: Exchange) -> None:
    async with asyncio.TaskGroup() as group:
        for carrier in exchange.carriers:
            group.create_task(goes_on_without_receipts(exchange, carrier))


async def goes_on_without_receipts(exchange: Exchange, carrier: str) -> None:
    """The first ones are waited for; who speaks before that interrupts a greeting that may not be over."""
    number, caller = await exchange.number(carrier, f"receipts {carrier}"), exchange.caller()
    question = flite("hello how are you today")
    async with exchange.carriers[carrier].call(caller, number, LineConditions(marks_return=False)) as leg:
        await leg.handset.is_answered(since=0, quiet_s=2.5)
        for _ in range(2):
            await leg.handset.is_answered(since=await leg.handset.has_said(question))
    (call,) = await exchange.ended(caller)
    assert [turn["role"] for turn in call["transcript"]] == ["agent", "caller", "agent", "caller", "agent"]
    assert all(turn["heard"] == turn["content"] for turn in call["transcript"])
