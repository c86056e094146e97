"""What callers are put through with counts: one call too many is not placed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.speech import flite
from tests.support.telephony.exchange import Exchange, an_exchange
from tests.support.telephony.people import Person
from tests.support.telephony.putting_through import (
    GOES_ON,
    PUTS_THROUGH,
    is_paid_for_no_more,
    is_put_through,
    number_for,
    spoken,
)

pytestmark = [pytest.mark.speech, pytest.mark.live]

# After a first transfer a second one, with all it may last, is too long for the day.
LIMITS = {"VICTORIA_DIAL_MINUTES_PER_DAY": "60", "VICTORIA_DIAL_TRANSFER_MINUTES": "60"}
SORRY = "I'm sorry, nobody can take the call right now. What else can I do for you?"


async def is_not_put_through(exchange: Exchange, carrier: str) -> None:
    person, caller = Person(), exchange.caller()
    ours = await number_for(exchange, carrier, person, warm=False)
    simulator = exchange.carriers[carrier]
    async with simulator.call(caller, ours) as leg:
        await leg.handset.is_answered(since=0)
        asked = await leg.handset.has_said(flite("can i speak to somebody please"))
        sorry = await leg.handset.is_answered(since=asked, quiet_s=2.0)  # what it does, and that it did not
        again = await leg.handset.has_said(flite("can i speak to somebody please"))
        await leg.handset.is_answered(since=max(again, sorry))
    (call,) = await exchange.ended(caller)
    assert call["end_cause"] == "caller-hung-up"
    assert spoken(call) == ["Hello.", PUTS_THROUGH.text, SORRY, GOES_ON.text]
    assert not person.has_spoken.is_set()
    assert leg.errors == []


async def test_a_call_too_many_is_not_placed_and_the_caller_is_talked_to_again(tmp_path: Path) -> None:
    async with an_exchange(tmp_path, LIMITS, hears="Can I speak to somebody, please?") as exchange:
        await is_put_through(exchange, "telnyx", warm=False)
        assert await is_paid_for_no_more(exchange)
        async with asyncio.TaskGroup() as group:
            for carrier in exchange.carriers:
                group.create_task(is_not_put_through(exchange, carrier))
        assert await exchange.is_idle()
        assert exchange.tracebacks == []
