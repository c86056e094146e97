"""The loopback carrier's side of a call; no I/O."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from typing import Any, Final

import orjson

from backend.application.services.telephony.doctor_trial import MediaDoor
from backend.domain.ports.telephony_port import CarrierRequest
from backend.domain.value_objects.audio import PTIME_MS
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.telephony.loopback.loopback_signature import (
    SIGNATURE_HEADER,
    signature_of,
)
from backend.infrastructure.adapters.telephony.public_address import PublicAddress

_JSON: Final = "application/json"


class LoopbackTrial:
    """``CarrierTrial`` on the server at ``address``."""

    def __init__(self, secret: Secret, address: PublicAddress) -> None:
        self._secret = secret
        self._address = address

    def new_call(self) -> str:
        """See ``CarrierTrial``."""
        return secrets.token_hex(16)

    def offered(self, call: str, caller: str, called: str) -> CarrierRequest:
        """See ``CarrierTrial``."""
        return self._request({"event": "offered", "call": call, "from": caller, "to": called})

    def ended(self, call: str) -> CarrierRequest:
        """See ``CarrierTrial``."""
        return self._request({"event": "progressed", "call": call, "status": "completed"})

    def door(self, call: str, answer: bytes) -> MediaDoor | None:
        """See ``CarrierTrial``."""
        decided = _object(answer)
        if decided.get("do") != "connect":
            return None
        url = self._address.media()
        upgrade = CarrierRequest(url, "", {SIGNATURE_HEADER: signature_of(self._secret, url)})
        start = {"event": "start", "call": call, "ticket": str(decided.get("ticket")), "encoding": "mulaw"}
        return MediaDoor(upgrade, (orjson.dumps(start).decode(),))

    def packet(self, number: int, payload: bytes) -> str:
        """See ``CarrierTrial``."""
        audio = b64encode(payload).decode()
        place = {"sequence": number + 1, "timestamp_ms": number * PTIME_MS}
        return orjson.dumps({"event": "media", **place, "payload": audio}).decode()

    def hung_up(self) -> str:
        """See ``CarrierTrial``."""
        return '{"event":"stop"}'

    def played(self, message: str | bytes) -> bytes:
        """See ``CarrierTrial``."""
        told = _object(message)
        return b64decode(str(told.get("payload", ""))) if told.get("event") == "media" else b""

    def _request(self, body: dict[str, str]) -> CarrierRequest:
        url, content = self._address.webhook(), orjson.dumps(body)
        headers = {"content-type": _JSON, SIGNATURE_HEADER: signature_of(self._secret, url, content)}
        return CarrierRequest(url, "", headers, content)


def _object(message: str | bytes) -> dict[str, Any]:
    """Return the object in ``message``, empty if it is none."""
    try:
        body: Any = orjson.loads(message)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}
