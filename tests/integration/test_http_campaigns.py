"""Campaigns over HTTP: looked at first, made whole or not at all, followed and taken away as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from backend.domain.entities.phone_line import PhoneLine
from backend.domain.ports.telephony_port import CarrierStatus
from backend.domain.value_objects.phone_number import PhoneNumber
from tests.support.http import Site, a_site
from tests.support.outbound_orders import MADRID
from tests.support.storage_builders import TENANT, an_agent, new_id

CAMPAIGNS = "/api/campaigns"
HOURS = {"zone": "Etc/UTC", "weekdays": [1, 2, 3, 4, 5, 6, 7], "from": "00:00", "to": "24:00"}
FILE = "\ufeffTeléfono;Nombre\n+34 600 000 001;José\n+34600000002;=1+1\n+34600000001;otra vez\n"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with a_site(tmp_path) as site:
        await site.services.agents.add(an_agent(id=site.outbound.agent_id))
        line = PhoneLine(new_id(), TENANT, MADRID, "loopback", site.outbound.agent_id)
        await site.services.phone_lines.add(line)
        for number in ("+34600000001", "+34600000002"):
            site.outbound.carrier.exchange.register(PhoneNumber(number), site.outbound.phones)
        yield site


def draft_of(site: Site, **changes: Any) -> dict[str, Any]:
    draft = {"name": "Recordatorios", "agent_id": site.outbound.agent_id, "csv": FILE, "hours": HOURS}
    return draft | changes


async def made(site: Site, **changes: Any) -> dict[str, Any]:
    response = await site.client.post(CAMPAIGNS, json=draft_of(site, **changes))
    assert response.status_code == 201, response.text
    campaign: dict[str, Any] = response.json()
    return campaign


async def test_a_campaign_is_made_read_and_listed(site: Site) -> None:
    campaign = await made(site, calls_per_minute=60)
    now = site.clock.wall_ms()
    assert campaign == {
        "id": campaign["id"],
        "name": "Recordatorios",
        "status": "running",
        "agent_id": site.outbound.agent_id,
        "from": MADRID.value,
        "hours": HOURS,
        "calls_per_minute": 60,
        "at_once": 5,
        "max_attempts": 1,
        "retry_after_s": 3_600,
        "counts": {"scheduled": 2},
        "total": 2,
        "created_at": now,
        "updated_at": now,
    }
    one = f"{CAMPAIGNS}/{campaign['id']}"
    assert (await site.client.get(one)).json() == campaign
    assert (await site.client.get(CAMPAIGNS)).json() == {"items": [campaign]}
    calls = (await site.client.get(f"{one}/calls", params={"limit": 1})).json()
    assert [(call["to"], call["variables"]) for call in calls["items"]] == [
        ("+34600000001", {"nombre": "José"})
    ]
    rest = (await site.client.get(f"{one}/calls", params={"cursor": calls["next_cursor"]})).json()
    assert [call["to"] for call in rest["items"]] == ["+34600000002"]
    everything = (await site.client.get("/api/calls", params={"campaign_id": campaign["id"]})).json()
    assert everything["items"] == calls["items"] + rest["items"]


async def test_a_file_is_looked_at_before_anything_is_stored(site: Site) -> None:
    text = FILE + "600000003;sin país\n+34806123456;cara\n"
    response = await site.client.post(CAMPAIGNS, params={"dry_run": "true"}, json=draft_of(site, csv=text))
    assert response.status_code == 200
    preview = response.json()
    assert (preview["contacts"], preview["duplicates"], preview["wrong"]) == (2, 1, 2)
    assert preview["columns"] == ["nombre"]
    assert preview["sample"][0] == {"number": "+34600000001", "variables": {"nombre": "José"}}
    assert [(error["line"], error["code"]) for error in preview["errors"]] == [
        (5, "bad-number"),
        (6, "forbidden-number"),
    ]
    refusal = await site.client.post(CAMPAIGNS, json=draft_of(site, csv=text))
    assert (refusal.status_code, refusal.json()["code"]) == (422, "bad-contacts")
    assert [error["field"] for error in refusal.json()["errors"]] == ["csv.5", "csv.6"]
    assert (await site.client.get(CAMPAIGNS)).json()["items"] == []
    assert (await site.client.get("/api/calls")).json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"hours": HOURS | {"zone": "Europe/Atlantis"}}, "unknown-zone"),
        ({"hours": HOURS | {"from": "20:00", "to": "09:00"}}, "bad-hours"),
        ({"hours": HOURS | {"weekdays": [1, 1]}}, "bad-hours"),
        ({"hours": HOURS | {"weekdays": []}}, "validation"),
        ({"agent_id": "0" * 32}, "unknown-agent"),
        ({"from": "+34910000009"}, "unknown-line"),
        ({"contacts": [{"number": "+34600000001"}]}, "validation"),
        ({"csv": None}, "validation"),
        ({"csv": "name\nJosé\n"}, "bad-contacts"),
        ({"csv": None, "contacts": []}, "bad-contacts"),
        ({"csv": None, "contacts": [{"number": "+34806123456"}]}, "bad-contacts"),
    ],
)
async def test_what_cannot_be_a_campaign_is_refused(site: Site, changes: dict[str, Any], code: str) -> None:
    response = await site.client.post(CAMPAIGNS, json=draft_of(site, **changes))
    assert (response.status_code, response.json()["code"]) == (422, code)
    assert (await site.client.get(CAMPAIGNS)).json()["items"] == []


async def test_a_campaign_is_paused_resumed_and_stopped(site: Site) -> None:
    campaign = await made(site)
    for verb, status in (
        ("pause", "paused"),
        ("resume", "running"),
        ("stop", "stopped"),
        ("stop", "stopped"),
    ):
        response = await site.client.post(f"{CAMPAIGNS}/{campaign['id']}/{verb}")
        assert (response.status_code, response.json()["status"]) == (200, status)
    assert response.json()["counts"] == {"cancelled": 2}
    refusal = await site.client.post(f"{CAMPAIGNS}/{campaign['id']}/resume")
    assert (refusal.status_code, refusal.json()["code"]) == (409, "campaign-over")


async def test_what_has_become_of_it_is_taken_away_as_a_file(site: Site) -> None:
    campaign = await made(site, calls_per_minute=60)
    site.outbound.phones.script = [[CarrierStatus.BUSY], [CarrierStatus.ANSWERED]]
    await site.outbound.pass_time(3)
    response = await site.client.get(f"{CAMPAIGNS}/{campaign['id']}/export")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [(row["number"], row["status"], row["attempts"]) for row in rows] == [
        ("'+34600000001", "busy", "1"),
        ("'+34600000002", "live", "1"),
    ]
    assert rows[1]["variables"] == '{"nombre":"=1+1"}'
    assert rows[1]["answered_at"].endswith("Z")


async def test_what_others_have_is_not_there(site: Site) -> None:
    campaign = await made(site)
    one = f"{CAMPAIGNS}/{campaign['id']}"
    async with await site.with_key_of("others") as others:
        for method, address in (
            ("GET", one),
            ("GET", f"{one}/calls"),
            ("GET", f"{one}/export"),
            ("POST", f"{one}/stop"),
            ("GET", f"{CAMPAIGNS}/nothing"),
        ):
            assert (await others.request(method, address)).status_code == 404
        assert (await others.get(CAMPAIGNS)).json()["items"] == []
    assert (await site.client.get(one)).json()["status"] == "running"
