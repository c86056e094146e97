"""The connections to a service over HTTP.

A handshake over TLS costs two round trips and more that the caller would hear as silence. So a connection
waits for the next turn much longer than the HTTP library would let it, which is five seconds, and TCP keeps
it alive in the eyes of the routers on the way. A redirect is never followed: it would take the key and the
caller's words to where the owner did not send them.

httpx is imported when it is first needed, and its client made in a thread: the certificates take a tenth of a
second to read.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final
from urllib.request import getproxies

from backend.domain.errors import ProviderError
from backend.infrastructure.adapters.service_errors import (
    closed,
    connection_failed,
    connection_timed_out,
    not_understood,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

# Load balancers drop what was idle for four minutes (Azure's) to six (Amazon's).
KEEPALIVE_S: Final = 230.0
_MOST_IDLE: Final = 100
_MOST: Final = 1_000
# When TCP asks whether the peer is still there, and how often in vain. Not every system has all of them.
_TCP_KEEPALIVE: Final = {"TCP_KEEPIDLE": 45, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 3}


def pool_options(library: ModuleType) -> dict[str, Any]:
    """Return the options of an ``AsyncClient`` of ``library``, which is ``httpx`` or ``httpx2``.

    Takes tens of milliseconds, for the certificates: not for the event loop.
    """
    limits = library.Limits(
        max_connections=_MOST, max_keepalive_connections=_MOST_IDLE, keepalive_expiry=KEEPALIVE_S
    )
    # Only the library itself reads the proxies of the environment, and only without a transport of ours.
    has_proxy = any(scheme != "no" for scheme in getproxies())
    transport = (
        None if has_proxy else library.AsyncHTTPTransport(limits=limits, socket_options=_socket_options())
    )
    return {"limits": limits, "transport": transport, "follow_redirects": False}


class HttpPool:
    """One pool of connections to ``provider``; belongs to the event loop that first uses it.

    ``headers`` go with every request. Only connecting is limited in time, by ``connect_timeout_s``.
    """

    def __init__(
        self, provider: str, headers: Mapping[str, str], *, connect_timeout_s: float | None = None
    ) -> None:
        self._provider = provider
        self._headers = dict(headers)
        self._connect_timeout_s = connect_timeout_s
        self._making = asyncio.Lock()
        self._client: httpx.AsyncClient | None = None
        self._is_closed = False

    async def load(self) -> httpx.AsyncClient:
        """Return the client, made if there is none yet.

        Raises ``ProviderError`` after ``aclose``, or when the environment names a proxy or certificates that
        are no use.
        """
        async with self._making:
            if self._client is None and not self._is_closed:
                self._client = await self._made()
        if self._client is None or self._is_closed:
            raise closed(self._provider)
        return self._client

    async def aclose(self) -> None:
        """Close all connections; answers under way break off. Idempotent."""
        self._is_closed = True
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _made(self) -> httpx.AsyncClient:
        try:
            return await asyncio.to_thread(self._new_client)
        except (ImportError, OSError, ValueError) as error:  # httpx, certificates or a proxy that is no use
            detail = f"the HTTP client cannot be made ({type(error).__name__})"
            raise ProviderError(self._provider, detail, code="sdk-not-loaded", retryable=False) from error

    def _new_client(self) -> httpx.AsyncClient:
        import httpx  # noqa: PLC0415 (see the module's docstring)

        timeout = httpx.Timeout(None, connect=self._connect_timeout_s)
        return httpx.AsyncClient(headers=self._headers, timeout=timeout, **pool_options(httpx))


@contextmanager
def translated(provider: str) -> Iterator[None]:
    """Turn httpx's errors into the domain's."""
    import httpx  # noqa: PLC0415 (see the module's docstring)

    try:
        yield
    except httpx.TimeoutException as error:  # there is no other limit than that of connecting
        raise connection_timed_out(provider) from error
    except httpx.DecodingError as error:
        raise not_understood(provider) from error
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
        raise connection_failed(provider) from error


def _socket_options() -> list[tuple[int, int, int]]:
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
    for name, value in _TCP_KEEPALIVE.items():
        if (option := getattr(socket, name, None)) is not None:
            options.append((socket.IPPROTO_TCP, option, value))
    return options
