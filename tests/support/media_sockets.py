"""A server for carriers' media sockets, and what a carrier sends on them."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from backend.application.factories.orchestrator_factory import OrchestratorFactory
from backend.application.services.call_services import Keeping
from backend.application.services.telephony.reception import PhoneReception
from backend.domain.entities.call import Call, Direction
from backend.domain.ports.ticket_port import PhoneGrant
from backend.domain.use_cases.start_call import StartCall
from backend.domain.value_objects.call_id import CallId
from backend.infrastructure.clock import SystemClock
from backend.interfaces.websocket.endpoints.telephony_stream import PhoneStreams, telephony_router
from backend.interfaces.websocket.telephony_door import TelephonyDoor
from tests.support.engines import FixedEngines
from tests.support.keeping import MemoryLog, MemoryRecordings
from tests.support.scripted import ScriptedClips
from tests.support.storage_builders import new_id
from tests.support.telephone_desk import AGENT, CALL, CALLER, CARRIER, MADRID, Desk, MemoryCarrier

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
