"""What an owner may write where an address, a region or a key is asked for.

One set of rules for the environment and for accounts that come in through the API. ``ValueError`` says what
is expected and never repeats what was given: it may hold a password.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

HTTP: Final = frozenset({"http", "https"})
HTTP_OR_WEBSOCKET: Final = HTTP | {"ws", "wss"}

_REGION: Final = re.compile(r"[a-z0-9]{1,40}")  # becomes part of a host name
_KEY: Final = re.compile(r"[\x21-\x7e]{1,500}")  # goes into a header: one word of ASCII
_URL: Final = re.compile(r"[\x21-\x7e]+")


def checked_url(
    url: str, *, example: str = "https://voice.example.com", schemes: Collection[str] = HTTP
) -> str:
    """Return ``url`` without its last slash: scheme, host, perhaps a port and a path, nothing else."""
    complaint = f"this must be an address such as {example}"
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket or a port that is none
        raise ValueError(complaint) from None
    if not is_whole or not _URL.fullmatch(url) or "?" in url or "#" in url or "\\" in url:
        raise ValueError(complaint)
    if "@" in parts.netloc:
        raise ValueError(f"{complaint}, without a user or password in it")
    return url.rstrip("/")


def checked_region(region: str) -> str:
    """Return ``region`` if it is the name of one of a cloud's regions."""
    if not _REGION.fullmatch(region):
        raise ValueError("this must be a region such as westeurope")
    return region


def is_key(key: str) -> bool:
    """Whether ``key`` can be sent to a provider at all."""
    return _KEY.fullmatch(key) is not None
