"""``/ws/telephone``: which media sockets are let in, and what becomes of the calls on them."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from backend.application.factories.orchestrator_factory import OrchestratorFactory
from backend.application.services.call_services import Keeping
from backend.application.services.telephony.reception import PhoneReception
from backend.domain.entities.call import Call, CallStatus, Direction, EndCause
from backend.domain.ports.ticket_port import PhoneGrant
from backend.domain.use_cases.start_call import StartCall
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.engine_names import EngineNames
from backend.domain.value_objects.language import SPANISH
from backend.infrastructure.clock import SystemClock
from backend.infrastructure.logging.config import log_handler
from backend.interfaces.websocket.endpoints.telephony_stream import PhoneStreams, telephony_router
from backend.interfaces.websocket.telephony_door import TelephonyDoor
from tests.support.engines import FixedEngines
from tests.support.keeping import MemoryLog, MemoryRecordings
from tests.support.scripted import ScriptedClips
from tests.support.storage_builders import new_id
from tests.support.telephone_desk import (
    AGENT,
    CALL,
    CALLER,
    CARRIER,
    MADRID,
    Desk,
    MemoryCarrier,
    a_phone_call,
)

PATH = f"/ws/telephone/{CARRIER}"
BASE = "https://victoria.example"
SIGNED = {"X-Signature": f"yes wss://victoria.example{PATH}"}
GRANT = PhoneGrant(
    tenant="home",
    agent_id=AGENT.id,
    carrier=CARRIER,
    carrier_call_id=CALL,
    direction=Direction.INBOUND,
    caller=CALLER,
    called=MADRID.value,
)
SILENCE = {"event": "media", "payload": b64encode(b"\xff" * 160).decode()}
STOP = {"event": "stop"}

Log = Callable[[], str]


@dataclass
class Exchange:
    """A server for media sockets, and what it is made of."""

    signs_upgrades: bool = True
    start_timeout_s: float = 5.0
    max_calls: int = 10
    log: MemoryLog = field(default_factory=MemoryLog)

    def __post_init__(self) -> None:
        clock = SystemClock()
        self.carrier = MemoryCarrier(signs_upgrades=self.signs_upgrades)
        self.desk = Desk(self.max_calls, carrier=self.carrier, clock=clock)
        carriers = {CARRIER: self.carrier}
        factory = OrchestratorFactory(
            start_call=StartCall(self.desk.agents, clock, lambda: CallId(new_id())),
            engines=FixedEngines(),
            clips=ScriptedClips(),
            keeping=Keeping(self.log, MemoryRecordings()),
            clock=clock,
        )
        reception = PhoneReception(
            carriers,
            calls=self.desk.calls,
            transfers=self.desk.transfers,
            history=self.desk.history,
            registry=self.desk.registry,
            factory=factory,
            clock=clock,
        )
        door = TelephonyDoor(carriers, self.desk.tickets, BASE, clock, start_timeout_s=self.start_timeout_s)
        app = FastAPI()
        app.include_router(telephony_router(PhoneStreams(door, reception)))
        self.client = TestClient(app)

    def ticket(self, grant: PhoneGrant = GRANT) -> str:
        return asyncio.run(self.desk.tickets.issue(grant, ttl_s=60))

    def socket(self, path: str = PATH, headers: dict[str, str] | None = None) -> WebSocketTestSession:
        return self.client.websocket_connect(path, headers=SIGNED if headers is None else headers)

    def is_refused(self, path: str = PATH, headers: dict[str, str] | None = None) -> bool:
        """Whether the upgrade is answered with 403."""
        try:
            with self.socket(path, headers):
                return False
        except WebSocketDisconnect:
            return True

    @property
    def calls(self) -> list[Call]:
        return list(self.log.calls.values())


@pytest.fixture
def lines() -> Iterator[Log]:
    """All that our loggers write, as the server would write it."""
    stream, logger = io.StringIO(), logging.getLogger("backend")
    handler = log_handler("json", show_personal=False, stream=stream)
    logger.addHandler(handler)
    yield stream.getvalue
    logger.removeHandler(handler)


def start(ticket: str, call: str = CALL) -> dict[str, Any]:
    return {"event": "start", "call": call, "ticket": ticket, "encoding": "mulaw"}


def close_code_of(session: WebSocketTestSession) -> int:
    """Read to the end."""
    while (message := session.receive())["type"] != "websocket.close":
        pass
    code: int = message["code"]
    return code


def end_of(
    exchange: Exchange, *messages: Any, path: str = PATH, headers: dict[str, str] | None = None
) -> int:
    """Send messages on a socket, and return the code that it is closed with."""
    with exchange.socket(path, headers) as session:
        for message in messages:
            session.send_text(message if isinstance(message, str) else json.dumps(message))
        return close_code_of(session)


# --- the door -------------------------------------------------------------------------------------


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


# --- the call -------------------------------------------------------------------------------------


def test_a_call_knows_who_called_whom_and_leaves_nothing_behind() -> None:
    exchange = Exchange()
    grant = replace(GRANT, language=SPANISH)
    assert end_of(exchange, {"event": "connected"}, start(exchange.ticket(grant)), SILENCE, STOP) == 1000
    (call,) = exchange.calls
    assert (call.direction, call.caller, call.called) == (Direction.INBOUND, CALLER, MADRID.value)
    assert (call.carrier, call.carrier_call_id, call.agent.language) == (CARRIER, CALL, SPANISH)
    assert call.end_cause is EndCause.CALLER_HUNG_UP
    assert exchange.carrier.hung_up == []
    phone = exchange.desk.calls.of(CARRIER, CALL)
    assert (phone.live, phone.last, phone.is_refused) == (None, call, False)
    assert len(exchange.desk.registry) == 0


def test_a_socket_that_breaks_ends_the_call_as_lost_and_lets_the_carrier_ask() -> None:
    exchange = Exchange()
    with exchange.socket() as session:
        session.send_json(start(exchange.ticket()))
        session.receive_json()
        session.close(1006)
        wait_until(lambda: len(exchange.desk.registry) == 0)
    assert [call.end_cause for call in exchange.calls] == [EndCause.CONNECTION_LOST]
    assert exchange.carrier.hung_up == []


def test_a_call_goes_on_with_the_one_that_broke_off() -> None:
    exchange = Exchange()
    earlier = a_phone_call(exchange.desk)
    exchange.desk.history.calls.append(earlier)
    ticket = exchange.ticket(replace(GRANT, continues=earlier.id))
    assert end_of(exchange, start(ticket), STOP) == 1000
    (call,) = exchange.calls
    assert (call.continues, call.agent, call.caller) == (earlier.id, earlier.agent, earlier.caller)


@pytest.mark.parametrize(("max_calls", "code"), [(0, 1013), (1, 1011)])
def test_a_call_that_cannot_begin_is_told_to_the_carrier_when_it_asks(max_calls: int, code: int) -> None:
    exchange = Exchange(max_calls=max_calls)
    exchange.desk.agents.agents.clear()
    assert end_of(exchange, start(exchange.ticket())) == code
    assert exchange.desk.calls.of(CARRIER, CALL).is_refused
    assert exchange.calls == []
    assert len(exchange.desk.registry) == 0


def test_a_call_that_is_over_gets_no_audio() -> None:
    exchange = Exchange()
    exchange.desk.calls.of(CARRIER, CALL).has_ended = True
    assert end_of(exchange, start(exchange.ticket())) == 1008


class BuggyLog(MemoryLog):
    async def open(self, call: Call, engines: EngineNames | None = None) -> None:
        raise RuntimeError("a bug")


def test_a_bug_ends_its_own_call_and_is_found_in_the_log(lines: Log) -> None:
    exchange = Exchange(log=BuggyLog())
    with exchange.socket() as session:
        session.send_json(start(exchange.ticket()))
        close_code_of(session)
    wait_until(lambda: len(exchange.desk.registry) == 0)
    assert exchange.carrier.hung_up == [CALL]
    assert "a call was ended by a bug" in lines()


def test_a_ticket_is_never_written_to_the_log(lines: Log) -> None:
    in_address, in_message = Exchange(signs_upgrades=False), Exchange()
    in_address.desk.agents.agents.clear()
    tickets = [in_address.ticket(), in_message.ticket(), in_message.ticket(replace(GRANT, carrier="other"))]
    end_of(in_address, start("in-the-address"), path=f"{PATH}/{tickets[0]}", headers={})
    in_address.is_refused(f"{PATH}/{tickets[0]}", {})
    in_message.desk.agents.agents.clear()
    for ticket in tickets[1:]:
        end_of(in_message, start(ticket))
    written = lines()
    assert written.count("a media socket was refused") == 2
    assert written.count("a telephone call could not begin") == 2
    assert not [ticket for ticket in tickets if ticket in written]


def wait_until(holds: Callable[[], bool], *, within_s: float = 10) -> None:
    """Wait for the server's thread."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)
