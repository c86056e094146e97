"""Whatever goes wrong, the answer is one problem document that says so and no more."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from backend.domain.entities.agent import Agent
from backend.domain.errors import ProviderTimeoutError, StorageError
from backend.infrastructure.security.core import ClientLimits
from backend.interfaces.http.guards import MAX_BODY_BYTES
from tests.support.http import Site, a_site, client_of

NOBODY = "0" * 32
JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with a_site(tmp_path) as site:
        yield site


def assert_problem(response: httpx2.Response, status: int, code: str) -> dict[str, object]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, object] = response.json()
    assert document["status"] == status
    assert document["code"] == code
    assert document["request_id"] == response.headers["x-request-id"]
    assert document["detail"]
    return document


class BrokenAgents:
    """Agents on a storage that fails in a way of one's choice."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def all(self, tenant: str) -> list[Agent]:
        raise self._error


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nowhere", 404, "not-found"),
        ("GET", "/api", 404, "not-found"),
        ("GET", "/api/session/", 404, "not-found"),
        ("GET", f"/api/config/agents/{NOBODY}", 404, "not-found"),
        ("GET", f"/api/history/calls/{NOBODY}", 404, "not-found"),
        ("GET", f"/api/history/calls/{NOBODY}/timeline", 404, "not-found"),
        ("GET", f"/api/history/calls/{NOBODY}/recording", 404, "not-found"),
        ("DELETE", f"/api/history/calls/{NOBODY}", 404, "not-found"),
        ("POST", "/api/session", 405, "method-not-allowed"),
        ("POST", "/health/live", 405, "method-not-allowed"),
        ("GET", "/api/history/calls?limit=201", 422, "validation"),
        ("GET", "/api/history/calls?limit=0", 422, "validation"),
        ("GET", "/api/history/calls?order_by=id", 422, "validation"),
        ("GET", "/api/history/calls?status=sleeping", 422, "validation"),
        ("GET", "/api/history/calls?cursor=%00", 422, "validation"),
        ("GET", "/api/history/calls?cursor=made-up", 400, "bad-cursor"),
    ],
)
async def test_wrong_addresses_and_questions(
    site: Site, method: str, path: str, status: int, code: str
) -> None:
    assert_problem(await site.client.request(method, path), status, code)


@pytest.mark.parametrize(
    "call_id",
    ["..%2f..%2fetc%2fpasswd", "%2e%2e%2f", "..%252f", "A" * 32, "0" * 31, "%00", "0" * 32 + "%0a", "'--"],
)
@pytest.mark.parametrize("rest", ["", "/recording", "/timeline"])
async def test_what_is_no_id_is_not_found(site: Site, call_id: str, rest: str) -> None:
    assert_problem(await site.client.get(f"/api/history/calls/{call_id}{rest}"), 404, "not-found")


async def test_a_wrong_method_is_told_the_right_ones(site: Site) -> None:
    response = await site.client.patch(f"/api/config/agents/{NOBODY}")
    assert_problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "DELETE, GET, PUT"


async def test_each_wrong_field_is_named(site: Site) -> None:
    body = {
        "name": " ",
        "prompt": "nul \0",
        "tenant": "other",
        "language": "english",
        "voice": {"speed": 9},
        "turn_taking": {"endpointing": {"min_pause_ms": 900, "max_pause_ms": 300}},
    }
    document = assert_problem(await site.client.post("/api/config/agents", json=body), 422, "validation")
    errors = {error["field"]: error["message"] for error in document["errors"]}  # type: ignore[attr-defined]
    assert errors == {
        "name": "the text has the wrong form or characters that are not allowed",
        "prompt": "the text has the wrong form or characters that are not allowed",
        "tenant": "this field is not known",
        "language": "the text has the wrong form or characters that are not allowed",
        "voice.speed": "Input should be less than or equal to 2",
        "turn_taking.endpointing": "max_pause_ms cannot be shorter than min_pause_ms",
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"name": NaN}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"name": "a", "prompt": "b", "voice": {"speed": 1e400}}',
        b'{"name": "a", "prompt": "b", "voice": {"speed": NaN}}',
        b'{"name": "a", "prompt": "b", "turn_taking": {"barge_in": {"min_words": ' + b"9" * 5_000 + b"}}}",
        b'{"name": "a", "prompt": "b", "turn_taking": {"barge_in": {"min_words": "1"}}}',
        b'{"name": "a", "prompt": "b", "turn_taking": {"barge_in": {"min_words": true}}}',
        b'{"name": "a", "prompt": "\\ud800"}',
        b'{"name": "a", "prompt": "b", "\\ud800": 1}',
        b'{"name": "a", "prompt": "\\u0000"}',
        b'{"name": "two\\nlines", "prompt": "b"}',
        json.dumps({"name": "a" * 81, "prompt": "b"}).encode(),
        json.dumps({"name": "a", "prompt": "b" * 32_001}).encode(),
    ],
)
async def test_a_body_that_makes_no_sense_is_refused_and_stores_nothing(site: Site, body: bytes) -> None:
    response = await site.client.post("/api/config/agents", content=body, headers=JSON)
    assert response.status_code in {400, 422}, response.text
    assert_problem(response, response.status_code, response.json()["code"])
    assert (await site.client.get("/api/config/agents")).json() == {"items": []}


@pytest.mark.parametrize("headers", [{"Content-Type": "text/plain"}, {**JSON, "Content-Encoding": "gzip"}])
async def test_only_plain_json_is_read(site: Site, headers: dict[str, str]) -> None:
    body = b"\x1f\x8b\x08\x00" if "Content-Encoding" in headers else b'{"name": "a", "prompt": "b"}'
    response = await site.client.post("/api/config/agents", content=body, headers=headers)
    assert response.status_code in {400, 422}


async def test_a_large_body_is_refused_before_any_of_it_is_read(site: Site) -> None:
    has_been_read = False

    async def body() -> AsyncIterator[bytes]:
        nonlocal has_been_read
        has_been_read = True
        yield b""

    headers = {**JSON, "Content-Length": str(MAX_BODY_BYTES + 1)}
    response = await site.client.post("/api/config/agents", content=body(), headers=headers)
    assert_problem(response, 413, "too-large")
    assert not has_been_read


async def test_a_body_that_turns_out_to_be_large_is_refused_when_it_does(site: Site) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(200):
            sent += 65_536
            yield b" " * 65_536

    response = await site.client.post("/api/config/agents", content=body(), headers=JSON)
    assert_problem(response, 413, "too-large")
    assert sent <= MAX_BODY_BYTES + 65_536


async def test_a_body_of_just_the_limit_is_read(site: Site) -> None:
    body = json.dumps({"name": "a", "prompt": "b"}).encode()
    padded = body + b" " * (MAX_BODY_BYTES - len(body))
    response = await site.client.post("/api/config/agents", content=padded, headers=JSON)
    assert response.status_code == 201


async def test_a_bug_is_told_apart_from_the_request_and_keeps_its_secrets(site: Site) -> None:
    broken = site.rebuilt(agents=BrokenAgents(RuntimeError("password=hunter2")))
    response = await broken.client.get("/api/config/agents")
    assert_problem(response, 500, "internal-error")
    assert "hunter2" not in response.text
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StorageError("disk I/O error in /var/lib/victoria.db"), 503, "storage"),
        (ProviderTimeoutError("azure", "wss://secret.example did not answer"), 504, "provider-timeout"),
    ],
)
async def test_what_failed_inside_is_named_but_not_shown(
    site: Site, error: Exception, status: int, code: str
) -> None:
    response = await site.rebuilt(agents=BrokenAgents(error)).client.get("/api/config/agents")
    assert_problem(response, status, code)
    assert response.headers["retry-after"] == "2"
    assert "/var/lib" not in response.text
    assert "secret.example" not in response.text


async def test_storage_that_cannot_be_asked_for_keys_is_no_wrong_key(site: Site) -> None:
    class Away:
        async def authenticate(self, key: str) -> None:
            raise StorageError("database is locked")

    response = await site.rebuilt(authenticator=Away()).client.get("/api/session")
    assert_problem(response, 503, "storage")


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [("abc-1.2_3", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("", False)],
)
async def test_a_request_keeps_its_harmless_name(site: Site, given: str, is_kept: bool) -> None:
    response = await site.client.get("/api/nowhere", headers={"X-Request-ID": given})
    assert (response.headers["x-request-id"] == given) is is_kept
    assert_problem(response, 404, "not-found")


async def test_errors_of_one_request_are_not_those_of_another(site: Site) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(site.client.get("/api/nowhere", headers={"X-Request-ID": f"r{n}"}))
            for n in range(20)
        ]
    assert [task.result().json()["request_id"] for task in tasks] == [f"r{n}" for n in range(20)]


async def test_limits_are_told_with_the_time_to_wait(site: Site) -> None:
    limited = site.rebuilt(limits=ClientLimits(requests="2/hour"))
    statuses = [(await limited.client.get("/api/session")).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    response = await limited.client.get("/api/session")
    assert_problem(response, 429, "too-many-requests")
    assert 1 <= int(response.headers["retry-after"]) <= 3_600
    async with client_of(limited.app, address="192.0.2.8", **{"X-API-Key": site.key}) as other:
        assert (await other.get("/api/session")).status_code == 200
