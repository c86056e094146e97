"""Groq's chat completions, over the official SDK."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.infrastructure.adapters.llm.chat_adapter import ChatAdapter
from backend.infrastructure.adapters.llm.chat_assembly import ChatPiece
from backend.infrastructure.adapters.llm.chat_errors import answer_failed
from backend.infrastructure.adapters.llm.chat_http import ChatHttp
from backend.infrastructure.adapters.llm.chat_sdk import ChatSdk
from backend.infrastructure.adapters.llm.chat_stream import ChunkStream
from backend.infrastructure.adapters.llm.chat_wire import chat_piece

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

    @property
    def key(self) -> str:
        """What is sent as the key."""
        return self.api_key


class GroqAdapter(ChatAdapter["ChatCompletionChunk"]):
    """See ``ChatAdapter``."""

    def __init__(self, settings: GroqSettings) -> None:
        super().__init__(_PROVIDER, settings, ChatSdk("groq"))
        self._settings = settings

    def readiness(self, language: Language) -> Readiness:  # noqa: ARG002 (models speak what they speak)
        """Ready when there is a key and a model is named; nothing is sent to find out."""
        if not self._settings.api_key:
            return Readiness(ReadinessState.UNAVAILABLE, "The Groq key is not set.")
        if not self._settings.model:
            return Readiness(ReadinessState.UNAVAILABLE, "No model is set.")
        return READY

    def _connect(self, http: ChatHttp) -> _GroqClient:
        sdk = self._sdk.load()
        return _GroqClient(
            sdk.AsyncGroq(
                api_key=self._settings.key,
                base_url=self._settings.base_url,
                max_retries=0,
                timeout=self._timeout(),
                http_client=sdk.DefaultAsyncHttpxClient(**http.options),
            )
        )

    def _read(self, chunk: ChatCompletionChunk) -> ChatPiece:
        """Groq counts tokens, and tells why it stopped early, in a field of its own."""
        extra = chunk.x_groq
        if extra is not None and extra.error:
            raise answer_failed(_PROVIDER)
        usage = chunk.usage or (extra.usage if extra is not None else None)
        return chat_piece(chunk.choices, usage)


class _GroqClient:
    """``ChatClient`` of Groq's SDK."""

    def __init__(self, client: AsyncGroq) -> None:
        self._client = client

    def answer(self, body: dict[str, Any]) -> Awaitable[ChunkStream[ChatCompletionChunk]]:
        return self._client.chat.completions.create(**body)

    async def find(self, model: str) -> str:
        return (await self._client.models.retrieve(model)).id

    async def close(self) -> None:
        await self._client.close()
