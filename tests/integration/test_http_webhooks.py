"""Carriers' webhooks: who is let in, what is believed, and what a refused request costs us."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from backend.domain.errors import CallerError
from backend.domain.ports.telephony_port import CarrierEvent, CarrierReply, CarrierRequest, Connect
from tests.support.http import PUBLIC_URL, Site, a_site, webhooks_of
from tests.support.telephone_desk import OFFER, Desk

BODY = b"an offer"
VOICE = "/webhook/acme/voice?a=1&b=%20%C3%B1"


@pytest.fixture
async def desk() -> Desk:
    desk = Desk()
    desk.carrier.events[BODY] = OFFER
    return desk


@pytest.fixture
async def site(tmp_path: Path, desk: Desk) -> AsyncIterator[Site]:
    async with a_site(tmp_path) as site:
        yield site.rebuilt(webhooks=webhooks_of(desk))
    desk.calls.close()


def signed(path: str = VOICE) -> dict[str, str]:
    return {"X-Signature": f"yes {PUBLIC_URL}{path}"}


async def sent(
    site: Site, path: str = VOICE, body: bytes = BODY, headers: dict[str, str] | None = None
) -> httpx2.Response:
    """Return the answer to a request without a key."""
    async with site.visitor() as visitor:
        given = signed(path) if headers is None else headers
        return await visitor.post(path, content=body, headers=given)


def nothing_happened(desk: Desk) -> bool:
    return (desk.lines.asked, len(desk.calls), len(desk.registry), desk.carrier.answered) == (0, 0, 0, [])


async def test_a_signed_request_is_answered_in_the_carriers_language(site: Site, desk: Desk) -> None:
    for _ in range(10):
        answer = await sent(site)
        assert (answer.status_code, answer.content) == (200, b"Connect")
        assert answer.headers["content-type"].startswith("text/acme")
        assert answer.headers["cache-control"] == "no-store"
    tickets = {each.ticket for each in desk.carrier.answered if isinstance(each, Connect)}
    assert (len(tickets), len(desk.registry)) == (1, 1)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Signature": ""},
        {"X-Signature": "no"},
        {"X-Signature": f"yes {PUBLIC_URL}/webhook/acme/status"},
        {"X-Signature": "yes https://evil.example" + VOICE, "Host": "evil.example"},
        {
            "X-Signature": "yes https://evil.example" + VOICE,
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "https,http",
            "Forwarded": "host=evil.example",
        },
    ],
)
async def test_what_the_carrier_has_not_signed_costs_nothing(
    site: Site, desk: Desk, headers: dict[str, str]
) -> None:
    answer = await sent(site, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "bad-signature")
    assert nothing_happened(desk)


async def test_only_the_configured_address_is_signed_whatever_the_headers_say(site: Site) -> None:
    headers = signed() | {"Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil"}
    assert (await sent(site, headers=headers)).status_code == 200


@pytest.mark.parametrize("path", ["/webhook/nobody", "/webhook/nobody/voice", "/webhook/", "/webhook"])
async def test_a_carrier_that_nobody_knows(site: Site, desk: Desk, path: str) -> None:
    assert (await sent(site, path)).status_code == 404
    assert nothing_happened(desk)


@pytest.mark.parametrize("path", ["/webhook/acme", "/webhook/acme/", "/webhook/acme/a/b/c"])
async def test_a_carrier_has_as_many_addresses_as_it_likes(site: Site, desk: Desk, path: str) -> None:
    seen: list[CarrierRequest] = []
    desk.carrier.parse = seen.append  # type: ignore[method-assign, assignment]
    assert (await sent(site, path)).status_code == 200
    assert [request.path for request in seen] == [path.removeprefix("/webhook/acme").strip("/")]
    assert seen[0].body == BODY


@pytest.mark.parametrize(("code", "status"), [("bad-webhook", 400), ("foreign-account", 403)])
async def test_what_cannot_be_understood_or_is_anothers(
    site: Site, desk: Desk, code: str, status: int
) -> None:
    def parse(request: CarrierRequest) -> CarrierEvent | None:
        raise CallerError("no", code=code)

    desk.carrier.parse = parse  # type: ignore[method-assign]
    answer = await sent(site)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert nothing_happened(desk)


async def test_what_is_of_no_interest_is_taken(site: Site, desk: Desk) -> None:
    answer = await sent(site, body=b"gossip")
    assert (answer.status_code, answer.content) == (200, b"")
    assert nothing_happened(desk)


async def test_a_carrier_that_does_not_do_as_it_is_told(site: Site, desk: Desk) -> None:
    desk.carrier.fails = True
    answer = await sent(site)
    assert (answer.status_code, answer.json()["code"]) == (502, "service-failed")


@pytest.mark.parametrize("size", [64 * 1_024, 64 * 1_024 + 1, 2_000_000])
async def test_a_body_has_at_most_64_kib(site: Site, desk: Desk, size: int) -> None:
    answer = await sent(site, body=b"x" * size)
    assert answer.status_code == (200 if size <= 64 * 1_024 else 413)
    assert nothing_happened(desk)


async def test_a_client_that_asks_too_often_waits(site: Site, desk: Desk) -> None:
    site = site.rebuilt(webhooks=webhooks_of(desk, limits="2/minute"))
    answers = [await sent(site, body=b"gossip") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) > 0


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_webhook_takes_posts(site: Site, method: str) -> None:
    async with site.visitor() as visitor:
        answer = await visitor.request(method, VOICE, headers=signed())
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_a_key_opens_no_webhook(site: Site, desk: Desk) -> None:
    assert (await site.client.post(VOICE, content=BODY)).status_code == 403
    assert nothing_happened(desk)


async def test_a_number_that_nobody_has_gets_no_ticket(site: Site, desk: Desk) -> None:
    desk.lines.lines.clear()
    assert (await sent(site)).content == b"TurnAway"
    assert len(desk.registry) == 0


async def test_an_answer_may_be_any_that_the_carrier_wants(site: Site, desk: Desk) -> None:
    async def answer(event: object, instruction: object) -> CarrierReply:
        return CarrierReply(b"{}", "application/json", 202)

    desk.carrier.answer = answer  # type: ignore[method-assign]
    reply = await sent(site)
    assert (reply.status_code, reply.json(), reply.headers["content-type"]) == (202, {}, "application/json")
