"""What a proxy does to the way in; all that is looked at before is good."""

from __future__ import annotations

import pytest

from tests.e2e.doctor.practice import Town, visit, with_patient
from tests.support.ports import free_port
from tests.support.tls_proxy import Head, Rule, answering, as_it_should
from tests.support.victoria import Victoria


def moved(_head: Head) -> bytes:
    return answering(301, "Location: https://www.example.com/")


def parked(_head: Head) -> bytes:
    return answering(200, body="<h1>This name is for sale</h1>")


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [(moved, "redirects to https://www.example.com/"), (parked, "something else (HTTP 200 by proxy)")],
)
async def test_an_address_that_leads_elsewhere(town: Town, rule: Rule, complaint: str) -> None:
    async with visit(town, rule) as opened:
        assert complaint in await opened.ailment("reach")


async def test_a_proxy_that_does_not_reach_the_server(town: Town) -> None:
    async with visit(town, upstream=free_port()) as opened:
        assert "does not reach the server (HTTP 502)" in await opened.ailment("reach")


def dropping_upgrade(head: Head) -> Head:
    return as_it_should(head.without("Upgrade").without("Connection"))


def guarded(head: Head) -> Head | bytes:
    return answering(403, body="bots!") if head.is_upgrade else as_it_should(head)


def without_sockets(head: Head) -> Head | bytes:
    return answering(400) if head.is_upgrade else as_it_should(head)


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        (dropping_upgrade, "the proxy drops Upgrade"),
        (guarded, "proxy refuses WebSockets before they reach the server"),
        (without_sockets, "answers an upgrade with HTTP 400"),
    ],
)
async def test_a_proxy_that_passes_no_websockets(town: Town, rule: Rule, complaint: str) -> None:
    async with visit(town, rule) as opened:
        assert complaint in await opened.ailment("websocket")


async def test_another_victoria_behind_the_address(town: Town, simulated_victoria: Victoria) -> None:
    async with visit(town, upstream=simulated_victoria.port) as opened:
        assert "Another Victoria answers" in await opened.ailment("identity")


def silent_about_tls(head: Head) -> Head:
    return as_it_should(head).without("X-Forwarded-Proto")


def renaming(head: Head) -> Head:
    return as_it_should(head).having("Host", "victoria.internal")


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        (silent_about_tls, "VICTORIA_TRUSTED_PROXIES is 127.0.0.1"),
        (renaming, "is asked for victoria.internal instead of localhost"),
    ],
)
async def test_a_proxy_that_hides_how_a_request_came(town: Town, rule: Rule, complaint: str) -> None:
    async with visit(town, rule) as opened:
        assert complaint in await opened.ailment("proxy headers")


async def test_a_proxy_that_is_not_trusted_is_to_be_named(town: Town) -> None:
    async with visit(town, silent_about_tls) as opened:
        nobody = with_patient(opened, trusted_proxies=())
        assert "Set VICTORIA_TRUSTED_PROXIES to" in await nobody.ailment("proxy headers")
