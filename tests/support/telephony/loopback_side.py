"""The loopback carrier, seen from the other side."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson

from backend.domain.ports.telephony_port import (
    CarrierReply,
    CarrierRequest,
    CarrierStatus,
    DialRequest,
    TransferRequest,
)
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.telephony.loopback.loopback_adapter import LoopbackAdapter
from backend.infrastructure.adapters.telephony.loopback.loopback_signature import (
    SIGNATURE_HEADER,
    signature_of,
)
from tests.support.telephony.carrier_side import CarrierSide
from tests.support.telephony.signing import PUBLIC_URL


class LoopbackSide:
    """``CarrierSide``, and the telephone that everybody calls."""

    def __init__(self) -> None:
        self._secret = Secret("loopback-secret-of-nobody")
        self.adapter = LoopbackAdapter(self._secret, PUBLIC_URL)
        self._orders: dict[str, DialRequest] = {}
        self._ended: set[str] = set()
        self._forwarded: dict[str, str] = {}
        self.adapter.exchange.register(PhoneNumber("+34910000000"), self)

    def rings(self, carrier_call_id: str, request: DialRequest) -> None:
        self._orders[carrier_call_id] = request

    def was_hung_up(self, carrier_call_id: str) -> None:
        self._ended.add(carrier_call_id)

    def was_put_through(self, carrier_call_id: str, request: TransferRequest) -> None:
        self._forwarded[carrier_call_id] = str(request.destination.number)

    def heard_keys(self, carrier_call_id: str, keys: str) -> None:
        """Keys are tried elsewhere."""

    def incoming(self) -> str:
        call = f"loop{len(self._orders) + len(self._ended)}"
        self.adapter.exchange.has_joined(call, self)
        return call

    def offered(self, call: str, caller: str, called: str) -> CarrierRequest:
        return self._request({"event": "offered", "call": call, "from": caller, "to": called})

    def answered(self, call: str, reference: str) -> CarrierRequest:
        return self._request({"event": "answered", "call": call, "reference": reference})

    def progressed(self, call: str, status: CarrierStatus, reference: str) -> CarrierRequest:
        return self._request({"event": "progressed", "call": call, "status": status, "reference": reference})

    def unattended(self, call: str) -> CarrierRequest:
        return self._request({"event": "unattended", "call": call})

    def nonsense(self) -> list[CarrierRequest]:
        return [self._request([]), self._request({"event": "offered"})]

    def upgrade(self) -> CarrierRequest | None:
        url = f"{PUBLIC_URL.replace('https', 'wss')}/ws/telephone/loopback"
        return CarrierRequest(url, "", {SIGNATURE_HEADER: signature_of(self._secret, url)})

    def ticket_of(self, call: str, reply: CarrierReply) -> str | None:
        ticket: str | None = orjson.loads(reply.body).get("ticket")
        return ticket

    def placed(self, call: str) -> tuple[str, str, int]:
        order = self._orders[call]
        return str(order.to), str(order.caller_id), order.max_seconds

    def has_ended(self, call: str) -> bool:
        return call in self._ended

    def forwarded_to(self, call: str) -> str | None:
        return self._forwarded.get(call)

    def started(self, call: str, ticket: str) -> str:
        return json.dumps({"event": "start", "call": call, "ticket": ticket, "encoding": "mulaw"})

    def packet(self, audio: bytes, number: int) -> str:
        payload = b64encode(audio).decode()
        packet = {"event": "media", "sequence": number, "timestamp_ms": 20 * number, "payload": payload}
        return json.dumps(packet)

    def other(self, event: str, **content: str) -> str:
        return json.dumps({"event": event, **content})

    def plays(self, message: str) -> bytes | None:
        body = json.loads(message)
        return b64decode(body["payload"]) if body["event"] == "media" else None

    def _request(self, body: object) -> CarrierRequest:
        url, content = f"{PUBLIC_URL}/webhook/loopback", orjson.dumps(body)
        signature = signature_of(self._secret, url, content)
        return CarrierRequest(url, "", {SIGNATURE_HEADER: signature}, content)


@asynccontextmanager
async def loopback_side() -> AsyncIterator[CarrierSide]:
    """Yield a loopback."""
    side = LoopbackSide()
    yield side
    await side.adapter.aclose()
