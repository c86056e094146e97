"""Provider accounts over HTTP: made, changed, tried, and never told."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from backend.application.services.provider_accounts import MAX_TRIALS, TRIAL_WINDOW_S
from backend.domain.value_objects.secret import HIDDEN, Secret
from tests.support.http import Site, a_site
from tests.support.provider_kinds import DEFAULT_URL, GOOD_KEY

PLACE = "/api/config/providers"
CHAT: dict[str, Any] = {"id": "chat", "kind": "chat", "settings": {"model": "small"}, "key": GOOD_KEY}
HOME: dict[str, Any] = {"id": "mine", "kind": "home", "settings": {"base_url": "http://127.0.0.1:11434"}}


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with a_site(tmp_path) as site:
        yield site


def without(draft: dict[str, Any], *names: str, **changes: Any) -> dict[str, Any]:
    """Return what of ``draft`` is sent when it is changed."""
    return {name: value for name, value in draft.items() if name not in names} | changes


async def made(site: Site, draft: dict[str, Any] = CHAT) -> dict[str, Any]:
    response = await site.client.post(PLACE, json=draft)
    assert response.status_code == 201, response.text
    account: dict[str, Any] = response.json()
    return account


def assert_field(response: httpx2.Response, field: str, code: str) -> str:
    """Check that ``response`` blames ``field``, and return what it says about it."""
    document = response.json()
    assert (response.status_code, document["code"]) == (422, code), response.text
    assert response.headers["content-type"] == "application/problem+json"
    (error,) = document["errors"]
    assert error["field"] == field
    message: str = error["message"]
    return message


# --- made, read, changed, removed -------------------------------------------------------------------


async def test_an_account_is_stored_and_its_key_is_not_sent_back(site: Site) -> None:
    account = await made(site)
    now = site.clock.wall_ms()
    assert account == {
        "id": "chat",
        "kind": "chat",
        "settings": {"model": "small"},
        "has_key": True,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    assert (await site.client.get(PLACE)).json() == {"items": [account]}
    stored = await site.services.accounts.all("home")
    assert [each.has_key for each in stored] == [True]
    assert site.changes.tenants == ["home"]


async def test_a_change_keeps_the_key_and_counts_the_version(site: Site) -> None:
    account = await made(site)
    site.clock.advance(5)
    body = {"kind": "chat", "settings": {"model": "large", "base_url": DEFAULT_URL}, "version": 1}
    response = await site.client.put(f"{PLACE}/chat", json=body)
    assert response.status_code == 200, response.text
    changed = response.json()
    assert changed == account | {
        "settings": body["settings"],
        "version": 2,
        "updated_at": account["updated_at"] + 5_000,
    }
    assert (await site.client.post(f"{PLACE}/chat/test")).json()["ok"]
    assert site.changes.tenants == ["home", "home"]


async def test_an_account_that_moves_needs_its_key_again(site: Site) -> None:
    account = await made(site)
    moved = {
        "kind": "chat",
        "settings": {"model": "small", "base_url": "https://elsewhere.example"},
        "version": 1,
    }
    response = await site.client.put(f"{PLACE}/chat", json=moved)
    assert "settings.base_url has changed" in assert_field(response, "key", "key-needed")
    assert (await site.client.get(PLACE)).json() == {"items": [account]}
    assert (await site.client.put(f"{PLACE}/chat", json=moved | {"key": "sk-new"})).status_code == 200


async def test_an_empty_key_takes_the_stored_one_away(site: Site) -> None:
    await made(site, HOME | {"key": "password"})
    body = without(HOME, "id", key="", version=1)
    assert not (await site.client.put(f"{PLACE}/mine", json=body)).json()["has_key"]


async def test_who_saves_second_is_told(site: Site) -> None:
    await made(site)
    body = without(CHAT, "id", "key", version=1)
    first, second = [await site.client.put(f"{PLACE}/chat", json=body) for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["code"] == "stale-version"


async def test_a_name_is_taken_once(site: Site) -> None:
    await made(site)
    response = await site.client.post(PLACE, json=CHAT)
    assert (response.status_code, response.json()["code"]) == (409, "account-exists")


async def test_a_removed_account_is_gone(site: Site) -> None:
    await made(site)
    assert (await site.client.delete(f"{PLACE}/chat")).status_code == 204
    assert (await site.client.get(PLACE)).json() == {"items": []}
    answers = [
        await site.client.delete(f"{PLACE}/chat"),
        await site.client.put(f"{PLACE}/chat", json=without(CHAT, "id", version=1)),
        await site.client.post(f"{PLACE}/chat/test"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


@pytest.mark.parametrize("account_id", ["Chat", "-", "a" * 41, "%00", "a%0A", "a%20b"])
async def test_a_name_that_none_can_have_is_not_found(site: Site, account_id: str) -> None:
    assert (await site.client.delete(f"{PLACE}/{account_id}")).status_code == 404


async def test_two_tenants_do_not_see_each_others(site: Site) -> None:
    account = await made(site)
    async with await site.with_key_of("other") as other:
        assert (await other.get(PLACE)).json() == {"items": []}
        answers = [
            await other.delete(f"{PLACE}/chat"),
            await other.put(f"{PLACE}/chat", json=without(CHAT, "id", version=1)),
            await other.post(f"{PLACE}/chat/test"),
        ]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert (await other.post(PLACE, json=CHAT)).status_code == 201
        assert (await other.delete(f"{PLACE}/chat")).status_code == 204
    assert (await site.client.get(PLACE)).json() == {"items": [account]}
    assert site.changes.tenants == ["home", "other", "other"]


# --- refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draft", "field", "code"),
    [
        (without(CHAT, "key"), "key", "key-needed"),
        (CHAT | {"kind": "unheard-of"}, "kind", "unknown-kind"),
        (CHAT | {"id": "auto"}, "id", "reserved-name"),
        (CHAT | {"settings": {"model": "small", "colour": "red"}}, "settings.colour", "bad-field"),
        (CHAT | {"settings": {}}, "settings.model", "bad-field"),
        (without(CHAT, "id"), "id", "validation"),
        (CHAT | {"id": "Chat"}, "id", "validation"),
        (CHAT | {"settings": {"model": 3}}, "settings.model", "validation"),
        (CHAT | {"settings": {"model": "m" * 501}}, "settings.model", "validation"),
        (CHAT | {"has_key": True}, "has_key", "validation"),
    ],
)
async def test_what_cannot_be_stored_is_refused_by_field(
    site: Site, draft: dict[str, Any], field: str, code: str
) -> None:
    for place in (PLACE, f"{PLACE}/test"):
        assert_field(await site.client.post(place, json=draft), field, code)
    assert (await site.client.get(PLACE)).json() == {"items": []}
    assert site.kinds.trials == []


@pytest.mark.parametrize(
    "key",
    [
        "sk-secret-with-a-break\n",
        "sk-secret with spaces",
        "sk-secret-ñ",
        "sk-secret" * 60,
        {"sk-secret": "sk-secret"},
        ["sk-secret"],
        12345678901,
    ],
)
async def test_a_key_that_cannot_be_sent_is_refused_and_not_repeated(site: Site, key: object) -> None:
    response = await site.client.post(PLACE, json=CHAT | {"key": key})
    assert_field(response, "key", "validation")
    assert "secret" not in response.text
    assert "12345678901" not in response.text


@pytest.mark.parametrize("body", [b'{"key": "sk-secret"', b'"sk-secret"', b'["sk-secret"]'])
async def test_a_body_that_makes_no_sense_is_not_repeated(site: Site, body: bytes) -> None:
    response = await site.client.post(PLACE, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert "sk-secret" not in response.text


async def test_a_damaged_master_key_is_the_owners_to_mend(site: Site, tmp_path: Path) -> None:
    (tmp_path / "master.key").write_bytes(b"damaged")
    response = await site.client.post(PLACE, json=CHAT)
    assert (response.status_code, response.json()["code"]) == (503, "master-key")
    assert str(tmp_path) not in response.text
    assert (await site.client.get(PLACE)).json() == {"items": []}
    (tmp_path / "master.key").unlink()
    assert (await site.client.post(PLACE, json=CHAT)).status_code == 201


# --- tried ------------------------------------------------------------------------------------------


async def test_a_stored_account_is_tried_with_its_stored_key(site: Site) -> None:
    await made(site)
    response = await site.client.post(f"{PLACE}/chat/test")
    assert response.status_code == 200
    assert response.json() == {"ok": True, "code": "ok", "detail": "", "elapsed_ms": 0}
    ((account, key),) = site.kinds.trials
    assert (account.id, account.tenant, key) == ("chat", "home", Secret(GOOD_KEY))


async def test_a_draft_is_tried_and_not_stored(site: Site) -> None:
    assert (await site.client.post(f"{PLACE}/test", json=CHAT)).json()["ok"]
    assert (await site.client.get(PLACE)).json() == {"items": []}


async def test_a_trial_that_fails_is_an_answer_without_the_key(site: Site) -> None:
    response = await site.client.post(f"{PLACE}/test", json=CHAT | {"key": "sk-wrong"})
    assert response.status_code == 200
    assert response.json() == {
        "ok": False,
        "code": "auth-failed",
        "detail": f"chat: HTTP 401 {HIDDEN}",
        "elapsed_ms": 0,
    }


async def test_an_edited_row_is_told_when_it_is_tried_and_its_key_goes_nowhere(
    site: Site, tmp_path: Path
) -> None:
    await made(site)
    with sqlite3.connect(tmp_path / "victoria.db") as database:
        settings = json.dumps({"model": "small", "base_url": "https://elsewhere.example"})
        database.execute("UPDATE provider_accounts SET settings = ?", (settings,))
    response = await site.client.post(f"{PLACE}/chat/test")
    assert response.status_code == 200
    assert (response.json()["ok"], response.json()["code"]) == (False, "secret-unreadable")
    assert site.kinds.trials == []


async def test_a_tenant_tests_only_so_often(site: Site) -> None:
    await made(site)
    for number in range(MAX_TRIALS):
        place = "test" if number % 2 else "chat/test"
        assert (await site.client.post(f"{PLACE}/{place}", json=CHAT)).status_code == 200
    refused = await site.client.post(f"{PLACE}/chat/test")
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-requests")
    assert refused.headers["retry-after"] == str(TRIAL_WINDOW_S)
    assert len(site.kinds.trials) == MAX_TRIALS
    assert (await site.client.get(PLACE)).status_code == 200
    site.clock.advance(TRIAL_WINDOW_S)
    assert (await site.client.post(f"{PLACE}/chat/test")).status_code == 200


# --- described --------------------------------------------------------------------------------------


async def test_the_description_says_that_keys_go_one_way(site: Site) -> None:
    schemas = site.app.openapi()["components"]["schemas"]
    for name in ("ProviderDraft", "ProviderUpdate"):
        (key, _nothing) = schemas[name]["properties"]["key"]["anyOf"]
        assert (key["writeOnly"], key["format"]) == (True, "password")
    assert "key" not in schemas["Provider"]["properties"]
