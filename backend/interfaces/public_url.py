"""The address that a carrier was told, of a request that came to us.

It begins with what is configured and goes on with the path and query of the request. Nothing that a client
says about hosts and schemes is believed: it could sign for one server and send to another.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from starlette.types import Scope

_SOCKET_SCHEMES: Final = {"https": "wss", "http": "ws"}


def public_url(base_url: str, scope: Scope) -> str:
    """Return the address of the request or upgrade in ``scope``; ``base_url`` is ours, without a slash at its
    end."""
    if scope["type"] == "websocket":
        scheme, _, rest = base_url.partition("://")
        base_url = f"{_SOCKET_SCHEMES.get(scheme, scheme)}://{rest}"
    raw_path: bytes = scope.get("raw_path") or quote(scope["path"]).encode("ascii")
    query: bytes = scope.get("query_string", b"")
    return (base_url.encode() + raw_path + (b"?" + query if query else b"")).decode("utf-8", "replace")
