"""Twilio's REST interface, as far as calls go.

Source: https://www.twilio.com/docs/voice/api/call-resource, as of November 2026.
"""

from __future__ import annotations

import re
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Final

from tests.support.telephony.rest_server import RestAnswer, RestRequest, Trouble

ACCOUNT_SID: Final = "AC" + "0" * 32
AUTH_TOKEN: Final = "twilio-token-of-nobody"
_ENDS: Final = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


@dataclass
class TwilioCall:
    """A call at Twilio's: how it was ordered (empty if somebody calls us) and what was changed since."""

    sid: str
    order: dict[str, list[str]] = field(default_factory=dict)
    status: str = "in-progress"
    time_limit: str = ""
    documents: list[str] = field(default_factory=list)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.status in _ENDS


class TwilioRest:
    """One account; see ``Carrier``. A simulator overrides ``placed`` and ``changed``."""

    def __init__(self) -> None:
        self.requests: list[RestRequest] = []
        self.troubles: list[Trouble] = []
        self.calls: dict[str, TwilioCall] = {}
        self.status = "active"
        self.numbers: dict[str, dict[str, str]] = {}
        self.applications: dict[str, str] = {}

    def incoming(self) -> TwilioCall:
        """Have somebody call one of our numbers."""
        return self._add(TwilioCall(f"CA{secrets.token_hex(16)}", status="ringing"))

    async def placed(self, call: TwilioCall) -> None:
        """``call`` has been ordered."""

    async def changed(self, call: TwilioCall) -> None:
        """``call`` has been ended, redirected or limited."""

    async def handle(self, request: RestRequest) -> RestAnswer:
        """See ``Carrier``."""
        credentials = b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {credentials}":
            return _error(401, 20003)
        below = request.path.removeprefix(f"/2010-04-01/Accounts/{ACCOUNT_SID}")
        match request.method, below.strip("/").split("/"):
            case "GET", [".json"]:
                return RestAnswer(200, {"sid": ACCOUNT_SID, "status": self.status})
            case "POST", ["Calls.json"]:
                return await self._place(request)
            case "POST", ["Calls", name]:
                return await self._change(name.removesuffix(".json"), request)
            case "GET", ["IncomingPhoneNumbers.json"]:
                owned = self.numbers.get(request.query.get("PhoneNumber", ""))
                return RestAnswer(200, {"incoming_phone_numbers": [] if owned is None else [owned]})
            case "GET", ["Applications", name] if (sid := name.removesuffix(".json")) in self.applications:
                return RestAnswer(200, {"sid": sid, "voice_url": self.applications[sid]})
        return _error(404, 20404)

    async def _place(self, request: RestRequest) -> RestAnswer:
        form = request.form
        if not re.fullmatch(r"\+[0-9]{7,15}", form["To"][0]):
            return _error(400, 21211)
        call = self._add(TwilioCall(f"CA{secrets.token_hex(16)}", form, "queued", form["TimeLimit"][0]))
        await self.placed(call)
        return RestAnswer(201, {"sid": call.sid, "status": call.status})

    async def _change(self, sid: str, request: RestRequest) -> RestAnswer:
        if (call := self.calls.get(sid)) is None:
            return _error(404, 20404)
        form = request.form
        if call.has_ended:
            return _error(400, 21220)
        call.status = form.get("Status", [call.status])[0]
        call.time_limit = form.get("TimeLimit", [call.time_limit])[0]
        call.documents += form.get("Twiml", [])
        await self.changed(call)
        return RestAnswer(200, {"sid": call.sid, "status": call.status})

    def _add(self, call: TwilioCall) -> TwilioCall:
        return self.calls.setdefault(call.sid, call)


def _error(status: int, code: int) -> RestAnswer:
    message = f"Something about +34600000000 and {AUTH_TOKEN}"
    return RestAnswer(status, {"code": code, "message": message, "status": status})
