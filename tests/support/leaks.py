"""Keys to be kept secret, and finding them wherever and however they have got out."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, quote_plus


class Keys:
    """Makes keys by name, and knows them again. They look like nobody's, so that no log redacts them."""

    def __init__(self) -> None:
        self._made: Final[dict[str, str]] = {}

    def __getitem__(self, name: str) -> str:
        """Return the key called ``name``, made the first time."""
        # The signs in it differ when they are URL-encoded.
        return self._made.setdefault(name, f"Zq+{secrets.token_hex(6)}/{secrets.token_hex(6)}=K")

    def __iter__(self) -> Iterator[str]:
        """Yield the names of all keys so far."""
        return iter(tuple(self._made))

    def watch(self, name: str, key: str) -> None:
        """Look out for a key that was made elsewhere."""
        self._made[name] = key

    def found_in(self, content: str | bytes) -> set[str]:
        """Return the names of the keys that are in ``content``, each with the form in which it is there."""
        text = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
        return {
            f"{name} ({form})"
            for name, key in self._made.items()
            for form, written in _forms(key)
            if written.encode() in text
        }


def _forms(key: str) -> Iterator[tuple[str, str]]:
    """Yield how ``key`` may be written."""
    yield "in clear", key
    yield "its beginning", key[:12]
    yield "its end", key[-12:]
    yield "URL-encoded", quote(key, safe="")
    yield "URL-encoded but for slashes", quote(key)
    yield "form-encoded", quote_plus(key)
    yield "in hexadecimal", key.encode().hex()
    for shift in range(3):  # it may begin anywhere within the three bytes that make four characters
        encoded = base64.b64encode(b"\0" * shift + key.encode()).decode()
        yield f"in base64, shifted by {shift}", encoded[4 if shift else 0 : -4]
        urlsafe = base64.urlsafe_b64encode(b"\0" * shift + key.encode()).decode()
        yield f"in URL-safe base64, shifted by {shift}", urlsafe[4 if shift else 0 : -4]
