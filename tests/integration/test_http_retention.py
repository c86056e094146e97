"""An owner decides how long calls are kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.http import Site, a_site

RETENTION = "/api/config/retention"
FOR_EVER = {"days": None, "recordings_days": None}


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with a_site(tmp_path) as site:
        yield site


async def test_everything_is_kept_until_somebody_says_otherwise(site: Site) -> None:
    assert (await site.client.get(RETENTION)).json() == FOR_EVER
    for wish in ({"days": 30, "recordings_days": 7}, {"days": None, "recordings_days": 1}, FOR_EVER):
        response = await site.client.put(RETENTION, json=wish)
        assert (response.status_code, response.json()) == (200, wish)
        assert (await site.client.get(RETENTION)).json() == wish


async def test_each_tenant_has_its_own(site: Site) -> None:
    await site.client.put(RETENTION, json={"days": 30, "recordings_days": None})
    async with await site.with_key_of("stranger") as stranger:
        assert (await stranger.get(RETENTION)).json() == FOR_EVER


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"days": 1}, "recordings_days"),
        ({"days": 0, "recordings_days": None}, "days"),
        ({"days": 3_651, "recordings_days": None}, "days"),
        ({"days": 1.5, "recordings_days": None}, "days"),
        ({"days": "7", "recordings_days": None}, "days"),
        ({"days": True, "recordings_days": None}, "days"),
        ({"days": None, "recordings_days": -1}, "recordings_days"),
        ({"days": None, "recordings_days": None, "hours": 1}, "hours"),
    ],
)
async def test_a_wish_that_cannot_be_meant(site: Site, wish: dict[str, Any], field: str) -> None:
    await site.client.put(RETENTION, json={"days": 9, "recordings_days": 9})
    response = await site.client.put(RETENTION, json=wish)
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert (await site.client.get(RETENTION)).json() == {"days": 9, "recordings_days": 9}
