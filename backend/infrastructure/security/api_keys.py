"""API keys as text: how they are made, recognised and proved.

A key is ``vk_`` and 43 URL-safe characters: 256 random bits. Its first eleven characters are the public
prefix it is found by (48 bits), which leaves more than 200 secret ones. A plain SHA-256 proves it: there
is nothing to guess in random bits, so a slow hash would only slow the server down.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Final

from backend.application.services.api_keys import MintedKey
from backend.domain.value_objects.secret import Secret

_RANDOM_BYTES: Final = 32
_PREFIX_CHARACTERS: Final = 11
_SHAPE: Final = re.compile(r"vk_[A-Za-z0-9_-]{43}")


def new_key() -> str:
    """Return a new key. It is shown once; only ``digest_of`` it is stored."""
    return f"vk_{secrets.token_urlsafe(_RANDOM_BYTES)}"


def looks_like_key(text: str) -> bool:
    """Whether ``text`` could be a key at all, so that nonsense never reaches the database."""
    return _SHAPE.fullmatch(text) is not None


def prefix_of(key: str) -> str:
    """Return the public beginning of ``key``."""
    return key[:_PREFIX_CHARACTERS]


def mint_key() -> MintedKey:
    """Return a new key with what is stored of it."""
    key = new_key()
    return MintedKey(Secret(key), prefix_of(key), digest_of(key))


def digest_of(key: str) -> str:
    """Return the one-way digest of ``key``, in hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()
