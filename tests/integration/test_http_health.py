"""Probes tell the truth, quickly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from backend.domain.errors import StorageError
from backend.infrastructure.monitoring.metrics import exposition, instrument_http, new_registry
from backend.interfaces.http.deps import Exposition
from backend.interfaces.http.endpoints.health import CHECK_TIMEOUT_S
from tests.support.http import Site, a_site


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with a_site(tmp_path) as site:
        yield site


async def fine() -> None:
    return None


async def failing() -> None:
    raise StorageError("The database is away; calls are kept in the journal.")


async def hanging() -> None:
    await asyncio.Event().wait()


async def test_a_living_process_says_so_whatever_else_is_wrong(site: Site) -> None:
    response = await site.rebuilt(checks={"database": failing}).visitor().get("/health/live")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "checks": []})


async def test_ready_when_every_check_passes(site: Site) -> None:
    response = await site.rebuilt(checks={"database": fine}).visitor().get("/health/ready")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "checks": [{"name": "database", "status": "ok", "detail": ""}],
    }


async def test_one_failure_is_enough_and_says_why(site: Site) -> None:
    response = await site.rebuilt(checks={"a": fine, "database": failing}).visitor().get("/health/ready")
    assert (response.status_code, response.json()["status"]) == (503, "unavailable")
    assert response.json()["checks"][1] == {
        "name": "database",
        "status": "failed",
        "detail": "The database is away; calls are kept in the journal.",
    }
    assert response.headers["cache-control"] == "no-store"


async def test_checks_that_hang_take_one_limit_together(site: Site) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    checks = {**dict.fromkeys("abcde", hanging), "f": fine}
    response = await site.rebuilt(checks=checks).visitor().get("/health/ready")
    assert loop.time() - began < 4 * CHECK_TIMEOUT_S
    assert [check["status"] for check in response.json()["checks"]] == [*5 * ["failed"], "ok"]
    assert response.json()["checks"][0]["detail"] == "No answer within 2 s."


async def test_metrics_are_what_the_registry_holds(site: Site) -> None:
    registry = new_registry()
    with_metrics = site.rebuilt(metrics=lambda: Exposition(*exposition(registry)))
    response = await with_metrics.client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=")
    assert "python_info" in response.text
    assert (await site.rebuilt(metrics=None).client.get("/metrics")).status_code == 404


async def test_requests_are_counted_by_route_and_never_by_what_a_stranger_sends(site: Site) -> None:
    registry = CollectorRegistry()
    instrument_http(site.app, registry)
    for n in range(100):
        await site.client.get(f"/api/history/calls/{n:032x}")
        await site.client.get(f"/made/up/{n}.html?phone=%2B34600111222")
        await site.client.request(f"METHOD{n}", "/api/session")
    text = exposition(registry)[0].decode()
    name = "victoria_http_requests_total"
    assert sorted(line for line in text.splitlines() if line.startswith(f"{name}{{")) == [
        f'{name}{{handler="/api/history/calls/{{call_id}}",method="GET",status="4xx"}} 100.0',
        f'{name}{{handler="/api/session",method="other",status="4xx"}} 100.0',
        f'{name}{{handler="none",method="GET",status="4xx"}} 100.0',
    ]
    assert "34600111222" not in text
