"""Ordering calls over HTTP: what is placed, what is refused, and how that is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from backend.domain.entities.phone_line import PhoneLine
from backend.domain.ports.telephony_port import CarrierStatus
from backend.domain.value_objects.phone_number import PhoneNumber
from tests.support.http import Site, a_site
from tests.support.outbound_orders import ANYBODY, MADRID
from tests.support.storage_builders import TENANT, an_agent, new_id

CALLS = "/api/calls"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with a_site(tmp_path) as site:
        await site.services.agents.add(an_agent(id=site.outbound.agent_id))
        line = PhoneLine(new_id(), TENANT, MADRID, "loopback", site.outbound.agent_id)
        await site.services.phone_lines.add(line)
        site.outbound.carrier.exchange.register(ANYBODY, site.outbound.phones)
        yield site


def draft_of(site: Site, **changes: Any) -> dict[str, Any]:
    return {"agent_id": site.outbound.agent_id, "to": ANYBODY.value} | changes


async def ordered(site: Site, **changes: Any) -> dict[str, Any]:
    response = await site.client.post(CALLS, json=draft_of(site, **changes))
    assert response.status_code == 201, response.text
    order: dict[str, Any] = response.json()
    return order


async def test_a_call_is_ordered_read_listed_and_followed(site: Site) -> None:
    order = await ordered(site, variables={"name": "José"}, max_attempts=2, idempotency_key="bill-7")
    now = site.clock.wall_ms()
    assert order == {
        "id": order["id"],
        "status": "dialling",
        "cause": "",
        "agent_id": site.outbound.agent_id,
        "to": ANYBODY.value,
        "from": MADRID.value,
        "variables": {"name": "José"},
        "due_at": None,
        "max_attempts": 2,
        "retry_after_s": 300,
        "attempts": [
            {
                "at": now,
                "outcome": "dialling",
                "cause": "",
                "answerer": None,
                "answered_at": None,
                "ended_at": None,
            }
        ],
        "call_id": None,
        "campaign_id": None,
        "idempotency_key": "bill-7",
        "created_at": now,
    }
    assert (await ordered(site, variables={"name": "José"}, idempotency_key="bill-7"))["id"] == order["id"]
    await site.outbound.settled()
    (reference,) = site.outbound.phones.calls
    await site.outbound.tracking.progressed(reference, CarrierStatus.BUSY)
    followed = (await site.client.get(f"{CALLS}/{order['id']}")).json()
    assert (followed["status"], followed["due_at"]) == ("scheduled", now + 300_000)
    assert followed["attempts"][0]["outcome"] == "busy"
    assert (await site.client.get(CALLS)).json() == {"items": [followed], "next_cursor": None}
    assert (await site.client.get(CALLS, params={"status": "live"})).json()["items"] == []


async def test_a_call_is_taken_back(site: Site) -> None:
    order = await ordered(site, not_before=site.clock.wall_ms() + 60_000)
    one = f"{CALLS}/{order['id']}"
    assert order["status"] == "scheduled"
    cancelled = (await site.client.delete(one)).json()
    assert (cancelled["status"], cancelled["due_at"]) == ("cancelled", None)
    assert (await site.client.get(one)).json() == cancelled
    await ordered(site)
    await site.outbound.settled()
    (reference, call), *_ = site.outbound.phones.calls.items()
    live = (await site.client.get(CALLS, params={"status": "dialling"})).json()["items"][0]
    await site.outbound.tracking.answered(reference, call)
    refusal = await site.client.delete(f"{CALLS}/{live['id']}")
    assert (refusal.status_code, refusal.json()["code"]) == (409, "call-live")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"to": "+34806123456"}, 409, "forbidden-number"),
        ({"to": "+12125550100"}, 409, "forbidden-number"),
        ({"to": "600000001"}, 422, "validation"),
        ({"agent_id": "0" * 32}, 422, "unknown-agent"),
        ({"from": "+34910000009"}, 422, "unknown-line"),
        ({"max_attempts": 6}, 422, "validation"),
        ({"variables": {"Name": "x"}}, 422, "validation"),
        ({"from_": MADRID.value}, 422, "validation"),
    ],
)
async def test_what_cannot_be_called_is_refused_and_nothing_is_stored(
    site: Site, changes: dict[str, Any], status: int, code: str
) -> None:
    response = await site.client.post(CALLS, json=draft_of(site, **changes))
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert (await site.client.get(CALLS)).json()["items"] == []
    assert site.outbound.phones.dialled == []


async def test_one_call_too_many_is_told_when_to_try_again(site: Site) -> None:
    site.outbound.registry.is_draining = True
    response = await site.client.post(CALLS, json=draft_of(site))
    assert (response.status_code, response.json()["code"]) == (429, "lines-busy")
    assert response.headers["Retry-After"] == "10"


async def test_what_others_ordered_is_not_there(site: Site) -> None:
    order = await ordered(site)
    async with await site.with_key_of("others") as others:
        for method in ("GET", "DELETE"):
            assert (await others.request(method, f"{CALLS}/{order['id']}")).status_code == 404
        assert (await others.get(CALLS)).json()["items"] == []


async def test_a_number_is_nobodys_until_it_is_ours(site: Site) -> None:
    """Whose line is another tenant's cannot be called with."""
    theirs = PhoneLine(new_id(), "others", PhoneNumber("+34910000002"), "loopback", "b" * 32)
    await site.services.phone_lines.add(theirs)
    response = await site.client.post(CALLS, json=draft_of(site, **{"from": theirs.number.value}))
    assert response.json()["code"] == "unknown-line"


async def test_the_route_of_tickets_keeps_its_methods(site: Site) -> None:
    for method in ("GET", "DELETE"):
        response = await site.client.request(method, f"{CALLS}/tickets")
        assert (response.status_code, response.headers["Allow"]) == (405, "POST")
