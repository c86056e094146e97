"""OpenAI's chat completions, at OpenAI or at anyone who speaks them (Ollama, llama.cpp, vLLM, …).

The official SDK carries the wire. It takes over a second to import, so that happens in a thread and once:
``start`` does it ahead of the first call. Its retries are off: whether a failed answer is tried again,
elsewhere or not at all depends on what the caller has heard, which only the conversation knows.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from backend.domain.entities.conversation import Message
from backend.domain.errors import ProviderError
from backend.domain.ports.llm_port import LlmEvent, LlmRequest, Tool
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.infrastructure.adapters.llm.chat_assembly import ChatAssembler, ChatPiece, ToolPiece, Usage
from backend.infrastructure.adapters.llm.openai_errors import provider_error
from backend.infrastructure.adapters.llm.progress import ProgressWatchdog

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream
    from openai.types.chat import ChatCompletionChunk

OPENAI_URL: Final = "https://api.openai.com/v1"
_TOKEN_COUNT_MS: Final = 250  # a whole answer is not held back much longer for its statistics
_NO_KEY: Final = "none"  # local servers take any key, and the SDK insists on one


@dataclass(frozen=True, slots=True)
class OpenAiSettings:
    """Where the model is and how long we wait for it; durations in milliseconds.

    ``first_token_timeout_ms`` runs from the request to the first piece of the answer, ``gap_timeout_ms``
    between two pieces. ``counts_tokens`` asks for usage at the end of the stream; a few old servers
    reject the question. ``name`` is what errors call the provider.
    """

    model: str
    api_key: str = field(default="", repr=False)
    base_url: str = OPENAI_URL
    name: str = "openai"
    temperature: float | None = None
    connect_timeout_ms: int = 5_000
    first_token_timeout_ms: int = 3_000
    gap_timeout_ms: int = 3_000
    counts_tokens: bool = True


class OpenAiAdapter:
    """An ``LlmPort`` over one connection pool, which belongs to the event loop that first uses it."""

    def __init__(self, settings: OpenAiSettings) -> None:
        self._settings = settings
        self._client: AsyncOpenAI | None = None

    def readiness(self, language: Language) -> Readiness:  # noqa: ARG002 (models speak what they speak)
        """Ready when a model is named and, at OpenAI itself, a key is there; nothing is sent to find out."""
        if not self._settings.model:
            return Readiness(ReadinessState.UNAVAILABLE, "No model is set.")
        if self._settings.base_url == OPENAI_URL and not self._settings.api_key:
            return Readiness(ReadinessState.UNAVAILABLE, "The OpenAI key is not set.")
        return READY

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
        settings = self._settings
        client = await self._connected()
        watchdog = ProgressWatchdog(settings.name, first_ms=settings.first_token_timeout_ms)
        assembler = ChatAssembler(settings.name)
        chunks = await self._begin(client, request, watchdog)
        try:
            while (piece := await self._next_piece(chunks, assembler, watchdog)) is not None:
                for event in assembler.feed(piece):
                    yield event
                if piece.is_progress:
                    watchdog.progressed(
                        next_within_ms=_TOKEN_COUNT_MS if assembler.is_complete else settings.gap_timeout_ms
                    )
        finally:
            await chunks.close()
        yield assembler.finish()

    async def _connected(self) -> AsyncOpenAI:
        if self._client is None:
            openai = await asyncio.to_thread(importlib.import_module, "openai")
            # Two calls may have waited for the import; both get the first one's client.
            self._client = self._client or openai.AsyncOpenAI(
                api_key=self._settings.api_key or _NO_KEY,
                base_url=self._settings.base_url,
                max_retries=0,
                timeout=openai.Timeout(
                    max(self._settings.first_token_timeout_ms, self._settings.gap_timeout_ms) / 1_000,
                    connect=self._settings.connect_timeout_ms / 1_000,
                ),
            )
        return self._client

    async def _begin(
        self, client: AsyncOpenAI, request: LlmRequest, watchdog: ProgressWatchdog
    ) -> AsyncStream[ChatCompletionChunk]:
        body: dict[str, Any] = {
            "model": self._settings.model,
            "messages": [_wire_message(message) for message in request.messages],
            "stream": True,
        }
        if request.tools:
            body["tools"] = [_wire_tool(tool) for tool in request.tools]
        if self._settings.temperature is not None:
            body["temperature"] = self._settings.temperature
        if self._settings.counts_tokens:
            body["stream_options"] = {"include_usage": True}
        try:
            chunks: AsyncStream[ChatCompletionChunk] = await watchdog.watch(
                client.chat.completions.create(**body)
            )
        except ProviderError:
            raise
        except Exception as error:  # the SDK's own, and what escapes it when a server talks nonsense
            raise provider_error(self._settings.name, error) from error
        return chunks

    async def _next_piece(
        self,
        chunks: AsyncStream[ChatCompletionChunk],
        assembler: ChatAssembler,
        watchdog: ProgressWatchdog,
    ) -> ChatPiece | None:
        """Return what the next chunk brings, or None at the end of the stream."""
        try:
            return _piece_of(await watchdog.watch(anext(chunks)))
        except StopAsyncIteration:
            return None
        except Exception as error:  # as in _begin
            if assembler.is_complete:
                return None  # the answer is whole, only the token counts are lost
            if isinstance(error, ProviderError):
                raise
            raise provider_error(self._settings.name, error) from error


def _wire_message(message: Message) -> dict[str, str]:
    return {"role": message.role.value, "content": message.content}


def _wire_tool(tool: Tool) -> dict[str, object]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _piece_of(chunk: ChatCompletionChunk) -> ChatPiece:
    """Read a chunk. The SDK does not validate: a foreign server's chunk may lack anything."""
    usage = Usage(chunk.usage.prompt_tokens or 0, chunk.usage.completion_tokens or 0) if chunk.usage else None
    if not chunk.choices:
        return ChatPiece(usage=usage)
    choice = chunk.choices[0]
    delta = choice.delta
    tools = tuple(
        ToolPiece(
            piece.index or 0,
            piece.id or "",
            (piece.function.name or "") if piece.function else "",
            (piece.function.arguments or "") if piece.function else "",
        )
        for piece in delta.tool_calls or ()
    )
    # A refusal is an answer: the caller must hear something.
    return ChatPiece(delta.content or delta.refusal or "", tools, choice.finish_reason or "", usage)
