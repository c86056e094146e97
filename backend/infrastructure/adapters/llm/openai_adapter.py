"""OpenAI's chat completions, at OpenAI or at anyone who speaks them (Ollama, llama.cpp, vLLM, …).

The official SDK carries the wire. It takes over a second to import, so that happens in a thread and once:
``start`` does it ahead of the first call. Its retries are off: whether a failed answer is tried again,
elsewhere or not at all depends on what the caller has heard, which only the conversation knows.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from backend.domain.ports.llm_port import LlmEvent, LlmRequest
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.infrastructure.adapters.llm.chat_assembly import ChatPiece
from backend.infrastructure.adapters.llm.chat_stream import ChatStream
from backend.infrastructure.adapters.llm.chat_wire import chat_body, chat_piece
from backend.infrastructure.adapters.llm.openai_errors import provider_error

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletionChunk

OPENAI_URL: Final = "https://api.openai.com/v1"
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
        self._chat: ChatStream[ChatCompletionChunk] = ChatStream(
            settings.name,
            read=_piece_of,
            explain=provider_error,
            first_token_timeout_ms=settings.first_token_timeout_ms,
            gap_timeout_ms=settings.gap_timeout_ms,
        )

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
        body = chat_body(request, model=settings.model, temperature=settings.temperature)
        if settings.counts_tokens:
            body["stream_options"] = {"include_usage": True}
        async with aclosing(self._chat.answer(client.chat.completions.create(**body))) as events:
            async for event in events:
                yield event

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


def _piece_of(chunk: ChatCompletionChunk) -> ChatPiece:
    piece = chat_piece(chunk.choices, chunk.usage)
    if not chunk.choices or piece.text:
        return piece
    # A refusal is an answer: the caller must hear something.
    return replace(piece, text=chunk.choices[0].delta.refusal or "")
