"""The carrier without anybody outside, and a signed request to it."""

from __future__ import annotations

from backend.domain.ports.telephony_port import CarrierRequest
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.telephony.loopback.loopback_adapter import LoopbackAdapter
from backend.infrastructure.adapters.telephony.loopback.loopback_signature import (
    SIGNATURE_HEADER,
    signature_of,
)

SECRET = Secret("s" * 64)
URL = "http://127.0.0.1:8000/webhook/loopback"


def request(body: bytes = b"{}", *, url: str = URL, signature: str | None = None) -> CarrierRequest:
    signature = signature_of(SECRET, url, body) if signature is None else signature
    return CarrierRequest(url, "", {SIGNATURE_HEADER: signature}, body)


def adapter() -> LoopbackAdapter:
    return LoopbackAdapter(SECRET, "http://127.0.0.1:8000")
