"""Keys of services that are sent in a header."""

from __future__ import annotations


def fits_a_header(key: str) -> bool:
    """Whether ``key`` can be sent at all (RFC 9110, 5.5). What cannot would be quoted by the library that
    refuses to send it."""
    return key.isascii() and key.isprintable() and key == key.strip()
