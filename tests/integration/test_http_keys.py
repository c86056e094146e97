"""API keys are made, listed and revoked; the last good one stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.http import Site, a_site, client_of

KEYS = "/api/config/keys"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with a_site(tmp_path) as site:
        yield site


async def made(site: Site, **draft: Any) -> dict[str, Any]:
    response = await site.client.post(KEYS, json={"name": "Phone"} | draft)
    assert response.status_code == 201, response.text
    key: dict[str, Any] = response.json()
    return key


async def listed(site: Site) -> dict[str, dict[str, Any]]:
    return {key["id"]: key for key in (await site.client.get(KEYS)).json()["items"]}


async def status_of(site: Site, key: str) -> int:
    async with client_of(site.app, **{"X-API-Key": key}) as client:
        return (await client.get("/api/session")).status_code


async def test_a_key_is_shown_once_and_opens(site: Site) -> None:
    key = await made(site, name="Teléfono")
    assert await status_of(site, key["key"]) == 200
    shown = (await listed(site))[key["id"]]
    assert shown == {name: value for name, value in key.items() if name != "key"} | {
        "last_used_at": site.clock.wall_ms()
    }
    assert key["key"].startswith(shown["prefix"])
    assert len(shown["prefix"]) == 11
    assert key["key"] not in (await site.client.get(KEYS)).text
    assert (shown["name"], shown["created_at"]) == ("Teléfono", site.clock.wall_ms())


async def test_who_asks_can_tell_which_key_is_theirs(site: Site) -> None:
    mine = (await site.client.get("/api/session")).json()["key"]["id"]
    other = await made(site)
    assert other["current"] is False
    assert {key_id: key["current"] for key_id, key in (await listed(site)).items()} == {
        mine: True,
        other["id"]: False,
    }


async def test_a_revoked_key_opens_nothing_any_more_and_stays_in_the_list(site: Site) -> None:
    key = await made(site)
    assert await status_of(site, key["key"]) == 200  # and is remembered for some seconds
    for _ in range(2):
        assert (await site.client.delete(f"{KEYS}/{key['id']}")).status_code == 204
        assert await status_of(site, key["key"]) == 401
        assert (await listed(site))[key["id"]]["revoked_at"] == site.clock.wall_ms()


async def test_the_last_key_that_opens_is_not_revoked(site: Site) -> None:
    mine = (await site.client.get("/api/session")).json()["key"]["id"]
    soon = await made(site, expires_at=site.clock.wall_ms() + 1_000)
    site.clock.advance(1)
    refused = await site.client.delete(f"{KEYS}/{mine}")
    assert (refused.status_code, refused.json()["code"]) == (409, "last-key")
    assert (await site.client.delete(f"{KEYS}/{soon['id']}")).status_code == 204
    assert (await site.client.get("/api/session")).status_code == 200

    await made(site)
    assert (await site.client.delete(f"{KEYS}/{mine}")).status_code == 204  # one's own, if another is there
    assert (await site.client.get("/api/session")).status_code == 401


async def test_a_key_expires(site: Site) -> None:
    key = await made(site, expires_at=site.clock.wall_ms() + 1_000)
    assert await status_of(site, key["key"]) == 200
    site.clock.advance(1)
    assert await status_of(site, key["key"]) == 401


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "x", "expires_at": 1}, "expires_at"),
        ({"name": "x", "expires_at": 1_700_000_000_000}, "expires_at"),  # now
        ({"name": "x", "expires_at": 10**18}, "expires_at"),
        ({"name": "x", "expires_at": "2030-01-01"}, "expires_at"),
        ({"name": "x", "key": "vk_mine"}, "key"),
        ({"name": "x", "tenant": "other"}, "tenant"),
    ],
)
async def test_a_key_that_cannot_be_meant(site: Site, draft: dict[str, Any], field: str) -> None:
    response = await site.client.post(KEYS, json=draft)
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert len(await listed(site)) == 1


@pytest.mark.parametrize("key_id", ["0" * 32, "x", "0" * 31 + "G"])
async def test_a_key_that_does_not_exist(site: Site, key_id: str) -> None:
    assert (await site.client.delete(f"{KEYS}/{key_id}")).status_code == 404
