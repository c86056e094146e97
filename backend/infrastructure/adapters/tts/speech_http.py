"""The connections to a speech server over HTTP, and one request at a time on each.

A handshake over TLS costs two round trips and more that the caller would hear as silence before a sentence.
So a connection waits for the next turn much longer than httpx would let it, which is five seconds, and
``warm_up`` opens one at the beginning of a call. A redirect is never followed: it would take the key and the
words to where the owner did not send them. Leaving an answer before its end closes its connection, which is
what tells the server to stop.

httpx is imported when it is first needed, and its client made in a thread: the certificates take a tenth of a
second to read.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.infrastructure.adapters.service_errors import connection_failed, not_understood, refusal
from backend.infrastructure.adapters.tts.speech_errors import Refusal, closed
from backend.infrastructure.adapters.tts.speech_watch import SpeechWatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

# Load balancers drop what was idle for four minutes (Azure's) to six (Amazon's).
_KEEPALIVE_S: Final = 230.0
_MOST_IDLE: Final = 100
_MOST: Final = 1_000
_LONGEST_REFUSAL: Final = 16 * 1_024  # bytes
_LONGEST_CATALOGUE: Final = 8 * 1_024 * 1_024  # bytes; an account's 600 voices with samples are about half
_SIDE_REQUEST_S: Final = 5.0  # for what no caller waits for


@dataclass(frozen=True, slots=True)
class SpeechOrder:
    """What to POST, and to where below the base URL.

    ``explain`` turns a refusal into an error. An answer whose media type begins with one of
    ``foreign_types`` is not what was asked for.
    """

    path: str
    body: Mapping[str, object]
    explain: Callable[[Refusal], ProviderError]
    params: Mapping[str, str] = field(default_factory=dict)
    foreign_types: tuple[str, ...] = ()


class SpeechAnswer:
    """The body of an answer that is on its way."""

    def __init__(self, provider: str, pieces: AsyncGenerator[bytes, None], watch: SpeechWatch) -> None:
        self._provider = provider
        self._pieces = pieces
        self._watch = watch

    async def read(self) -> bytes | None:
        """Return the next bytes, None at the proper end. Raises ``ProviderError``."""
        with _translated(self._provider):
            return await self._watch.step(anext(self._pieces, None))


class SpeechHttp:
    """One pool of connections to ``base_url``; belongs to the event loop that first uses it.

    ``headers`` hold the key and go with every request but the warm-up.
    """

    def __init__(self, provider: str, base_url: str, headers: Mapping[str, str]) -> None:
        self._provider = provider
        self._base_url = base_url.rstrip("/")
        self._headers = dict(headers)
        self._making = asyncio.Lock()
        self._client: httpx.AsyncClient | None = None
        self._is_closed = False

    async def load(self) -> httpx.AsyncClient:
        """Make the client, so that the first call need not wait for it. Idempotent.

        Raises ``ProviderError`` after ``aclose``, when the key cannot be a key, or when the environment names
        a proxy or certificates that are no use.
        """
        if not all(_is_sendable(value) for value in self._headers.values()):
            # httpx would put the key into its error.
            detail = "the key has characters that no key has"
            raise ProviderError(self._provider, detail, code="auth-failed", retryable=False)
        async with self._making:
            if self._client is None and not self._is_closed:
                self._client = await self._made()
        if self._client is None or self._is_closed:
            raise closed(self._provider)
        return self._client

    async def warm_up(self) -> None:
        """Open a connection, if none is idle, with a question that costs nothing and shows no key."""
        try:
            client = await self.load()
            with _translated(self._provider):
                async with asyncio.timeout(_SIDE_REQUEST_S):
                    await client.head(self._base_url)
        except (ProviderError, TimeoutError):
            return  # the request that follows tells what the trouble is

    async def get_json(self, path: str) -> Any:
        """Return what the server has at ``path``. Raises ``ProviderError``."""
        client = await self.load()
        try:
            async with asyncio.timeout(_SIDE_REQUEST_S):
                body = await self._get(client, path)
        except TimeoutError as error:
            raise ProviderTimeoutError(self._provider, "no answer in time") from error
        try:
            return await asyncio.to_thread(json.loads, body)
        except (ValueError, RecursionError) as error:
            raise not_understood(self._provider) from error

    @asynccontextmanager
    async def post(self, order: SpeechOrder, watch: SpeechWatch) -> AsyncIterator[SpeechAnswer]:
        """Send ``order`` and give its answer, to be left early or late. Raises ``ProviderError``."""
        client = await watch.step(self.load())
        request = client.build_request(
            "POST",
            self._base_url + order.path,
            params=dict(order.params),
            json=dict(order.body),
            headers=self._headers,
        )
        with _translated(self._provider):
            response = await watch.step(client.send(request, stream=True))
        try:
            async with aclosing(_pieces(response)) as pieces:
                answer = SpeechAnswer(self._provider, pieces, watch)
                if response.status_code != HTTPStatus.OK:
                    body = await _beginning(answer)
                    raise order.explain(Refusal(response.status_code, response.headers, body))
                if response.headers.get("content-type", "").lower().startswith(order.foreign_types):
                    raise not_understood(self._provider)
                yield answer
        finally:
            await response.aclose()

    async def aclose(self) -> None:
        """Close all connections; answers under way break off. Idempotent."""
        self._is_closed = True
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _made(self) -> httpx.AsyncClient:
        try:
            return await asyncio.to_thread(_new_client)
        except (ImportError, OSError, ValueError) as error:  # httpx, certificates or a proxy that is no use
            detail = f"the HTTP client cannot be made ({type(error).__name__})"
            raise ProviderError(self._provider, detail, code="sdk-not-loaded", retryable=False) from error

    async def _get(self, client: httpx.AsyncClient, path: str) -> bytes:
        body = bytearray()
        with _translated(self._provider):
            async with (
                client.stream("GET", self._base_url + path, headers=self._headers) as response,
                aclosing(_pieces(response)) as pieces,
            ):
                async for piece in pieces:
                    body += piece
                    if len(body) > _LONGEST_CATALOGUE:
                        raise not_understood(self._provider)
        if response.status_code != HTTPStatus.OK:
            raise refusal(self._provider, response.status_code, response.headers)
        return bytes(body)


def _new_client() -> httpx.AsyncClient:
    import httpx  # noqa: PLC0415 (see the module's docstring)

    limits = httpx.Limits(
        max_connections=_MOST, max_keepalive_connections=_MOST_IDLE, keepalive_expiry=_KEEPALIVE_S
    )
    return httpx.AsyncClient(
        limits=limits,
        timeout=None,  # noqa: S113 (every wait has a watch that knows more)
        follow_redirects=False,
        headers={"Accept-Encoding": "identity"},  # compressed audio would be held back
    )


@contextmanager
def _translated(provider: str) -> Iterator[None]:
    """Turn httpx's errors into the domain's."""
    import httpx  # noqa: PLC0415 (see the module's docstring)

    try:
        yield
    except httpx.DecodingError as error:
        raise not_understood(provider) from error
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
        raise connection_failed(provider) from error


def _pieces(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    # It is a generator, which httpx does not promise, and as such to be closed.
    return cast("AsyncGenerator[bytes, None]", response.aiter_bytes())


async def _beginning(answer: SpeechAnswer) -> bytes:
    body = b""
    while len(body) < _LONGEST_REFUSAL and (piece := await answer.read()) is not None:
        body += piece
    return body[:_LONGEST_REFUSAL]


def _is_sendable(value: str) -> bool:
    return value.isascii() and value.isprintable() and value == value.strip()
