"""Calls that we place: a real server, simulated carriers, and whoever answers or does not.

The server places ten calls a minute, as it does unless told otherwise, and so do these tests.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from tests.support.telephony.exchange import Exchange, an_exchange
from tests.support.telephony.handset import Handset
from tests.support.telephony.people import Person, Reaction

pytestmark = [pytest.mark.asyncio(loop_scope="module")]

both = pytest.mark.parametrize("carrier", ["twilio", "telnyx"])

GREETING = "Hello, this is the harbour clinic."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    async with an_exchange(tmp_path_factory.mktemp("exchange"), simulated=True) as made:
        yield made


async def asked(exchange: Exchange, method: str, path: str, body: object = None) -> dict[str, Any]:
    answer = await asyncio.to_thread(exchange.victoria.ask, method, path, body)
    answered: dict[str, Any] = answer.raise_for_status().json()
    return answered


async def ordered(exchange: Exchange, number: str, to: str, **more: Any) -> dict[str, Any]:
    """Order a call on ``number``, by the agent that answers it."""
    lines = (await asked(exchange, "GET", "/api/config/numbers"))["items"]
    agent_id = next(line["agent_id"] for line in lines if line["number"] == number)
    draft = {"agent_id": agent_id, "to": to, "from": number} | more
    return await asked(exchange, "POST", "/api/calls", draft)


async def until(
    exchange: Exchange, order: dict[str, Any], holds: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Wait until that holds for an order, and return it."""
    async with asyncio.timeout(60):
        while True:
            now = await asked(exchange, "GET", f"/api/calls/{order['id']}")
            if holds(now):
                return now
            await asyncio.sleep(0.1)


def is_over(order: dict[str, Any]) -> bool:
    return order["status"] not in ("scheduled", "dialling", "ringing", "live")


async def listens_and_leaves(handset: Handset) -> None:
    await handset.is_answered(since=0)
    handset.hang_up()


@both
async def test_whoever_answers_is_greeted_by_the_agent(exchange: Exchange, carrier: str) -> None:
    number = await exchange.number(carrier, f"greets {carrier}", first_message="Hello {{name}}, it is us.")
    to = exchange.caller()
    exchange.carriers[carrier].people[to] = Person(acts=listens_and_leaves)
    order = await ordered(exchange, number, to, variables={"name": "Ana"})
    assert order["status"] == "dialling"

    over = await until(exchange, order, is_over)

    (call,) = await exchange.ended(to)
    (attempt,) = over["attempts"]
    assert (over["status"], over["call_id"]) == ("completed", call["id"])
    assert (attempt["outcome"], attempt["answerer"]) == ("completed", "human")
    assert (call["direction"], call["caller"], call["called"]) == ("outbound", number, to)
    assert call["transcript"][0]["heard"].strip() == "Hello Ana, it is us."


@pytest.mark.parametrize(("carrier", "reaction"), [("twilio", Reaction.BUSY), ("telnyx", Reaction.NO_ANSWER)])
async def test_who_is_not_reached_is_called_again_later(
    exchange: Exchange, carrier: str, reaction: Reaction
) -> None:
    number = await exchange.number(carrier, f"{reaction} {carrier}")
    to = exchange.caller()
    exchange.carriers[carrier].people[to] = Person(reaction=reaction)
    order = await ordered(exchange, number, to, max_attempts=2, retry_after_s=60)

    waiting = await until(exchange, order, lambda now: now["status"] == "scheduled")

    (attempt,) = waiting["attempts"]
    assert attempt["outcome"] == reaction.value
    assert waiting["due_at"] == attempt["ended_at"] + 60_000
    cancelled = await asked(exchange, "DELETE", f"/api/calls/{order['id']}")
    assert (cancelled["status"], cancelled["call_id"]) == ("cancelled", None)
    assert await exchange.calls_of(to) == []


@both
async def test_a_machine_is_hung_up_on_and_told_from_people(exchange: Exchange, carrier: str) -> None:
    number = await exchange.number(carrier, f"machine {carrier}")
    to = exchange.caller()
    exchange.carriers[carrier].people[to] = Person(is_machine=True)
    over = await until(exchange, await ordered(exchange, number, to), is_over)
    (call,) = await exchange.ended(to)
    assert over["attempts"][0]["answerer"] == "machine"
    assert call["end_cause"] == "answering-machine"


@both
async def test_a_campaign_calls_everybody_and_finishes(exchange: Exchange, carrier: str) -> None:
    number = await exchange.number(carrier, f"campaign {carrier}", first_message=GREETING)
    people = {
        exchange.caller(): Person(acts=listens_and_leaves),
        exchange.caller(): Person(reaction=Reaction.BUSY),
    }
    exchange.carriers[carrier].people.update(people)
    lines = (await asked(exchange, "GET", "/api/config/numbers"))["items"]
    campaign = await asked(
        exchange,
        "POST",
        "/api/campaigns",
        {
            "name": "Reminders",
            "agent_id": next(line["agent_id"] for line in lines if line["number"] == number),
            "from": number,
            "csv": "number\n" + "\n".join(people),
            "hours": {"zone": "Etc/UTC", "weekdays": [1, 2, 3, 4, 5, 6, 7], "from": "00:00", "to": "24:00"},
            "calls_per_minute": 600,
        },
    )
    async with asyncio.timeout(90):
        while campaign["status"] == "running":
            await asyncio.sleep(0.2)
            campaign = await asked(exchange, "GET", f"/api/campaigns/{campaign['id']}")
    assert campaign["status"] == "finished"
    assert campaign["counts"] == {"completed": 1, "busy": 1}


async def test_nothing_was_refused_or_broken_on_the_way(exchange: Exchange) -> None:
    assert await exchange.is_idle()
    assert "Traceback" not in exchange.victoria.log
