"""Telnyx' signatures of requests; no I/O.

Ed25519 over ``<timestamp>|<body>`` with a key of the account's, whose public half is in its portal, see
https://developers.telnyx.com/development/api-fundamentals/webhooks/receiving-webhooks. The URL is not signed,
and upgrades of media sockets are not either.
"""

from __future__ import annotations

import binascii
from typing import Final

from backend.domain.errors import ConfigurationError

SIGNATURE_HEADER: Final = "telnyx-signature-ed25519"
TIMESTAMP_HEADER: Final = "telnyx-timestamp"
MOST_SECONDS_OFF: Final = 300  # as Telnyx advises; either way, for clocks differ

_KEY_BYTES: Final = 32
# RFC 8410, section 4: what comes before the key in a SubjectPublicKeyInfo.
_SPKI_PREFIX: Final = bytes.fromhex("302a300506032b6570032100")


def public_key_of(text: str) -> bytes:
    """Return the key that the account's owner has copied, in base64. Raises ``ConfigurationError``."""
    try:
        key = binascii.a2b_base64(text.strip(), strict_mode=True).removeprefix(_SPKI_PREFIX)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ConfigurationError("Telnyx' public key is 32 bytes in base64; copy it from the portal")
    return key


def is_signed(public_key: bytes, *, signature: str, timestamp: str, body: bytes, now_s: float) -> bool:
    """Whether Telnyx has sent ``body`` within the last minutes. Never raises.

    ``timestamp`` and ``signature`` are the headers as they came, ``now_s`` is Unix time.
    """
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 (only where there is such an account)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now_s - int(timestamp)) > MOST_SECONDS_OFF:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(binascii.a2b_base64(signature, strict_mode=True), b"%s|%s" % (timestamp.encode(), body))
    except (InvalidSignature, ValueError):  # not what was signed; no base64, or no key
        return False
    return True
