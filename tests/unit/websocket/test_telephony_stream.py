"""``/ws/telephone``: what becomes of the calls on media sockets that were let in."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from backend.domain.entities.call import Call, Direction, EndCause
from backend.domain.value_objects.engine_names import EngineNames
from backend.domain.value_objects.language import SPANISH
from backend.infrastructure.logging.config import log_handler
from tests.support.keeping import MemoryLog
from tests.support.media_sockets import GRANT, PATH, SILENCE, STOP, Exchange, close_code_of, end_of, start
from tests.support.telephone_desk import CALL, CALLER, CARRIER, MADRID, a_phone_call

Log = Callable[[], str]


@pytest.fixture
def lines() -> Iterator[Log]:
    """All that our loggers write, as the server would write it."""
    stream, logger = io.StringIO(), logging.getLogger("backend")
    handler = log_handler("json", show_personal=False, stream=stream)
    logger.addHandler(handler)
    yield stream.getvalue
    logger.removeHandler(handler)


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
