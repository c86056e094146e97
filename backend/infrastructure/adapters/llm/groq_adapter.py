"""Groq's chat completions, over the official SDK.

Its import takes half a second cold, so that happens in a thread and once: ``start`` does it ahead of the
first call. Its retries are off, see ``openai_adapter``.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from backend.domain.ports.llm_port import LlmEvent, LlmRequest
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.infrastructure.adapters.llm.chat_assembly import ChatPiece
from backend.infrastructure.adapters.llm.chat_errors import answer_failed
from backend.infrastructure.adapters.llm.chat_stream import ChatStream
from backend.infrastructure.adapters.llm.chat_wire import chat_body, chat_piece
from backend.infrastructure.adapters.llm.groq_errors import provider_error

if TYPE_CHECKING:
    from groq import AsyncGroq
    from groq.types.chat import ChatCompletionChunk

GROQ_URL: Final = "https://api.groq.com"
_PROVIDER: Final = "groq"


@dataclass(frozen=True, slots=True)
class GroqSettings:
    """Which model, and how long we wait for it; durations in milliseconds, see ``OpenAiSettings``.

    ``base_url`` has no path: the SDK adds ``/openai/v1`` itself.
    """

    model: str
    api_key: str = field(repr=False)
    base_url: str = GROQ_URL
    temperature: float | None = None
    connect_timeout_ms: int = 5_000
    first_token_timeout_ms: int = 3_000
    gap_timeout_ms: int = 3_000


class GroqAdapter:
    """An ``LlmPort`` over one connection pool, which belongs to the event loop that first uses it."""

    def __init__(self, settings: GroqSettings) -> None:
        self._settings = settings
        self._client: AsyncGroq | None = None
        self._chat: ChatStream[ChatCompletionChunk] = ChatStream(
            _PROVIDER,
            read=_piece_of,
            explain=provider_error,
            first_token_timeout_ms=settings.first_token_timeout_ms,
            gap_timeout_ms=settings.gap_timeout_ms,
        )

    def readiness(self, language: Language) -> Readiness:  # noqa: ARG002 (models speak what they speak)
        """Ready when there is a key and a model is named; nothing is sent to find out."""
        if not self._settings.api_key:
            return Readiness(ReadinessState.UNAVAILABLE, "The Groq key is not set.")
        if not self._settings.model:
            return Readiness(ReadinessState.UNAVAILABLE, "No model is set.")
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
        client = await self._connected()
        body = chat_body(request, model=self._settings.model, temperature=self._settings.temperature)
        async with aclosing(self._chat.answer(client.chat.completions.create(**body))) as events:
            async for event in events:
                yield event

    async def _connected(self) -> AsyncGroq:
        if self._client is None:
            groq = await asyncio.to_thread(importlib.import_module, "groq")
            # Two calls may have waited for the import; both get the first one's client.
            self._client = self._client or groq.AsyncGroq(
                api_key=self._settings.api_key,
                base_url=self._settings.base_url,
                max_retries=0,
                timeout=groq.Timeout(
                    max(self._settings.first_token_timeout_ms, self._settings.gap_timeout_ms) / 1_000,
                    connect=self._settings.connect_timeout_ms / 1_000,
                ),
            )
        return self._client


def _piece_of(chunk: ChatCompletionChunk) -> ChatPiece:
    """Read a chunk; Groq counts tokens, and tells why it stopped early, in a field of its own."""
    extra = chunk.x_groq
    if extra is not None and extra.error:
        raise answer_failed(_PROVIDER)
    usage = chunk.usage or (extra.usage if extra is not None else None)
    return chat_piece(chunk.choices, usage)
