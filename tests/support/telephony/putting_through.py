"""Callers whom an agent puts through, and what may become of that."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.support.speech import flite
from tests.support.telephony.brain import Line
from tests.support.telephony.exchange import Exchange
from tests.support.telephony.people import Person

SUMMARY = "The caller wants to move their appointment."
PUTS_THROUGH = Line(
    "I will put you through.", "transfer_call", {"destination": "Reception", "summary": SUMMARY}
)
GOES_ON = Line("Then I will take a message.")


async def number_for(exchange: Exchange, carrier: str, person: Person, *, warm: bool) -> str:
    """Return a number of ours whose agent puts callers through to ``person``."""
    theirs = exchange.caller()
    exchange.carriers[carrier].people[theirs] = person
    destination = {"name": "Reception", "number": theirs, "warm": warm}
    return await exchange.number(
        carrier,
        f"puts through to {theirs}",
        [PUTS_THROUGH, GOES_ON],
        telephone={"destinations": [destination]},
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


def spoken(call: dict[str, Any]) -> list[str]:
    """Return what the agent was heard to say."""
    return [turn["heard"].strip() for turn in call["transcript"] if turn["role"] == "agent"]
