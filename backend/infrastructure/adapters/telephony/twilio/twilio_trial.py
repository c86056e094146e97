"""Twilio's side of a call, for whoever has the account's token; no I/O.

Messages: https://www.twilio.com/docs/voice/media-streams/websocket-messages, as of November 2026.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode
from xml.etree.ElementTree import ParseError, fromstring

import orjson

from backend.application.services.telephony.doctor_trial import MediaDoor
from backend.domain.ports.telephony_port import CarrierRequest
from backend.domain.value_objects.audio import PTIME_MS
from backend.infrastructure.adapters.telephony.public_address import PublicAddress
from backend.infrastructure.adapters.telephony.twilio.twilio_adapter import TwilioAccount
from backend.infrastructure.adapters.telephony.twilio.twilio_signature import (
    FORM,
    SIGNATURE_HEADER,
    signature_of,
)
from backend.infrastructure.adapters.telephony.twilio.twilio_twiml import TICKET
from backend.infrastructure.adapters.telephony.twilio.twilio_webhooks import Hook

_FORMAT: Final = {"encoding": "audio/x-mulaw", "sampleRate": 8_000, "channels": 1}


class TwilioTrial:
    """``CarrierTrial`` for one call after the other on the server at ``address``."""

    def __init__(self, account: TwilioAccount, address: PublicAddress) -> None:
        self._account = account
        self._address = address
        self._stream_sid = f"MZ{secrets.token_hex(16)}"

    def new_call(self) -> str:
        """See ``CarrierTrial``."""
        return f"CA{secrets.token_hex(16)}"

    def offered(self, call: str, caller: str, called: str) -> CarrierRequest:
        """See ``CarrierTrial``."""
        parties = {"From": caller, "To": called}
        return self._request(Hook.VOICE, CallSid=call, CallStatus="ringing", Direction="inbound", **parties)

    def ended(self, call: str) -> CarrierRequest:
        """See ``CarrierTrial``."""
        return self._request(Hook.STATUS, CallSid=call, CallStatus="completed")

    def door(self, call: str, answer: bytes) -> MediaDoor | None:
        """See ``CarrierTrial``. The ``url`` that the answer names is not followed: a signature is for our own
        address alone."""
        try:
            stream = fromstring(answer).find("Connect/Stream")  # noqa: S314 - it resolves no entities of files
        except ParseError:
            return None
        if stream is None:
            return None
        parameters = {parameter.get("name"): parameter.get("value") for parameter in stream.iter("Parameter")}
        url = self._address.media()
        signature = signature_of(self._account.auth_token.reveal(), url)
        opening = {
            "event": "start",
            "sequenceNumber": "1",
            "streamSid": self._stream_sid,
            "start": {
                "accountSid": self._account.account_sid,
                "callSid": call,
                "streamSid": self._stream_sid,
                "tracks": ["inbound"],
                "mediaFormat": _FORMAT,
                "customParameters": {TICKET: parameters.get(TICKET) or ""},
            },
        }
        connected = {"event": "connected", "protocol": "Call", "version": "1.0.0"}
        return MediaDoor(
            CarrierRequest(url, "", {SIGNATURE_HEADER: signature}),
            (_text(connected), _text(opening)),
        )

    def packet(self, number: int, payload: bytes) -> str:
        """See ``CarrierTrial``."""
        media = {
            "track": "inbound",
            "chunk": str(number + 1),
            "timestamp": str(number * PTIME_MS),
            "payload": b64encode(payload).decode(),
        }
        return self._message("media", number + 2, media=media)

    def hung_up(self) -> str:
        """See ``CarrierTrial``."""
        return self._message("stop", 0, stop={"accountSid": self._account.account_sid})

    def played(self, message: str | bytes) -> bytes:
        """See ``CarrierTrial``."""
        try:
            body: Any = orjson.loads(message)
            return b64decode(body["media"]["payload"]) if body["event"] == "media" else b""
        except (ValueError, KeyError, TypeError):
            return b""

    def _message(self, event: str, number: int, **content: object) -> str:
        return _text(
            {"event": event, "sequenceNumber": str(number), "streamSid": self._stream_sid, **content}
        )

    def _request(self, hook: Hook, **fields: str) -> CarrierRequest:
        form = {"AccountSid": self._account.account_sid, "ApiVersion": "2010-04-01", **fields}
        url = self._address.webhook(hook)
        signature = signature_of(self._account.auth_token.reveal(), url, form.items())
        headers = {"content-type": FORM, SIGNATURE_HEADER: signature}
        return CarrierRequest(url, hook, headers, urlencode(form).encode())


def _text(body: Mapping[str, object]) -> str:
    return orjson.dumps(body).decode()
