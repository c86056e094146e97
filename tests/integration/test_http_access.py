"""Who gets in. Generated from the routes there are, so that a new one is tried as well."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.routing import BaseRoute

from backend.domain.entities.phone_line import PhoneLine
from backend.domain.value_objects.call_id import CallId
from backend.infrastructure.security.api_keys import new_key
from backend.infrastructure.security.core import ClientLimits
from backend.infrastructure.security.edge import edge_middleware
from backend.interfaces.http.app import create_app
from tests.support.http import Site, a_site, add_key, client_of
from tests.support.outbound_orders import AMPLE, MADRID, a_campaign, an_order
from tests.support.storage_builders import a_call, a_turn, an_agent, an_entry, ended, new_id

OPEN = {("GET", "/health/live"), ("GET", "/health/ready")}
SIGNED = "/webhook/"  # by carriers, who have no key: see ``test_http_webhooks``


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with a_site(tmp_path) as site:
        yield site


def operations(site: Site) -> list[tuple[str, str]]:
    paths = site.app.openapi()["paths"]
    return [
        (method.upper(), path)
        for path, methods in paths.items()
        for method in methods
        if not path.startswith(SIGNED)
    ]


def filled(path: str, value: str = "0" * 32) -> str:
    path = path.replace("{version}", "1")
    return re.sub(r"\{[a-z_]+\}", value, path)


async def test_every_operation_but_health_needs_a_key(site: Site) -> None:
    tried = []
    async with site.visitor() as visitor:
        for method, path in operations(site):
            if (method, path) in OPEN:
                continue
            for headers in ({}, {"X-API-Key": ""}, {"X-API-Key": "x"}, {"X-API-Key": new_key()}):
                response = await visitor.request(method, filled(path), headers=headers, content=b"{")
                tried.append((method, path))
                assert response.status_code == 401, (method, path, headers)
                assert response.json()["code"] == "unauthorized"
                assert response.headers["www-authenticate"]
    assert len(tried) >= 4 * 13


async def test_no_route_hides_from_the_description(site: Site) -> None:
    """The sweep above and every client depend on the document being complete."""

    def paths(routes: list[BaseRoute], prefix: str = "") -> set[str]:
        found: set[str] = set()
        for route in routes:
            if hasattr(route, "original_router"):
                inner = route.include_context.prefix  # type: ignore[attr-defined]
                found |= paths(route.original_router.routes, prefix + inner)
            else:
                found.add(prefix + getattr(route, "path", "").replace(":path}", "}"))
        return found

    assert paths(site.app.routes) == set(site.app.openapi()["paths"]) | {"/openapi.json"}


async def test_a_key_in_the_address_opens_nothing(site: Site) -> None:
    async with site.visitor() as visitor:
        for name in ("key", "api_key", "X-API-Key", "token"):
            assert (await visitor.get("/api/session", params={name: site.key})).status_code == 401


async def test_unknown_addresses_do_not_tell_strangers_what_there_is(site: Site) -> None:
    async with site.visitor() as visitor:
        for path in ("/api", "/api/", "/api/nowhere", "/api/session", "/api/history/../session"):
            assert (await visitor.get(path)).status_code == 401


@pytest.mark.parametrize("path", ["/openapi.json", "/metrics"])
async def test_descriptions_are_open_only_to_this_machine(site: Site, path: str) -> None:
    assert (await site.client.get(path)).status_code == 200
    async with site.visitor() as visitor:
        assert (await visitor.get(path)).status_code == 401
    on_loopback = site.rebuilt(is_loopback_only=True)
    async with on_loopback.visitor() as visitor:
        assert (await visitor.get(path)).status_code == 200


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/docs/oauth2-redirect"])
async def test_pages_that_load_scripts_from_elsewhere_do_not_exist(site: Site, path: str) -> None:
    assert (await site.rebuilt(is_loopback_only=True).client.get(path)).status_code == 404


async def test_another_tenants_things_do_not_exist(site: Site) -> None:
    agent = an_agent()
    await site.services.agents.add(agent)
    call = a_call(agent)
    await site.log.open(call)
    await site.log.append(call.id, [an_entry(1, a_turn(1))])
    await site.log.close(ended(call))
    recording = await site.recordings.create(call.id, 16_000)
    await recording.write(bytes(64_000))
    await recording.close()
    account = {"kind": "home", "settings": {"base_url": "http://127.0.0.1:11434"}}
    made = await site.client.post("/api/config/providers", json={"id": "mine", **account})
    assert made.status_code == 201
    (key,) = await site.keys.all("home")
    line = PhoneLine(new_id(), "home", MADRID, "twilio", agent.id)
    await site.outbound.lines.add(line)
    order, campaign = an_order(tenant="home"), a_campaign(tenant="home")
    await site.outbound.orders.add(order, AMPLE)
    await site.outbound.campaigns.add(campaign, [])
    number = {"number": str(line.number), "carrier": line.carrier, "agent_id": agent.id}
    things: dict[str, tuple[str, dict[str, Any]]] = {
        "/api/config/agents": (agent.id, {"name": "Mine now", "prompt": "p", "version": 1}),
        "/api/config/providers": ("mine", account | {"version": 1}),
        "/api/config/keys": (key.id, {}),
        "/api/history": (call.id.value, {}),
        "/api/config/numbers": (line.id, number),
        "/api/calls": (order.id, {}),
        "/api/campaigns": (campaign.id, {}),
    }

    async with await site.with_key_of("stranger") as stranger:
        for method, path in operations(site):
            if "{" not in path:
                continue
            one, draft = next(thing for prefix, thing in things.items() if path.startswith(prefix))
            answer = await stranger.request(method, filled(path, one), json=draft)
            assert answer.status_code == 404, (method, path)
        assert (await stranger.get("/api/config/agents")).json()["items"] == []
        assert (await stranger.get("/api/config/providers")).json()["items"] == []
        assert [item["id"] for item in (await stranger.get("/api/config/keys")).json()["items"]] != [key.id]
        assert (await stranger.get("/api/history/calls")).json()["items"] == []
        for mine in ("/api/config/numbers", "/api/calls", "/api/campaigns"):
            assert (await stranger.get(mine)).json()["items"] == []
        ticket = await stranger.post("/api/calls/tickets", json={"agent_id": agent.id})
        assert ticket.status_code == 404

    assert (await site.client.get(f"/api/config/agents/{agent.id}")).json()["name"] == agent.name
    assert (await site.client.get(f"/api/history/calls/{call.id}/recording")).status_code == 200


async def test_a_revoked_key_is_out_within_ten_seconds(site: Site) -> None:
    (key,) = await site.keys.all("home")
    await add_key(site.keys, "home")  # the last one cannot be revoked
    assert (await site.client.get("/api/session")).status_code == 200
    await site.keys.revoke("home", key.id, at=site.clock.wall_ms())
    site.clock.advance(10)
    assert (await site.client.get("/api/session")).status_code == 401


async def test_guessing_keys_is_stopped_and_spoofed_addresses_do_not_help(site: Site) -> None:
    limited = site.rebuilt(limits=ClientLimits(failures="20/hour"))
    statuses = []
    async with limited.visitor() as visitor:
        for n in range(25):
            headers = {"X-API-Key": new_key(), "X-Forwarded-For": f"1.2.3.{n}", "X-Real-IP": f"1.2.3.{n}"}
            statuses.append((await visitor.get("/api/session", headers=headers)).status_code)
    assert statuses == [401] * 20 + [429] * 5


async def test_a_trusted_proxy_tells_clients_apart_and_only_it_does(site: Site) -> None:
    limits = ClientLimits(requests="2/hour")
    app = create_app(replace(site.services, limits=limits), outer=edge_middleware(["10.0.0.0/8"]))

    async def ask(address: str, forwarded: str) -> int:
        async with client_of(app, address=address, **{"X-API-Key": site.key}) as client:
            return (await client.get("/api/session", headers={"X-Forwarded-For": forwarded})).status_code

    assert [await ask("10.1.2.3", f"203.0.113.{n}") for n in range(3)] == [200, 200, 200]
    # Whatever a client writes before what the proxy adds changes nothing.
    assert [await ask("10.1.2.3", f"1.2.3.{n}, 203.0.113.99") for n in range(3)] == [200, 200, 429]
    assert [await ask("192.0.2.9", f"203.0.113.{n}") for n in range(50, 53)] == [200, 200, 429]


async def test_strangers_probing_for_health_are_not_limited(site: Site) -> None:
    limited = site.rebuilt(limits=ClientLimits(requests="1/hour"))
    async with limited.visitor() as visitor:
        assert [(await visitor.get("/health/live")).status_code for _ in range(5)] == [200] * 5


def preflight(origin: str) -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-api-key,content-type",
    }


async def test_other_origins_are_told_nothing_unless_they_are_listed(site: Site) -> None:
    allowing = site.rebuilt(allowed_origins=("https://console.example",))
    for where, origin, expected in [
        (site, "https://console.example", None),
        (allowing, "https://console.example", "https://console.example"),
        (allowing, "https://evil.example", None),
        (allowing, "https://console.example.evil.example", None),
        (allowing, "null", None),
    ]:
        asked: list[httpx2.Response] = [
            await where.client.get("/api/session", headers={"Origin": origin}),
            await where.visitor().options("/api/config/agents", headers=preflight(origin)),
        ]
        for response in asked:
            assert response.headers.get("access-control-allow-origin") == expected
            assert "access-control-allow-credentials" not in response.headers


async def test_a_failed_request_of_a_listed_origin_can_be_read_by_it(site: Site) -> None:
    allowing = site.rebuilt(allowed_origins=("https://console.example",))
    response = await allowing.visitor().get("/api/session", headers={"Origin": "https://console.example"})
    assert response.status_code == 401
    assert response.headers["access-control-allow-origin"] == "https://console.example"


async def test_every_response_carries_the_security_headers(site: Site) -> None:
    for path in ("/", "/api/session", "/api/nowhere", "/health/live", "/assets/missing.js"):
        headers = (await site.client.get(path)).headers
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["permissions-policy"].startswith("microphone=(self)")
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "strict-transport-security" not in headers


async def test_over_tls_browsers_are_told_to_stay_there(site: Site) -> None:
    secure = site.rebuilt(trusted_proxies=("192.0.2.7",))
    headers = (await secure.client.get("/health/live", headers={"X-Forwarded-Proto": "https"})).headers
    assert headers["strict-transport-security"].startswith("max-age=")
    assert "wss://victoria.test" in headers["content-security-policy"]


async def test_a_ticket_takes_the_variables_along(site: Site) -> None:
    agent = an_agent()
    await site.services.agents.add(agent)
    wanted = {"agent_id": agent.id, "variables": {"name": "Eva"}}
    response = await site.client.post("/api/calls/tickets", json=wanted)
    grant = await site.services.tickets.redeem(response.json()["ticket"])
    assert grant is not None
    assert (grant.variables, grant.weight) == ({"name": "Eva"}, 11)


@pytest.mark.parametrize(
    "variables",
    [{"Name": "x"}, {"name": "x" * 1_001}, {"name": 7}, {f"v{number}": "" for number in range(51)}],
)
async def test_no_ticket_takes_what_are_no_variables(site: Site, variables: dict[str, object]) -> None:
    wanted = {"agent_id": CallId("f" * 32).value, "variables": variables}
    assert (await site.client.post("/api/calls/tickets", json=wanted)).status_code == 422


async def test_a_ticket_is_bound_to_tenant_and_agent(site: Site) -> None:
    agent = an_agent()
    await site.services.agents.add(agent)
    response = await site.client.post("/api/calls/tickets", json={"agent_id": agent.id})
    assert (response.status_code, response.json()["expires_in_s"]) == (201, 30)
    grant = await site.services.tickets.redeem(response.json()["ticket"])
    assert grant is not None
    assert (grant.tenant, grant.agent_id) == ("home", agent.id)
    missing = await site.client.post("/api/calls/tickets", json={"agent_id": CallId("f" * 32).value})
    assert missing.status_code == 404
