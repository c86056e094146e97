"""Twilio, seen from the other side."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from xml.etree.ElementTree import fromstring

from backend.domain.ports.telephony_port import CarrierReply, CarrierRequest, CarrierStatus
from tests.support.telephony.carrier_side import CarrierSide, audio_of, message_of, packet_of
from tests.support.telephony.rigs import TwilioRig, twilio_rig
from tests.support.telephony.signing import twilio_request, twilio_upgrade
from tests.support.telephony.twilio_rest import ACCOUNT_SID


class TwilioSide:
    """``CarrierSide``."""

    def __init__(self, rig: TwilioRig) -> None:
        self.adapter = rig.adapter
        self._rest = rig.rest

    def incoming(self) -> str:
        return self._rest.incoming().sid

    def offered(self, call: str, caller: str, called: str) -> CarrierRequest:
        return twilio_request("voice", CallSid=call, From=caller, To=called)

    def answered(self, call: str, reference: str) -> CarrierRequest:
        return twilio_request(f"answered/{reference}", CallSid=call)

    def progressed(self, call: str, status: CarrierStatus, reference: str) -> CarrierRequest:
        names = {CarrierStatus.ANSWERED: "in-progress", CarrierStatus.CANCELLED: "canceled"}
        return twilio_request(f"status/{reference}", CallSid=call, CallStatus=names.get(status, status))

    def unattended(self, call: str) -> CarrierRequest:
        return twilio_request("unattended", CallSid=call)

    def nonsense(self) -> list[CarrierRequest]:
        return [twilio_request("voice"), twilio_request("elsewhere", CallSid="CA1")]

    def upgrade(self) -> CarrierRequest | None:
        return twilio_upgrade()

    def ticket_of(self, call: str, reply: CarrierReply) -> str | None:
        parameter = fromstring(reply.body).find("Connect/Stream/Parameter")
        return None if parameter is None else parameter.attrib["value"]

    def placed(self, call: str) -> tuple[str, str, int]:
        order = self._rest.calls[call].order
        return order["To"][0], order["From"][0], int(order["TimeLimit"][0])

    def has_ended(self, call: str) -> bool:
        return self._rest.calls[call].has_ended

    def forwarded_to(self, call: str) -> str | None:
        documents = self._rest.calls[call].documents
        return fromstring(documents[-1]).findtext("Dial/Number") if documents else None

    def started(self, call: str, ticket: str) -> str:
        start = {
            "accountSid": ACCOUNT_SID,
            "callSid": call,
            "streamSid": "MZ1",
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"ticket": ticket},
        }
        return json.dumps({"event": "start", "start": start})

    def packet(self, audio: bytes, number: int) -> str:
        return packet_of(audio, number)

    def other(self, event: str, **content: str) -> str:
        return message_of(event, content)

    def plays(self, message: str) -> bytes | None:
        return audio_of(message)


@asynccontextmanager
async def twilio_side() -> AsyncIterator[CarrierSide]:
    """Yield a Twilio."""
    async with twilio_rig() as rig:
        yield TwilioSide(rig)
