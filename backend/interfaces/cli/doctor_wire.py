"""The way from outside to a server: requests and sockets over the address that carriers are told.

Redirections are not followed, because carriers sign for one address, and proxies of the environment are not
asked, because carriers do not pass them either.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from websockets.asyncio.client import ClientConnection, connect

from backend.domain.errors import VictoriaError

TIMEOUT_S: Final = 10.0
_MOST_BYTES: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered with. The names of ``headers`` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def fields(self) -> dict[str, Any]:
        """The JSON object in the body, empty if there is none."""
        try:
            content: Any = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return {}
        return content if isinstance(content, dict) else {}

    @property
    def who(self) -> str:
        """Who says that it has answered, for people."""
        return self.headers.get("server", "something without a name")


class Wire:
    """Connects to anywhere; certificates have to satisfy ``tls``."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self._tls = tls

    async def ask(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Return the answer to a request, whatever it is. Raises ``VictoriaError`` if there is none.

        Cancelling does not wait for the request, which ends by itself after ``TIMEOUT_S``.
        """
        try:
            return await asyncio.to_thread(self._ask, method, url, headers or {}, body)
        except (OSError, HTTPException, UnicodeError) as error:
            raise VictoriaError(f"{url} does not answer ({reason_of(error)}).", code="no-answer") from error

    @asynccontextmanager
    async def socket(
        self, url: str, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[ClientConnection]:
        """Yield an open WebSocket. Raises what ``websockets`` does, and ``OSError`` or ``TimeoutError``."""
        is_secure = url.startswith("wss:")
        async with connect(
            url,
            ssl=self._tls if is_secure else None,
            additional_headers=dict(headers or {}),
            compression=None,
            proxy=None,
            open_timeout=TIMEOUT_S,
            close_timeout=1,
        ) as socket:
            yield socket

    async def certificate(self, host: str, port: int) -> dict[str, Any]:
        """Return the certificate that ``host`` shows, as ``ssl`` describes it. Raises ``OSError`` (``ssl``'s
        errors are such)."""
        async with asyncio.timeout(TIMEOUT_S):
            _, writer = await asyncio.open_connection(host, port, ssl=self._tls, server_hostname=host)
        try:
            shown: dict[str, Any] = writer.get_extra_info("peercert")
        finally:
            writer.close()
        return shown

    def _ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        parts = urlsplit(url)
        connection: HTTPConnection
        if parts.scheme == "https":
            connection = HTTPSConnection(parts.netloc, timeout=TIMEOUT_S, context=self._tls)
        else:
            connection = HTTPConnection(parts.netloc, timeout=TIMEOUT_S)
        try:
            target = parts._replace(scheme="", netloc="").geturl() or "/"
            connection.request(method, target, body or None, dict(headers))
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read(_MOST_BYTES))
        finally:
            connection.close()


def socket_url(url: str, path: str) -> str:
    """Return where the WebSocket at ``path`` of the server at ``url`` is."""
    return f"ws{url.removeprefix('http').rstrip('/')}{path}"


def reason_of(error: Exception) -> str:
    """Return why there was no connection, in a few words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
