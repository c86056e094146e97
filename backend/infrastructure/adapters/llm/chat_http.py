"""The connections to a chat-completions server: those of ``http_pool``, for an SDK.

The SDKs take headers, organisations and keys from the environment, which are those of whoever runs this
machine, and not for whichever server a tenant names: they are not sent.
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from types import ModuleType
from typing import Any, Final, Protocol

from backend.infrastructure.adapters.http_pool import pool_options

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
        options = pool_options(library)
        self._transport: Any = options["transport"]
        self.options: Final[dict[str, Any]] = options | {"event_hooks": {"request": [self._strip]}}

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
