"""Callers are put through: at once, after a word to whoever takes them, or not at all."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.support.speech import flite
from tests.support.telephony.brain import Line
from tests.support.telephony.exchange import Exchange, an_exchange
from tests.support.telephony.people import Person, Reaction
from tests.support.telephony.telnyx_simulator import TelnyxSimulator

pytestmark = [pytest.mark.speech, pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]

SUMMARY = "The caller wants to move their appointment."
PUTS_THROUGH = Line(
    "I will put you through.", "transfer_call", {"destination": "Reception", "summary": SUMMARY}
)
GOES_ON = Line("Then I will take a message.")
SORRY = "I'm sorry, nobody can take the call right now. What else can I do for you?"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    made = an_exchange(tmp_path_factory.mktemp("exchange"), hears="Can I speak to somebody, please?")
    async with made as running:
        yield running


async def number_for(
    exchange: Exchange, carrier: str, person: Person, *, warm: bool, max_call_ms: int = 1_800_000
) -> str:
    """Return a number of ours whose agent puts callers through to ``person``."""
    theirs = exchange.caller()
    exchange.carriers[carrier].people[theirs] = person
    destination = {"name": "Reception", "number": theirs, "warm": warm}
    return await exchange.number(
        carrier,
        f"puts through to {theirs}",
        [PUTS_THROUGH, GOES_ON],
        telephone={"destinations": [destination]},
        turn_taking={"limits": {"max_call_ms": max_call_ms}},
    )


async def is_paid_for_no_more(exchange: Exchange, *, within_s: float = 10.0) -> bool:
    """Wait until no call to a destination counts as under way; False if that does not come."""
    database = exchange.victoria.folder / "data" / "victoria.db"
    try:
        async with asyncio.timeout(within_s):
            while _legs_under_way(database):  # noqa: ASYNC110 (the database is asked)
                await asyncio.sleep(0.1)
    except TimeoutError:
        return False
    return True


def _legs_under_way(database: Path) -> int:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        (found,) = connection.execute("SELECT count(*) FROM outbound_attempts WHERE ended_at IS NULL")
    return int(found[0])


async def is_put_through(exchange: Exchange, carrier: str, *, warm: bool) -> None:
    person, caller = Person(), exchange.caller()
    ours = await number_for(exchange, carrier, person, warm=warm)
    simulator = exchange.carriers[carrier]
    async with simulator.call(caller, ours) as leg:
        await leg.handset.is_answered(since=0)
        await leg.handset.has_said(flite("can i speak to somebody please"))
        async with asyncio.timeout(15):
            await person.has_spoken.wait()
            await leg.over.wait()
    (call,) = await exchange.ended(caller)
    assert (call["status"], call["end_cause"]) == ("completed", "transferred")
    assert spoken(call)[-1] == PUTS_THROUGH.text
    assert simulator.hang_ups(leg) == 0
    assert leg.errors == []
    assert [SUMMARY in said for said in person.told] == [True] * warm


async def is_talked_to_again(exchange: Exchange, carrier: str, person: Person) -> None:
    """Twilio has taken the caller away and brings them back, as another call; with Telnyx they stayed."""
    caller = exchange.caller()
    ours = await number_for(exchange, carrier, person, warm=True)
    simulator = exchange.carriers[carrier]
    async with simulator.call(caller, ours) as leg:
        await leg.handset.is_answered(since=0)
        asked = await leg.handset.has_said(flite("can i speak to somebody please"))
        announced = await leg.handset.is_answered(since=asked, quiet_s=0.3)
        sorry = await leg.handset.is_answered(since=announced)
        again = await leg.handset.has_said(flite("can i speak to somebody please"))
        await leg.handset.is_answered(since=max(again, sorry))
    calls = await exchange.ended(caller, calls=2 if carrier == "twilio" else 1)
    assert not person.has_spoken.is_set()
    assert calls[-1]["end_cause"] == "caller-hung-up"
    assert spoken(calls[-1])[-1] == GOES_ON.text
    assert simulator.hang_ups(leg) == 0
    if carrier == "twilio":
        assert calls[0]["end_cause"] == "transferred"
        assert calls[1]["continues"] == calls[0]["id"]


async def test_callers_are_put_through(exchange: Exchange) -> None:
    async with asyncio.TaskGroup() as group:
        for carrier in exchange.carriers:
            group.create_task(is_put_through(exchange, carrier, warm=False))
            group.create_task(is_put_through(exchange, carrier, warm=True))
    assert await exchange.is_idle()
    assert await is_paid_for_no_more(exchange)


async def test_late_news_of_our_stream_does_not_part_the_two(exchange: Exchange) -> None:
    telnyx = exchange.carriers["telnyx"]
    assert isinstance(telnyx, TelnyxSimulator)
    telnyx.stops_late = True
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(is_put_through(exchange, "telnyx", warm=False))
            group.create_task(is_put_through(exchange, "telnyx", warm=True))
    finally:
        telnyx.stops_late = False
    assert await exchange.is_idle()


@pytest.mark.parametrize("carrier", ["twilio", "telnyx"])
async def test_who_could_not_be_put_through_is_talked_to_again(exchange: Exchange, carrier: str) -> None:
    async with asyncio.TaskGroup() as group:
        for person in (Person(takes_it=False), Person(Reaction.BUSY), Person(Reaction.NO_ANSWER)):
            group.create_task(is_talked_to_again(exchange, carrier, person))
    assert await exchange.is_idle()
    assert await is_paid_for_no_more(exchange)
    assert exchange.tracebacks == []


async def is_not_put_through(exchange: Exchange, carrier: str) -> None:
    """A call of a whole day's minutes would be too long after any other of the day."""
    person, caller = Person(), exchange.caller()
    ours = await number_for(exchange, carrier, person, warm=False, max_call_ms=86_400_000)
    simulator = exchange.carriers[carrier]
    async with simulator.call(caller, ours) as leg:
        await leg.handset.is_answered(since=0)
        asked = await leg.handset.has_said(flite("can i speak to somebody please"))
        announced = await leg.handset.is_answered(since=asked, quiet_s=0.3)
        sorry = await leg.handset.is_answered(since=announced)
        again = await leg.handset.has_said(flite("can i speak to somebody please"))
        await leg.handset.is_answered(since=max(again, sorry))
    (call,) = await exchange.ended(caller)
    assert call["end_cause"] == "caller-hung-up"
    assert spoken(call) == ["Hello.", PUTS_THROUGH.text, SORRY, GOES_ON.text]
    assert not person.has_spoken.is_set()
    assert leg.errors == []


async def test_a_call_too_many_is_not_placed_and_the_caller_is_talked_to_again(exchange: Exchange) -> None:
    await is_put_through(exchange, "telnyx", warm=False)
    async with asyncio.TaskGroup() as group:
        for carrier in exchange.carriers:
            group.create_task(is_not_put_through(exchange, carrier))
    assert await exchange.is_idle()
    assert await is_paid_for_no_more(exchange)
    assert exchange.tracebacks == []


def spoken(call: dict[str, Any]) -> list[str]:
    """Return what the agent was heard to say."""
    return [turn["heard"].strip() for turn in call["transcript"] if turn["role"] == "agent"]
