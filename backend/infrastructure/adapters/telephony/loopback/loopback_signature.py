"""Signatures of the loopback carrier: HMAC-SHA256 over path, query and body, in hexadecimal.

The address of the server is not in it: on a loopback there is nobody in between who could change it, and the
same server answers to several (``localhost``, ``127.0.0.1``, ``[::1]``).
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from backend.domain.ports.telephony_port import CarrierRequest
from backend.domain.value_objects.secret import Secret

SIGNATURE_HEADER: Final = "x-loopback-signature"


def signature_of(secret: Secret, url: str, body: bytes = b"") -> str:
    """Return the signature of a request, or (without a body) of an upgrade."""
    parts = urlsplit(url)
    signed = f"{parts.path}?{parts.query}\n".encode() + body
    return hmac.new(secret.reveal().encode(), signed, sha256).hexdigest()


def is_signed(secret: Secret, request: CarrierRequest) -> bool:
    """Whether whoever knows ``secret`` sent ``request``. In constant time; never raises."""
    given = request.headers.get(SIGNATURE_HEADER, "")
    try:
        expected = signature_of(secret, request.url, request.body)
    except ValueError:  # no URL
        return False
    return bool(secret) and hmac.compare_digest(expected.encode(), given.encode())
