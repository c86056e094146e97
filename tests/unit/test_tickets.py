"""Tickets open one call, once, soon."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter

from backend.domain.ports.ticket_port import TicketGrant
from backend.infrastructure.tickets.in_process import InProcessTickets
from tests.support.memory import ManualClock
from tests.support.storage_builders import an_agent

GRANT = TicketGrant(tenant="main", agent_id="a")


async def test_a_ticket_works_once() -> None:
    tickets = InProcessTickets[TicketGrant](ManualClock())
    ticket = await tickets.issue(GRANT)
    assert await tickets.redeem(ticket) == GRANT
    assert await tickets.redeem(ticket) is None


async def test_a_ticket_expires() -> None:
    clock = ManualClock()
    tickets = InProcessTickets[TicketGrant](clock)
    in_time, late = await tickets.issue(GRANT), await tickets.issue(GRANT)
    clock.advance(29.999)
    assert await tickets.redeem(in_time) == GRANT
    clock.advance(0.001)
    assert await tickets.redeem(late) is None


async def test_an_unknown_ticket_opens_nothing() -> None:
    tickets = InProcessTickets[TicketGrant](ManualClock())
    await tickets.issue(GRANT)
    assert await tickets.redeem("") is None
    assert await tickets.redeem("made-up") is None


async def test_tickets_differ_are_long_and_fit_into_a_url() -> None:
    tickets = InProcessTickets[TicketGrant](ManualClock())
    issued = {await tickets.issue(GRANT) for _ in range(1_000)}
    assert len(issued) == 1_000
    assert all(len(ticket) >= 22 and ticket.replace("-", "").replace("_", "").isalnum() for ticket in issued)


async def test_each_ticket_grants_what_it_was_issued_for() -> None:
    tickets = InProcessTickets[TicketGrant](ManualClock())
    other = TicketGrant(tenant="other", agent_id="b")
    mine, theirs = await tickets.issue(GRANT), await tickets.issue(other)
    assert await tickets.redeem(theirs) == other
    assert await tickets.redeem(mine) == GRANT


async def test_drafts_that_nobody_calls_do_not_pile_up() -> None:
    tickets = InProcessTickets[TicketGrant](ManualClock(), weight_of=attrgetter("weight"))
    light = await tickets.issue(GRANT)
    draft = replace(GRANT, draft=an_agent())
    drafts = [await tickets.issue(draft) for _ in range(100)]
    assert await tickets.redeem(light) is None
    assert [await tickets.redeem(ticket) for ticket in drafts] == [draft] * 100
    light = await tickets.issue(GRANT)  # there is room again
    for _ in range(99):
        await tickets.issue(draft)
    assert await tickets.redeem(light) == GRANT


async def test_tickets_that_nobody_uses_do_not_pile_up() -> None:
    clock = ManualClock()
    tickets = InProcessTickets[TicketGrant](clock)
    first = await tickets.issue(GRANT)
    for _ in range(10_000):
        last = await tickets.issue(GRANT)
    assert await tickets.redeem(first) is None
    assert await tickets.redeem(last) == GRANT
