"""The connections to a chat-completions server.

A handshake over TLS costs two round trips and more that the caller would hear as silence before an answer.
So a connection waits for the next turn much longer than the HTTP library would let it, which is five seconds,
and TCP keeps it alive in the eyes of the routers on the way.

Nothing goes where the owner did not send it. A redirect is never followed: it would take the key and the
caller's words elsewhere. And the SDKs take headers, organisations and keys from the environment, which are
those of whoever runs this machine, and not for whichever server a tenant names: they are not sent.
"""

from __future__ import annotations

import socket
from collections.abc import MutableMapping, Sequence
from types import ModuleType
from typing import Any, Final, Protocol
from urllib.request import getproxies

# Load balancers drop what was idle for four minutes (Azure's) to six (Amazon's).
KEEPALIVE_S: Final = 230.0
_MOST_IDLE: Final = 100
_MOST: Final = 1_000
# When TCP asks whether the peer is still there, and how often in vain. Not every system has all of them.
_TCP_KEEPALIVE: Final = {"TCP_KEEPIDLE": 45, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 3}


_CREDENTIALS: Final = frozenset({"authorization", "api-key"})
_HEADERS: Final = _CREDENTIALS | {
    "host",
    "user-agent",
    "accept",
    "accept-encoding",
    "connection",
    "content-type",
    "content-length",
}


class _Request(Protocol):
    """A request of the HTTP library, about to be sent."""

    @property
    def headers(self) -> MutableMapping[str, str]: ...


class _Connection(Protocol):
    """A connection of the HTTP library's pool."""

    def is_idle(self) -> bool: ...
    def has_expired(self) -> bool: ...


class ChatHttp:
    """One pool of connections, made with ``library``, which is ``httpx`` or ``httpx2``, for one ``key``.

    ``options`` are those of the library's ``AsyncClient``. Making it takes tens of milliseconds, for the
    certificates: not for the event loop.
    """

    def __init__(self, library: ModuleType, key: str) -> None:
        self._key = key
        limits = library.Limits(
            max_connections=_MOST, max_keepalive_connections=_MOST_IDLE, keepalive_expiry=KEEPALIVE_S
        )
        # Only the library itself reads the proxies of the environment, and only without a transport of ours.
        has_proxy = any(scheme != "no" for scheme in getproxies())
        self._transport: Any = (
            None if has_proxy else library.AsyncHTTPTransport(limits=limits, socket_options=_socket_options())
        )
        self.options: Final[dict[str, Any]] = {
            "limits": limits,
            "transport": self._transport,
            "follow_redirects": False,
            "event_hooks": {"request": [self._strip]},
        }

    @property
    def has_idle(self) -> bool:
        """Whether a connection waits for the next request; False where that is not known, as with a proxy."""
        # The pool tells, but nothing public leads to it.
        pool = getattr(self._transport, "_pool", None)
        connections: Sequence[_Connection] = getattr(pool, "connections", ())
        return any(connection.is_idle() and not connection.has_expired() for connection in connections)

    async def _strip(self, request: _Request) -> None:
        """Leave only what belongs to the request: known headers, and our key."""
        for name, value in list(request.headers.items()):
            is_foreign = name in _CREDENTIALS and value.removeprefix("Bearer ") != self._key
            if name not in _HEADERS or is_foreign:
                del request.headers[name]


def _socket_options() -> list[tuple[int, int, int]]:
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
    for name, value in _TCP_KEEPALIVE.items():
        if (option := getattr(socket, name, None)) is not None:
            options.append((socket.IPPROTO_TCP, option, value))
    return options
