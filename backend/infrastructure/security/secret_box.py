"""Secrets at rest: AES-256-GCM (NIST SP 800-38D) under a master key, bound to what they belong to.

A sealed secret is text: ``v1:<master key's id>:<base64 of nonce, ciphertext and tag>``. The nonce has 96
random bits (section 8.2.2), which is good for 2³² secrets a key. Authenticated with it are the first two
parts and a *binding* that the caller gives and that is not stored: with any other binding it does not open.
So a row of a database that is edited to belong to somebody else, or to send its key elsewhere, holds a key
no longer.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import Final

from backend.domain.errors import ConfigurationError
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.security.master_keys import MasterKey, MasterKeys

_VERSION: Final = "v1"
_NONCE_BYTES: Final = 12


class SecretBox:
    """Seals and opens secrets. The first use may read or make a file; the others only calculate."""

    def __init__(self, keys: MasterKeys) -> None:
        self._keys: Final = keys

    def seal(self, secret: Secret, binding: bytes) -> str:
        """Return ``secret`` encrypted with the current master key.

        Raises ``StorageError`` or ``ConfigurationError`` (``master-key``) if there is no master key to use.
        """
        # Imported here: it takes 0.05 s, and a server without accounts never needs it.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        key = self._keys.current()
        head = f"{_VERSION}:{key.id}"
        nonce = secrets.token_bytes(_NONCE_BYTES)
        body = AESGCM(key.material).encrypt(nonce, secret.reveal().encode(), _authenticated(head, binding))
        return f"{head}:{base64.b64encode(nonce + body).decode()}"

    def open(self, sealed: str, binding: bytes) -> Secret:
        """Return the secret in ``sealed``.

        Raises ``ConfigurationError``: ``secret-unreadable`` if its master key is gone, it was sealed with
        another binding or it is damaged; ``master-key`` if the master keys themselves cannot be read.
        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        head, _, encoded = sealed.rpartition(":")
        key = self._key_of(head)
        try:
            body = base64.b64decode(encoded, validate=True)
            cipher = AESGCM(key.material)
            opened = cipher.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], _authenticated(head, binding))
            return Secret(opened.decode())
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise unreadable("it is damaged, or it was stored for another account or address") from error

    def is_current(self, sealed: str) -> bool:
        """Whether ``sealed`` was made with the master key that is the current one."""
        keys = self._keys.all()
        return bool(keys) and sealed.startswith(f"{_VERSION}:{keys[0].id}:")

    def _key_of(self, head: str) -> MasterKey:
        for key in self._keys.all():
            if head == f"{_VERSION}:{key.id}":
                return key
        raise unreadable("the master key that it was encrypted with is not here")


def unreadable(why: str) -> ConfigurationError:
    """Return what to raise for a stored secret that does not open."""
    return ConfigurationError(
        f"A stored key cannot be read: {why}. Enter the key again.", code="secret-unreadable"
    )


def _authenticated(head: str, binding: bytes) -> bytes:
    """Return the associated data; ``head`` has no zero byte, so that the two cannot run into each other."""
    return head.encode() + b"\0" + binding
