"""Telnyx, seen from the other side."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from backend.domain.ports.telephony_port import CarrierReply, CarrierRequest, CarrierStatus
from backend.infrastructure.adapters.telephony.telnyx.telnyx_state import ClientState, Leg
from tests.support.telephony.carrier_side import CarrierSide, audio_of, message_of, packet_of
from tests.support.telephony.rigs import TelnyxRig, telnyx_rig


class TelnyxSide:
    """``CarrierSide``."""

    def __init__(self, rig: TelnyxRig) -> None:
        self.adapter = rig.adapter
        self._rig = rig
        self._rest = rig.rest

    def incoming(self) -> str:
        return self._rest.incoming().call_control_id

    def offered(self, call: str, caller: str, called: str) -> CarrierRequest:
        return self._request("call.initiated", call, direction="incoming", **{"from": caller, "to": called})

    def answered(self, call: str, reference: str) -> CarrierRequest:
        return self._request("call.answered", call, client_state=ClientState(Leg.ORDER, reference).encoded())

    def progressed(self, call: str, status: CarrierStatus, reference: str) -> CarrierRequest:
        state = ClientState(Leg.ORDER, reference).encoded()
        if status is CarrierStatus.RINGING:
            return self._request("call.initiated", call, direction="outgoing", client_state=state)
        causes = {
            CarrierStatus.COMPLETED: "normal_clearing",
            CarrierStatus.BUSY: "user_busy",
            CarrierStatus.NO_ANSWER: "timeout",
            CarrierStatus.FAILED: "not_found",
            CarrierStatus.CANCELLED: "originator_cancel",
        }
        return self._request("call.hangup", call, hangup_cause=causes[status], client_state=state)

    def unattended(self, call: str) -> CarrierRequest:
        return self._request("streaming.failed", call)

    def nonsense(self) -> list[CarrierRequest]:
        signer, now_s = self._rig.signer, self._rig.now_s
        return [signer.signed(b"{}", now_s=now_s), signer.request("call.answered", now_s=now_s)]

    def upgrade(self) -> CarrierRequest | None:
        return None

    def ticket_of(self, call: str, reply: CarrierReply) -> str | None:
        actions = ("answer", "streaming_start")
        bodies = [body for action in actions for body in self._rest.calls[call].bodies(action)]
        urls = [str(body["stream_url"]) for body in bodies if "stream_url" in body]
        return urls[-1].rpartition("/")[2] if urls else None

    def placed(self, call: str) -> tuple[str, str, int]:
        order = self._rest.calls[call].order
        return order["to"], order["from"], order["time_limit_secs"]

    def has_ended(self, call: str) -> bool:
        return self._rest.calls[call].has_ended

    def forwarded_to(self, call: str) -> str | None:
        bodies = self._rest.calls[call].bodies("transfer")
        return bodies[-1]["to"] if bodies else None

    def started(self, call: str, ticket: str) -> str:
        media_format = {"encoding": "PCMU", "sample_rate": 8000, "channels": 1}
        start = {"call_control_id": call, "media_format": media_format}
        return json.dumps({"event": "start", "start": start})

    def packet(self, audio: bytes, number: int) -> str:
        return packet_of(audio, number)

    def other(self, event: str, **content: str) -> str:
        return message_of(event, content)

    def plays(self, message: str) -> bytes | None:
        return audio_of(message)

    def _request(self, event_type: str, call: str, **payload: Any) -> CarrierRequest:
        return self._rig.signer.request(event_type, now_s=self._rig.now_s, call_control_id=call, **payload)


@asynccontextmanager
async def telnyx_side() -> AsyncIterator[CarrierSide]:
    """Yield a Telnyx."""
    async with telnyx_rig() as rig:
        yield TelnyxSide(rig)
