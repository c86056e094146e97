"""Telnyx' REST interface, as far as calls go.

Source: https://developers.telnyx.com/api-reference/call-commands, as of November 2026.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from tests.support.telephony.rest_server import RestAnswer, RestRequest, Trouble

API_KEY: Final = "telnyx-key-of-nobody"
CONNECTION_ID: Final = "1494404757140276705"


@dataclass
class TelnyxCall:
    """A leg at Telnyx': how it was ordered (empty if somebody calls us), and the commands it was given since,
    each with its body."""

    call_control_id: str
    order: dict[str, Any] = field(default_factory=dict)
    has_ended: bool = False
    client_state: str | None = None
    commands: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    command_ids: set[str] = field(default_factory=set)

    def bodies(self, action: str) -> list[dict[str, Any]]:
        """Return the bodies of all commands of one kind."""
        return [body for each, body in self.commands if each == action]


class TelnyxRest:
    """One account; see ``Carrier``. A simulator overrides ``placed`` and ``commanded``."""

    def __init__(self) -> None:
        self.requests: list[RestRequest] = []
        self.troubles: list[Trouble] = []
        self.calls: dict[str, TelnyxCall] = {}
        self.numbers: dict[str, str] = {}  # to the application that has them
        self.applications: dict[str, str] = {CONNECTION_ID: ""}  # to where they announce calls

    def incoming(self) -> TelnyxCall:
        """Have somebody call one of our numbers."""
        return self._add(TelnyxCall(f"v3:{secrets.token_urlsafe(24)}"))

    async def placed(self, call: TelnyxCall) -> None:
        """``call`` has been ordered."""

    async def commanded(self, call: TelnyxCall, action: str, body: dict[str, Any]) -> None:
        """``call`` has been given a command."""

    async def handle(self, request: RestRequest) -> RestAnswer:
        """See ``Carrier``."""
        if request.headers.get("authorization") != f"Bearer {API_KEY}":
            return _error(401, "10009")
        match request.method, request.path.removeprefix("/v2/").split("/"):
            case "POST", ["calls"]:
                return await self._place(request.json)
            case "POST", ["calls", call, "actions", action]:
                return await self._command(call, action, request.json)
            case "GET", ["call_control_applications", name] if name in self.applications:
                return RestAnswer(200, {"data": {"id": name, "webhook_event_url": self.applications[name]}})
            case "GET", ["phone_numbers"]:
                owner = self.numbers.get(request.query.get("filter[phone_number]", ""))
                return RestAnswer(200, {"data": [] if owner is None else [{"connection_id": owner}]})
        return _error(404, "10005")

    async def _place(self, order: dict[str, Any]) -> RestAnswer:
        if order["connection_id"] not in self.applications:
            return _error(422, "10015")
        if not re.fullmatch(r"\+[0-9]{7,15}", order["to"]):
            return _error(422, "10016")
        call = self._add(TelnyxCall(f"v3:{secrets.token_urlsafe(24)}", order))
        call.client_state = order.get("client_state")
        await self.placed(call)
        return RestAnswer(200, {"data": {"call_control_id": call.call_control_id, "is_alive": False}})

    async def _command(self, name: str, action: str, body: dict[str, Any]) -> RestAnswer:
        if (call := self.calls.get(name)) is None:
            return _error(404, "10005")
        if call.has_ended:
            return _error(422, "90018")
        if action == "bridge" and self._is_gone(body["call_control_id"]):
            return _error(422, "90018")
        if body["command_id"] not in call.command_ids:
            call.command_ids.add(body["command_id"])
            call.commands.append((action, body))
            call.client_state = body.get("client_state", call.client_state)
            call.has_ended = action in {"hangup", "reject"}
            await self.commanded(call, action, body)
        return RestAnswer(200, {"data": {"result": "ok"}})

    def _is_gone(self, name: str) -> bool:
        call = self.calls.get(name)
        return call is None or call.has_ended

    def _add(self, call: TelnyxCall) -> TelnyxCall:
        return self.calls.setdefault(call.call_control_id, call)


def _error(status: int, code: str) -> RestAnswer:
    detail = f"Something about +34600000000 and {API_KEY}"
    return RestAnswer(status, {"errors": [{"code": code, "title": "Error", "detail": detail}]})
