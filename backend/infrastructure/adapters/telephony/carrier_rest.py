"""Orders to a carrier over HTTP.

An order that can be repeated without harm is, once, when the connection breaks or the carrier fails. To
place a call is not such an order: it is repeated only if it was certainly never sent, and when its outcome is
not known, the error says that it must not simply be tried again.

What a carrier says of its errors is not passed on, because it quotes telephone numbers; its code for the
error and the status are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

import orjson

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.http_pool import HttpPool, translated
from backend.infrastructure.adapters.service_errors import not_understood
from backend.infrastructure.adapters.service_keys import fits_a_header

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import httpx

DEADLINE_S: Final = 5.0
_CONNECT_S: Final = 2.0  # so that there is time for a second try
_MOST_BYTES: Final = 1_048_576


@dataclass(frozen=True, slots=True)
class RestOrder:
    """What to ask of the carrier: ``path`` is below the base URL.

    ``form`` and ``json`` are bodies, of which there is one at most; a name in ``form`` may have many values.
    ``is_repeatable``: to carry it out twice does no more than once. ``deadline_s`` is for all tries together.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    form: Mapping[str, str | list[str]] | None = field(default=None, repr=False)
    json: Mapping[str, object] | None = field(default=None, repr=False)
    is_repeatable: bool = True
    deadline_s: float = DEADLINE_S


@dataclass(frozen=True, slots=True)
class Refusal:
    """The carrier's answer when it is no success; ``body`` is empty unless it is a JSON object."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: Mapping[str, object] = field(repr=False)


class CarrierRest:
    """The REST interface of one account. Belongs to the event loop that first uses it.

    ``explain`` turns a refusal into the error to be raised.
    """

    def __init__(
        self,
        provider: str,
        base_url: str,
        authorization: Secret,
        explain: Callable[[Refusal], ProviderError],
    ) -> None:
        self._provider = provider
        self._base_url = base_url.rstrip("/")
        self._authorization = authorization
        self._explain = explain
        self._pool = HttpPool(provider, {"Accept": "application/json"}, connect_timeout_s=_CONNECT_S)

    async def ask(self, order: RestOrder) -> dict[str, object]:
        """Return the JSON object that ``order`` is answered with, empty if there is none.

        Cancelling closes the connection; the carrier may have received the order. Raises ``ProviderError``.
        """
        try:
            async with asyncio.timeout(order.deadline_s):
                return await self._ask(order)
        except TimeoutError as error:
            raise ProviderTimeoutError(
                self._provider, "no answer in time", retryable=order.is_repeatable
            ) from error

    async def aclose(self) -> None:
        """Close all connections. Idempotent."""
        await self._pool.aclose()

    async def _ask(self, order: RestOrder) -> dict[str, object]:
        client = await self._load()
        try:
            return await self._try(client, order)
        except ProviderError as error:
            if not error.retryable or error.code == "rate-limited":
                raise
        return await self._try(client, order)

    async def _try(self, client: httpx.AsyncClient, order: RestOrder) -> dict[str, object]:
        try:
            return await self._send(client, order)
        except ProviderError as error:
            if order.is_repeatable or error.code == "rate-limited" or _never_sent(error):
                raise
            raise _final(error) from error

    async def _send(self, client: httpx.AsyncClient, order: RestOrder) -> dict[str, object]:
        request = client.build_request(
            order.method,
            self._base_url + order.path,
            params=dict(order.params) or None,
            data=None if order.form is None else dict(order.form),
            json=None if order.json is None else dict(order.json),
            headers={"Authorization": self._authorization.reveal()},
        )
        with translated(self._provider):
            response = await client.send(request, stream=True)
            try:
                body = await self._read(response)
            finally:
                await response.aclose()
        answer = _json_object(body)
        if not HTTPStatus.OK <= response.status_code < HTTPStatus.MULTIPLE_CHOICES:
            raise self._explain(Refusal(response.status_code, response.headers, answer or {}))
        if answer is None:
            raise not_understood(self._provider)
        return answer

    async def _read(self, response: httpx.Response) -> bytes:
        body = bytearray()
        # It is a generator, which httpx does not promise, and as such to be closed.
        pieces = cast("AsyncGenerator[bytes, None]", response.aiter_bytes())
        async with aclosing(pieces):
            async for piece in pieces:
                body += piece
                if len(body) > _MOST_BYTES:
                    raise not_understood(self._provider)
        return bytes(body)

    async def _load(self) -> httpx.AsyncClient:
        if not fits_a_header(self._authorization.reveal()):
            # httpx would put the key into its error.
            detail = "the key has characters that no key has"
            raise ProviderError(self._provider, detail, code="auth-failed", retryable=False)
        return await self._pool.load()


def call_in(provider: str, identifier: object) -> str:
    """Return the identifier of a call that has just been placed. Raises ``ProviderError`` if it is none: as
    there may be a call all the same, it must not be tried again."""
    if not isinstance(identifier, str) or not identifier:
        raise ProviderError(
            provider, "does not say which call it placed", code="bad-response", retryable=False
        )
    return identifier


def _json_object(body: bytes) -> dict[str, object] | None:
    """Return the object in ``body``, empty if that is empty, None if it is something else."""
    if not body:
        return {}
    try:
        answer: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return answer if isinstance(answer, dict) else None


def _never_sent(error: ProviderError) -> bool:
    """Whether there was no connection to send the order over."""
    import httpx  # noqa: PLC0415 (it is slow to import, and loaded by now)

    return isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout)


def _final(error: ProviderError) -> ProviderError:
    """Return ``error`` as one that is not to be tried again: the order may have been carried out."""
    return type(error)(
        error.provider,
        error.message.removeprefix(f"{error.provider}: "),
        code=error.code,
        retryable=False,
        retry_after_ms=error.retry_after_ms,
    )
