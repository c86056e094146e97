"""``/ws/telephone``: which media sockets are let in."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from backend.domain.entities.call import CallStatus, EndCause
from tests.support.media_sockets import GRANT, PATH, SILENCE, STOP, Exchange, close_code_of, end_of, start


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Signature": "no"},
        {"X-Signature": f"yes https://victoria.example{PATH}"},
        {"X-Signature": f"yes wss://testserver{PATH}"},
        {"X-Signature": f"yes wss://evil.example{PATH}", "X-Forwarded-Host": "evil.example"},
    ],
)
def test_an_upgrade_that_the_carrier_has_not_signed_is_refused(headers: dict[str, str]) -> None:
    assert Exchange().is_refused(headers=headers)


def test_a_carrier_that_nobody_knows_is_refused() -> None:
    path = "/ws/telephone/nobody"
    assert Exchange().is_refused(path, {"X-Signature": f"yes wss://victoria.example{path}"})


def test_where_upgrades_are_signed_the_address_holds_no_ticket() -> None:
    exchange = Exchange()
    path = f"{PATH}/{exchange.ticket()}"
    assert exchange.is_refused(path, {"X-Signature": f"yes wss://victoria.example{path}"})


@pytest.mark.parametrize("ticket", ["", "/", "/nonsense", "/../../api"])
def test_where_they_are_not_signed_the_address_holds_the_ticket(ticket: str) -> None:
    exchange = Exchange(signs_upgrades=False)
    assert exchange.is_refused(f"{PATH}{ticket}", {})


def test_a_ticket_in_the_address_opens_one_socket() -> None:
    exchange = Exchange(signs_upgrades=False)
    path = f"{PATH}/{exchange.ticket()}"
    with exchange.socket(path, {}) as session:
        session.send_json(start("in-the-address"))
        session.send_json(STOP)
        assert close_code_of(session) == 1000
    assert [call.status for call in exchange.calls] == [CallStatus.COMPLETED]
    assert exchange.is_refused(path, {})


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([start("nonsense")], 1008),
        ([start("")], 1007),
        ([SILENCE], 1003),
        ([{"event": "mark", "name": "1"}], 1003),
        ([STOP], 1003),
        (["not json"], 1007),
        (["[]"], 1007),
        ([{"event": "start"}], 1007),
        ([{"event": "gossip", "about": "x" * 4_096}], 1009),
        ([{"event": "gossip", "about": "x" * 500}] * 4, 1009),
        (["x" * 70_000], 1009),
    ],
)
def test_before_it_says_which_call_it_is_nothing_else_is_accepted(messages: list[Any], code: int) -> None:
    exchange = Exchange()
    assert end_of(exchange, *messages) == code
    assert exchange.calls == []
    assert len(exchange.desk.registry) == 0


def test_who_says_nothing_is_let_go() -> None:
    exchange = Exchange(start_timeout_s=0.05)
    assert end_of(exchange, {"event": "connected"}) == 1008


def test_a_ticket_is_of_one_call_and_good_once() -> None:
    exchange = Exchange()
    ticket = exchange.ticket()
    assert end_of(exchange, start(ticket, "AC2")) == 1008
    assert end_of(exchange, start(ticket)) == 1008  # it was shown for another call
    of_another = exchange.ticket(replace(GRANT, carrier="other"))
    assert end_of(exchange, start(of_another)) == 1008
    assert exchange.calls == []


def test_a_second_socket_for_a_live_call_is_refused() -> None:
    exchange = Exchange()
    with exchange.socket() as session:
        session.send_json(start(exchange.ticket()))
        assert session.receive_json()["event"] == "media"  # the agent speaks
        assert end_of(exchange, start(exchange.ticket())) == 1008
        session.send_json(STOP)
        assert close_code_of(session) == 1000
    assert [call.end_cause for call in exchange.calls] == [EndCause.CALLER_HUNG_UP]


def test_only_so_many_may_stand_at_the_door() -> None:
    exchange = Exchange()
    with exchange.client, ExitStack() as crowd:
        for _ in range(20):
            crowd.enter_context(exchange.socket())
        assert exchange.is_refused()
    assert not exchange.is_refused()
