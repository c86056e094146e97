"""Agents are archived, looked up as they were, restored, and tried before they are saved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from backend.domain.entities.call import Direction
from backend.domain.errors import ConflictError
from backend.domain.ports.ticket_port import TicketGrant
from backend.domain.use_cases.start_call import StartCall
from backend.domain.value_objects.call_id import CallId
from tests.support.engines import FixedEngines
from tests.support.http import Site, a_site
from tests.support.storage_builders import new_id

MINIMAL = {"name": "Ana", "prompt": "You are Ana."}
AGENTS = "/api/config/agents"
NOT_CONTENT = {"id", "version", "created_at", "updated_at", "archived"}


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with a_site(tmp_path) as site:
        yield site


async def made(site: Site, **changes: Any) -> dict[str, Any]:
    response = await site.client.post(AGENTS, json=MINIMAL | changes)
    assert response.status_code == 201, response.text
    agent: dict[str, Any] = response.json()
    return agent


async def saved(site: Site, agent: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Save ``agent`` with ``changes``, a second later."""
    site.clock.advance(1)
    content = {name: value for name, value in agent.items() if name not in NOT_CONTENT}
    body = content | {"version": agent["version"]} | changes
    response = await site.client.put(f"{AGENTS}/{agent['id']}", json=body)
    assert response.status_code == 200, response.text
    after: dict[str, Any] = response.json()
    return after


async def got(site: Site, path: str) -> Any:
    response = await site.client.get(path)
    assert response.status_code == 200, response.text
    return response.json()


# --- versions -------------------------------------------------------------------------------------


async def test_every_save_can_be_looked_up_and_restored(site: Site) -> None:
    first = await made(site, knowledge="We open at nine.")
    second = await saved(site, first, name="Eva", knowledge="")
    versions = f"{AGENTS}/{first['id']}/versions"
    assert await got(site, f"{versions}/1") == first
    assert await got(site, f"{versions}/2") == second

    # Restoring is a save: what was in between stays.
    restored = await saved(site, await got(site, f"{versions}/1"), version=second["version"])
    assert {name for name in first if restored[name] != first[name]} == {"version", "updated_at"}
    assert await got(site, versions) == {
        "items": [
            {"version": agent["version"], "saved_at": agent["updated_at"], "name": agent["name"]}
            for agent in (restored, second, first)
        ]
    }


@pytest.mark.parametrize(("version", "status"), [("2", 404), ("0", 422), ("-1", 422), ("x", 422)])
async def test_versions_that_do_not_exist(site: Site, version: str, status: int) -> None:
    agent = await made(site)
    response = await site.client.get(f"{AGENTS}/{agent['id']}/versions/{version}")
    assert response.status_code == status


async def test_the_versions_of_nobody(site: Site) -> None:
    agent = await made(site)
    assert (await site.client.delete(f"{AGENTS}/{agent['id']}")).status_code == 204
    for path in ("versions", "versions/1"):
        assert (await site.client.get(f"{AGENTS}/{agent['id']}/{path}")).status_code == 404


# --- the archive ----------------------------------------------------------------------------------


async def names(site: Site, query: str = "") -> list[str]:
    return [agent["name"] for agent in (await got(site, f"{AGENTS}{query}"))["items"]]


async def test_archived_agents_are_listed_only_if_asked_for(site: Site) -> None:
    ana, _ = await made(site, name="Ana"), await made(site, name="Eva")
    response = await site.client.post(f"{AGENTS}/{ana['id']}/archive")
    assert response.json() == ana | {"archived": True}
    assert await names(site) == await names(site, "?archived=false") == ["Eva"]
    assert await names(site, "?archived=true") == ["Ana"]
    assert sorted(await names(site, "?archived=all")) == ["Ana", "Eva"]
    assert (await site.client.get(f"{AGENTS}?archived=maybe")).status_code == 422
    assert (await site.client.get(f"{AGENTS}?archive=true")).status_code == 422


async def test_an_archived_agent_takes_no_calls_until_it_is_taken_out(site: Site) -> None:
    agent = await made(site)
    ticket = {"agent_id": agent["id"]}
    start = StartCall(site.services.agents, site.clock, lambda: CallId(new_id()))
    for _ in range(2):  # twice is as good as once
        assert (await site.client.post(f"{AGENTS}/{agent['id']}/archive")).status_code == 200
    refused = await site.client.post("/api/calls/tickets", json=ticket)
    assert (refused.status_code, refused.json()["code"]) == (409, "agent-archived")
    with pytest.raises(ConflictError) as caught:  # whoever got a ticket before
        await start("home", agent["id"], Direction.BROWSER)
    assert caught.value.code == "agent-archived"

    assert (await site.client.post(f"{AGENTS}/{agent['id']}/unarchive")).json() == agent
    assert (await site.client.post("/api/calls/tickets", json=ticket)).status_code == 201
    assert (await start("home", agent["id"], Direction.BROWSER)).agent.id == agent["id"]


async def test_an_archived_agent_can_be_mended_and_stays_archived(site: Site) -> None:
    agent = await made(site)
    archived = (await site.client.post(f"{AGENTS}/{agent['id']}/archive")).json()
    after = await saved(site, archived, name="Eva")
    assert (after["name"], after["version"], after["archived"]) == ("Eva", 2, True)


# --- drafts ---------------------------------------------------------------------------------------


async def granted(site: Site, wanted: dict[str, Any]) -> TicketGrant:
    response = await site.client.post("/api/calls/tickets", json=wanted)
    assert response.status_code == 201, response.text
    grant = await site.services.tickets.redeem(response.json()["ticket"])
    assert grant is not None
    return grant


async def test_a_draft_of_an_agent_is_called_and_saved_nowhere(site: Site) -> None:
    agent = await made(site)
    grant = await granted(site, {"agent_id": agent["id"], "draft": MINIMAL | {"name": "Eva"}})
    assert (grant.tenant, grant.agent_id) == ("home", agent["id"])
    assert grant.draft is not None
    assert (grant.draft.id, grant.draft.name, grant.draft.version) == (agent["id"], "Eva", 1)
    assert (await got(site, f"{AGENTS}/{agent['id']}")) == agent
    assert len((await got(site, f"{AGENTS}/{agent['id']}/versions"))["items"]) == 1

    start = StartCall(site.services.agents, site.clock, lambda: CallId(new_id()))
    call = await start(grant.tenant, grant.agent_id, Direction.BROWSER, draft=grant.draft)
    assert (call.agent, call.is_draft) == (grant.draft, True)
    assert not (await start("home", agent["id"], Direction.BROWSER)).is_draft


async def test_a_draft_of_a_new_agent_is_nobody_that_is_stored(site: Site) -> None:
    grant = await granted(site, {"draft": MINIMAL})
    assert grant.draft is not None
    assert grant.agent_id == grant.draft.id
    assert await names(site, "?archived=all") == []


async def test_an_archived_agents_draft_can_be_tried(site: Site) -> None:
    agent = await made(site)
    await site.client.post(f"{AGENTS}/{agent['id']}/archive")
    assert (await granted(site, {"agent_id": agent["id"], "draft": MINIMAL})).draft is not None


async def test_a_draft_of_another_tenants_agent_is_refused(site: Site) -> None:
    agent = await made(site)
    async with await site.with_key_of("stranger") as stranger:
        wanted = {"agent_id": agent["id"], "draft": MINIMAL}
        assert (await stranger.post("/api/calls/tickets", json=wanted)).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({}, ""),
        ({"agent_id": None}, ""),
        ({"agent_id": None, "draft": None}, ""),
        ({"agent_id": "x"}, "agent_id"),
        ({"draft": {"name": "", "prompt": "p"}}, "draft.name"),
        ({"draft": MINIMAL | {"id": "0" * 32}}, "draft.id"),
        ({"draft": MINIMAL | {"voice": {"speed": 9}}}, "draft.voice.speed"),
        ({"agent": "x"}, "agent"),
    ],
)
async def test_a_ticket_for_nobody_or_a_bad_draft(site: Site, wanted: dict[str, Any], field: str) -> None:
    response = await site.client.post("/api/calls/tickets", json=wanted)
    assert response.status_code == 422
    assert field in [error["field"] for error in response.json()["errors"]]


async def test_a_draft_may_only_name_engines_that_there_are(site: Site) -> None:
    strict = site.rebuilt(unknown_engines=FixedEngines().unknown_engines)
    draft = MINIMAL | {"engines": {"stt": ["auto", "nobody"]}}
    response = await strict.client.post("/api/calls/tickets", json={"draft": draft})
    assert (response.status_code, response.json()["code"]) == (422, "unknown-engine")
    assert [error["field"] for error in response.json()["errors"]] == ["draft.engines.stt.1"]
