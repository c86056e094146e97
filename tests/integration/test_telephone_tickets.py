"""The ticket that a carrier's webhook is answered with opens the media socket for a minute, and not later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, replace

import pytest
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from backend.application.factories.orchestrator_factory import OrchestratorFactory
from backend.application.services.call_services import Keeping
from backend.application.services.telephony.carrier_requests import CarrierRequests
from backend.application.services.telephony.reception import PhoneReception
from backend.domain.entities.call import EndCause
from backend.domain.ports.telephony_port import Apologise, Instruction
from backend.domain.use_cases.start_call import StartCall
from backend.domain.value_objects.call_id import CallId
from backend.infrastructure.clock import SystemClock
from backend.interfaces.websocket.endpoints.telephony_stream import PhoneStreams, telephony_router
from backend.interfaces.websocket.telephony_door import TelephonyDoor
from tests.support.engines import FixedEngines
from tests.support.keeping import MemoryLog, MemoryRecordings
from tests.support.memory import ManualClock
from tests.support.scripted import ScriptedClips
from tests.support.storage_builders import new_id
from tests.support.telephone_desk import CALLER, LINE, MADRID, Desk, MemoryLines
from tests.support.telephony.carrier_side import CarrierSide
from tests.support.telephony.loopback_side import loopback_side
from tests.support.telephony.signing import PUBLIC_URL
from tests.support.telephony.telnyx_side import telnyx_side
from tests.support.telephony.twilio_side import twilio_side

SideOf = Callable[[], AbstractAsyncContextManager[CarrierSide]]

every = pytest.mark.parametrize(
    "side_of", [twilio_side, telnyx_side, loopback_side], ids=["twilio", "telnyx", "loopback"]
)


@dataclass
class Exchange:
    """A carrier, and what of a server it talks to; tickets are issued and redeemed by ``clock``."""

    side: CarrierSide
    client: TestClient
    clock: ManualClock
    desk: Desk
    log: MemoryLog

    def is_answered(self) -> tuple[str, str]:
        """Have somebody call; return the call, and the ticket that the carrier is answered with."""
        call = self.side.incoming()
        carriers = CarrierRequests({self.side.adapter.name: self.side.adapter}, self.desk.desk)
        offer = self.side.offered(call, CALLER, MADRID.value)
        reply = self._portal.call(carriers.reply_to, self.side.adapter.name, offer)
        ticket = self.side.ticket_of(call, reply)
        assert ticket is not None
        return call, ticket

    def closed_with(self, call: str, ticket: str) -> int:
        """Open the media socket of a call, on which the caller hangs up at once; return its close code, or
        403 if the upgrade is refused."""
        upgrade = self.side.upgrade()
        path = f"/ws/telephone/{self.side.adapter.name}" + ("" if upgrade else f"/{ticket}")
        headers = dict(upgrade.headers) if upgrade else {}
        try:
            with self.client.websocket_connect(path, headers=headers) as socket:
                socket.send_text(self.side.started(call, ticket))
                socket.send_text(self.side.other("stop"))
                while (message := socket.receive())["type"] != "websocket.close":
                    pass
                code: int = message["code"]
                return code
        except WebSocketDisconnect:
            return 403

    def is_left_alone(self, call: str) -> Instruction:
        """Have the carrier say that a call has no media socket; return what is done about it."""
        event = self.side.adapter.parse(self.side.unattended(call))
        assert event is not None
        return self._portal.call(self.desk.desk.decide, self.side.adapter.name, event)

    @property
    def _portal(self) -> BlockingPortal:
        """The way into the server's loop."""
        assert self.client.portal is not None
        return self.client.portal


@contextmanager
def an_exchange(side_of: SideOf) -> Iterator[Exchange]:
    """Yield a server with a number at a carrier."""
    app, clock, log = FastAPI(), ManualClock(), MemoryLog()
    with TestClient(app) as client:
        assert client.portal is not None
        with client.portal.wrap_async_context_manager(side_of()) as side:
            carriers = {side.adapter.name: side.adapter}
            desk = Desk(lines=MemoryLines(replace(LINE, carrier=side.adapter.name)), clock=clock)
            line_clock = SystemClock()
            reception = PhoneReception(
                carriers,
                calls=desk.calls,
                transfers=desk.transfers,
                history=desk.history,
                registry=desk.registry,
                factory=OrchestratorFactory(
                    start_call=StartCall(desk.agents, line_clock, lambda: CallId(new_id())),
                    engines=FixedEngines(),
                    clips=ScriptedClips(),
                    keeping=Keeping(log, MemoryRecordings()),
                    clock=line_clock,
                ),
                clock=line_clock,
            )
            door = TelephonyDoor(carriers, desk.tickets, PUBLIC_URL, clock)
            app.include_router(telephony_router(PhoneStreams(door, reception)))
            try:
                yield Exchange(side, client, clock, desk, log)
            finally:
                client.portal.call(desk.calls.close)


@every
def test_a_media_socket_may_come_a_little_late(side_of: SideOf) -> None:
    with an_exchange(side_of) as exchange:
        call, ticket = exchange.is_answered()
        exchange.clock.advance(59)
        assert exchange.closed_with(call, ticket) == 1000
        assert [each.end_cause for each in exchange.log.calls.values()] == [EndCause.CALLER_HUNG_UP]


@every
def test_one_that_comes_later_is_refused_and_the_caller_hears_an_apology(side_of: SideOf) -> None:
    """It is refused before anything is spent on it; the carrier, whose stream has failed, asks what to do."""
    with an_exchange(side_of) as exchange:
        call, ticket = exchange.is_answered()
        exchange.clock.advance(61)
        assert exchange.closed_with(call, ticket) == (1008 if exchange.side.adapter.signs_upgrades else 403)
        assert exchange.log.calls == {}
        sorry = exchange.is_left_alone(call)
        assert isinstance(sorry, Apologise)
        assert "something went wrong" in sorry.text
        assert len(exchange.desk.registry) == 0  # nor is a place kept for it any more
