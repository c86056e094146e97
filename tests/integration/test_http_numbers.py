"""Telephone numbers over HTTP: who answers them, and what cannot be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.http import Site, a_site
from tests.support.storage_builders import an_agent

NUMBERS = "/api/config/numbers"
MADRID = "+34910000001"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with a_site(tmp_path) as site:
        yield site


@pytest.fixture
async def agent_id(site: Site) -> str:
    agent = an_agent()
    await site.services.agents.add(agent)
    return agent.id


def draft_of(agent_id: str, /, **changes: Any) -> dict[str, Any]:
    return {"number": MADRID, "carrier": "twilio", "agent_id": agent_id} | changes


async def made(site: Site, draft: dict[str, Any]) -> dict[str, Any]:
    response = await site.client.post(NUMBERS, json=draft)
    assert response.status_code == 201, response.text
    line: dict[str, Any] = response.json()
    return line


async def test_a_number_is_made_read_listed_changed_and_removed(site: Site, agent_id: str) -> None:
    line = await made(site, draft_of(agent_id, label="Recepción", language="es"))
    now = site.clock.wall_ms()
    assert line == {
        "id": line["id"],
        "number": MADRID,
        "carrier": "twilio",
        "agent_id": agent_id,
        "label": "Recepción",
        "language": "es",
        "created_at": now,
        "updated_at": now,
    }
    one = f"{NUMBERS}/{line['id']}"
    assert (await site.client.get(one)).json() == line
    assert (await site.client.get(NUMBERS)).json() == {"items": [line]}

    site.clock.advance(1)
    changed = await site.client.put(one, json=draft_of(agent_id, carrier="telnyx"))
    assert changed.json() == line | {
        "carrier": "telnyx",
        "label": "",
        "language": None,
        "updated_at": now + 1_000,
    }
    assert (await site.client.get(one)).json() == changed.json()

    assert (await site.client.delete(one)).status_code == 204
    assert (await site.client.get(one)).status_code == 404
    assert (await site.client.get(NUMBERS)).json() == {"items": []}


async def test_a_number_is_taken_by_one_tenant(site: Site, agent_id: str) -> None:
    await made(site, draft_of(agent_id))
    theirs = an_agent(tenant="others")
    await site.services.agents.add(theirs)
    async with await site.with_key_of("others") as others:
        refused = await others.post(NUMBERS, json=draft_of(theirs.id))
        assert (refused.status_code, refused.json()["code"]) == (409, "number-taken")
        assert (await others.get(NUMBERS)).json() == {"items": []}
    other = await made(site, draft_of(agent_id, number="+34910000002"))
    refused = await site.client.put(f"{NUMBERS}/{other['id']}", json=draft_of(agent_id))
    assert (refused.status_code, refused.json()["code"]) == (409, "number-taken")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"number": "910000001"}, "number", "validation"),
        ({"number": "+34 910 000 001"}, "number", "validation"),
        ({"number": "+0034910000001"}, "number", "validation"),
        ({"number": "+٣٤910000001"}, "number", "validation"),
        ({"carrier": "acme"}, "carrier", "unknown-carrier"),
        ({"carrier": "Twilio"}, "carrier", "validation"),
        ({"agent_id": "0" * 32}, "agent_id", "unknown-agent"),
        ({"agent_id": "x"}, "agent_id", "validation"),
        ({"label": "a\nb"}, "label", "validation"),
        ({"label": "x" * 81}, "label", "validation"),
        ({"language": "Spanish"}, "language", "validation"),
        ({"tenant": "others"}, "tenant", "validation"),
    ],
)
async def test_what_is_wrong_with_a_number_is_named(
    site: Site, agent_id: str, changes: dict[str, Any], field: str, code: str
) -> None:
    line = await made(site, draft_of(agent_id, number="+34910000009"))
    for method, address in (("POST", NUMBERS), ("PUT", f"{NUMBERS}/{line['id']}")):
        response = await site.client.request(method, address, json=draft_of(agent_id, **changes))
        assert (response.status_code, response.json()["code"]) == (422, code)
        assert [error["field"] for error in response.json()["errors"]] == [field]
    assert (await site.client.get(NUMBERS)).json() == {"items": [line]}


@pytest.mark.parametrize("whose", ["archived", "others"])
async def test_an_agent_that_takes_no_calls_of_ours_cannot_answer(site: Site, whose: str) -> None:
    agent = an_agent(tenant="others" if whose == "others" else "home")
    await site.services.agents.add(agent)
    if whose == "archived":
        await site.services.agents.archive("home", agent.id, is_archived=True)
    response = await site.client.post(NUMBERS, json=draft_of(agent.id))
    assert response.status_code == 422
    assert response.json()["code"] == ("agent-archived" if whose == "archived" else "unknown-agent")


@pytest.mark.parametrize("line_id", ["0" * 32, "x", "0" * 31 + "G"])
async def test_a_number_that_does_not_exist(site: Site, agent_id: str, line_id: str) -> None:
    one = f"{NUMBERS}/{line_id}"
    assert (await site.client.get(one)).status_code == 404
    assert (await site.client.put(one, json=draft_of(agent_id))).status_code == 404
    assert (await site.client.delete(one)).status_code == 404


async def test_carriers_say_what_to_enter_there_and_what_they_lack(site: Site) -> None:
    carriers = {
        each["name"]: each for each in (await site.client.get("/api/config/carriers")).json()["items"]
    }
    assert carriers["twilio"] == {
        "name": "twilio",
        "configured": True,
        "webhook_url": "https://victoria.test/webhook/twilio/voice",
        "status_url": "https://victoria.test/webhook/twilio/status",
        "missing": [],
    }
    assert carriers["telnyx"]["configured"] is False
    assert carriers["telnyx"]["missing"] == ["VICTORIA_TELNYX_API_KEY"]
