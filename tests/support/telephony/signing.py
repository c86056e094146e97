"""Requests as the carriers sign them."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.domain.ports.telephony_port import CarrierRequest
from backend.infrastructure.adapters.telephony.twilio.twilio_signature import FORM, signature_of
from tests.support.telephony.twilio_rest import ACCOUNT_SID, AUTH_TOKEN

PUBLIC_URL: Final = "https://calls.example.com/voice"


def twilio_request(path: str, *, token: str = AUTH_TOKEN, **fields: str) -> CarrierRequest:
    """Return a form that Twilio posts to ``/webhook/twilio/<path>``; ``AccountSid`` is ours unless given."""
    form = {"AccountSid": ACCOUNT_SID, **fields}
    url = f"{PUBLIC_URL}/webhook/twilio/{path}"
    signature = signature_of(token, url, form.items())
    headers = {"content-type": FORM, "x-twilio-signature": signature}
    return CarrierRequest(url, path, headers, urlencode(form).encode())


def twilio_upgrade(*, token: str = AUTH_TOKEN) -> CarrierRequest:
    """Return the upgrade of a media socket as Twilio signs it."""
    url = f"{PUBLIC_URL.replace('https', 'wss')}/ws/telephone/twilio"
    return CarrierRequest(url, "", {"x-twilio-signature": signature_of(token, url)})


class TelnyxSigner:
    """An account's signing key."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()

    @property
    def public_key(self) -> str:
        """What the portal shows."""
        return b64encode(self._key.public_key().public_bytes_raw()).decode()

    def request(self, event_type: str, *, now_s: int, **payload: Any) -> CarrierRequest:
        """Return an event as Telnyx posts it."""
        event = {"event_type": event_type, "id": "e", "payload": payload, "record_type": "event"}
        return self.signed(orjson.dumps({"data": event, "meta": {"attempt": 1}}), now_s=now_s)

    def signed(self, body: bytes, *, now_s: int) -> CarrierRequest:
        """Return a request with ``body``."""
        signature = b64encode(self._key.sign(b"%d|%s" % (now_s, body))).decode()
        headers = {"telnyx-signature-ed25519": signature, "telnyx-timestamp": str(now_s)}
        return CarrierRequest(f"{PUBLIC_URL}/webhook/telnyx", "", headers, body)
