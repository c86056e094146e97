"""An ``LlmPort`` on an SDK that speaks chat completions; what differs between the SDKs is a ``ChatClient``.

The SDK's retries are off: whether a failed answer is tried again, elsewhere or not at all depends on what the
caller has heard, which only the conversation knows.
"""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from typing import Any, Final, Generic, Protocol, TypeVar

from backend.domain.entities.conversation import Message, MessageRole
from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.llm_port import LlmEvent, LlmRequest
from backend.domain.value_objects.language import ENGLISH, Language
from backend.infrastructure.adapters.llm.chat_assembly import ChatPiece
from backend.infrastructure.adapters.llm.chat_http import ChatHttp
from backend.infrastructure.adapters.llm.chat_sdk import ChatSdk
from backend.infrastructure.adapters.llm.chat_stream import ChatStream, ChunkStream
from backend.infrastructure.adapters.llm.chat_wire import chat_body

_CHECK_TIMEOUT_S: Final = 9.0
_GREETING: Final = LlmRequest((Message(MessageRole.USER, "Hello"),), ENGLISH)

ChunkT = TypeVar("ChunkT")
ChunkT_co = TypeVar("ChunkT_co", covariant=True)


class ChatSettings(Protocol):
    """What the adapters of all SDKs are told; durations are milliseconds."""

    @property
    def model(self) -> str: ...
    @property
    def temperature(self) -> float | None: ...
    @property
    def connect_timeout_ms(self) -> int: ...
    @property
    def first_token_timeout_ms(self) -> int: ...
    @property
    def gap_timeout_ms(self) -> int: ...
    @property
    def key(self) -> str: ...


class ChatClient(Protocol[ChunkT_co]):
    """One SDK's client. Its errors are the SDK's own."""

    def answer(self, body: dict[str, Any]) -> Awaitable[ChunkStream[ChunkT_co]]:
        """Begin an answer; ``body`` is that of the request."""
        ...

    async def find(self, model: str) -> str:
        """Ask for a model by its name, and return the name that the server gives it, which may be none."""
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class ChatAdapter(ABC, Generic[ChunkT]):
    """The part of the adapters that does not depend on the SDK.

    Its connection pool belongs to the event loop that first uses it. It is ``Warmable`` and ``Checkable``.
    """

    def __init__(self, name: str, settings: ChatSettings, sdk: ChatSdk) -> None:
        self._name = name
        self._chat_settings = settings
        self._sdk = sdk
        self._opening = asyncio.Lock()
        self._client: ChatClient[ChunkT] | None = None
        self._http: ChatHttp | None = None
        self._chat: ChatStream[ChunkT] = ChatStream(
            name,
            read=self._read,
            explain=sdk.explain,
            first_token_timeout_ms=settings.first_token_timeout_ms,
            gap_timeout_ms=settings.gap_timeout_ms,
        )

    async def start(self) -> None:
        """Load the SDK, so that the first call need not wait for it. Idempotent."""
        await self._connected()

    async def aclose(self) -> None:
        """Close the connection pool. Idempotent; streams must be closed before."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:
        """Answer, see ``LlmPort.stream``; closing the generator closes the answer's socket."""
        client = await self._connected()
        settings = self._chat_settings
        temperature = settings.temperature if request.temperature is None else request.temperature
        body = chat_body(request, model=request.model or settings.model, temperature=temperature)
        async with aclosing(self._chat.answer(client.answer(body))) as events:
            async for event in events:
                yield event

    async def warm_up(self, language: Language) -> None:  # noqa: ARG002 (a connection speaks none)
        """See ``Warmable``: open a connection, unless one waits already."""
        with contextlib.suppress(ProviderError):
            client = await self._connected()
            if self._http is None or not self._http.has_idle:
                await self._finds(client)  # the cheapest request there is

    async def check(self) -> None:
        """See ``Checkable``. Where the server does not know its models by name, an answer is begun."""
        try:
            async with asyncio.timeout(_CHECK_TIMEOUT_S):
                if not await self._finds(await self._connected()):
                    async with aclosing(self.stream(_GREETING)) as events:
                        await anext(events)
        except TimeoutError as error:
            raise ProviderTimeoutError(self._name, "no answer from the server in time") from error

    @abstractmethod
    def _connect(self, http: ChatHttp) -> ChatClient[ChunkT]:
        """Return a new client on ``http``. Called in a thread."""

    @abstractmethod
    def _read(self, chunk: ChunkT) -> ChatPiece:
        """Return what ``chunk`` brings."""

    def _timeout(self) -> Any:
        """Return the SDK's timeouts, which only catch what the stream's own do not see."""
        settings = self._chat_settings
        longest_ms = max(settings.first_token_timeout_ms, settings.gap_timeout_ms)
        return self._sdk.load().Timeout(longest_ms / 1_000, connect=settings.connect_timeout_ms / 1_000)

    async def _finds(self, client: ChatClient[ChunkT]) -> bool:
        """Whether the server says that it has our model. Many cannot say, so False means nothing."""
        model = self._chat_settings.model
        try:
            return await client.find(model) == model
        except Exception:  # the SDK's; whatever it is, an answer will tell what it means
            return False

    async def _connected(self) -> ChatClient[ChunkT]:
        async with self._opening:
            if self._client is not None:
                return self._client
            try:
                self._http, client = await asyncio.to_thread(self._open)
            except Exception as error:  # the SDK is not whole, or does not like a setting
                detail = f"cannot be set up ({type(error).__name__})"
                raise ProviderError(self._name, detail, code="not-ready", retryable=False) from error
            self._client = client
            return client

    def _open(self) -> tuple[ChatHttp, ChatClient[ChunkT]]:
        http = ChatHttp(self._sdk.http(), self._chat_settings.key)
        return http, self._connect(http)
