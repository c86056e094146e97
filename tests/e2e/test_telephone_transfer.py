"""Callers are put through: at once, after a word to whoever takes them, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.speech import flite
from tests.support.telephony.exchange import Exchange, an_exchange
from tests.support.telephony.people import Person, Reaction
from tests.support.telephony.putting_through import (
    GOES_ON,
    is_paid_for_no_more,
    is_put_through,
    number_for,
    spoken,
)
from tests.support.telephony.telnyx_simulator import TelnyxSimulator

pytestmark = [pytest.mark.speech, pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    made = an_exchange(tmp_path_factory.mktemp("exchange"), hears="Can I speak to somebody, please?")
    async with made as running:
        yield running


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
