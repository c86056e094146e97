"""Requests to a speech server over HTTP, one at a time on each connection.

``warm_up`` opens a connection at the beginning of a call. Leaving an answer before its end closes its
connection, which is what tells the server to stop.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.infrastructure.adapters.http_pool import HttpPool, translated
from backend.infrastructure.adapters.service_errors import not_understood, refusal
from backend.infrastructure.adapters.service_keys import fits_a_header
from backend.infrastructure.adapters.tts.speech_errors import Refusal
from backend.infrastructure.adapters.tts.speech_watch import SpeechWatch

if TYPE_CHECKING:
    import httpx

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
        with translated(self._provider):
            return await self._watch.step(anext(self._pieces, None))


class SpeechHttp:
    """One pool of connections to ``base_url``; belongs to the event loop that first uses it.

    ``headers`` hold the key and go with every request but the warm-up.
    """

    def __init__(self, provider: str, base_url: str, headers: Mapping[str, str]) -> None:
        self._provider = provider
        self._base_url = base_url.rstrip("/")
        self._headers = dict(headers)
        # Compressed audio would be held back.
        self._pool = HttpPool(provider, {"Accept-Encoding": "identity"})

    async def load(self) -> httpx.AsyncClient:
        """Make the client, so that the first call need not wait for it. Idempotent.

        Raises ``ProviderError`` as ``HttpPool.load``, and when the key cannot be a key.
        """
        if not all(fits_a_header(value) for value in self._headers.values()):
            # httpx would put the key into its error.
            detail = "the key has characters that no key has"
            raise ProviderError(self._provider, detail, code="auth-failed", retryable=False)
        return await self._pool.load()

    async def warm_up(self) -> None:
        """Open a connection, if none is idle, with a question that costs nothing and shows no key."""
        try:
            client = await self.load()
            with translated(self._provider):
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
        with translated(self._provider):
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
        await self._pool.aclose()

    async def _get(self, client: httpx.AsyncClient, path: str) -> bytes:
        body = bytearray()
        with translated(self._provider):
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


def _pieces(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    # It is a generator, which httpx does not promise, and as such to be closed.
    return cast("AsyncGenerator[bytes, None]", response.aiter_bytes())


async def _beginning(answer: SpeechAnswer) -> bytes:
    body = b""
    while len(body) < _LONGEST_REFUSAL and (piece := await answer.read()) is not None:
        body += piece
    return body[:_LONGEST_REFUSAL]
