"""OpenAI's chat completions, at OpenAI, at Azure, or at anyone who speaks them (Ollama, llama.cpp, vLLM, …).

The official SDK carries the wire.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.infrastructure.adapters.llm.chat_adapter import ChatAdapter
from backend.infrastructure.adapters.llm.chat_assembly import ChatPiece
from backend.infrastructure.adapters.llm.chat_http import ChatHttp
from backend.infrastructure.adapters.llm.chat_sdk import ChatSdk
from backend.infrastructure.adapters.llm.chat_stream import ChunkStream
from backend.infrastructure.adapters.llm.chat_wire import chat_piece

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
    reject the question. ``name`` is what errors call the provider. With an ``azure_api_version``
    ("2024-10-21") it is Azure OpenAI: ``base_url`` is the resource's endpoint, ``model`` a deployment.
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
    azure_api_version: str = ""

    @property
    def key(self) -> str:
        """What is sent as the key."""
        return self.api_key or _NO_KEY


class OpenAiAdapter(ChatAdapter["ChatCompletionChunk"]):
    """See ``ChatAdapter``."""

    def __init__(self, settings: OpenAiSettings) -> None:
        super().__init__(settings.name, settings, ChatSdk("openai"))
        self._settings = settings

    def readiness(self, language: Language) -> Readiness:  # noqa: ARG002 (models speak what they speak)
        """Ready when a model is named and there is a key where one is needed; nothing is sent to find out."""
        settings = self._settings
        if not settings.model:
            return Readiness(ReadinessState.UNAVAILABLE, "No model is set.")
        if not settings.api_key and (settings.base_url == OPENAI_URL or settings.azure_api_version):
            return Readiness(ReadinessState.UNAVAILABLE, "The OpenAI key is not set.")
        return READY

    def _connect(self, http: ChatHttp) -> _OpenAiClient:
        settings, sdk = self._settings, self._sdk.load()
        options: dict[str, Any] = {
            "api_key": settings.key,
            "max_retries": 0,
            "timeout": self._timeout(),
            "http_client": sdk.DefaultAsyncHttpxClient(**http.options),
        }
        if settings.azure_api_version:
            options |= {"azure_endpoint": settings.base_url, "api_version": settings.azure_api_version}
            client = sdk.AsyncAzureOpenAI(**options)
        else:
            client = sdk.AsyncOpenAI(base_url=settings.base_url, **options)
        return _OpenAiClient(client, counts_tokens=settings.counts_tokens)

    def _read(self, chunk: ChatCompletionChunk) -> ChatPiece:
        piece = chat_piece(chunk.choices, chunk.usage)
        if not chunk.choices or piece.text:
            return piece
        # A refusal is an answer: the caller must hear something.
        return replace(piece, text=chunk.choices[0].delta.refusal or "")


class _OpenAiClient:
    """``ChatClient`` of OpenAI's SDK."""

    def __init__(self, client: AsyncOpenAI, *, counts_tokens: bool) -> None:
        self._client = client
        self._extras: dict[str, Any] = {}
        if counts_tokens:
            self._extras["stream_options"] = {"include_usage": True}

    def answer(self, body: dict[str, Any]) -> Awaitable[ChunkStream[ChatCompletionChunk]]:
        return self._client.chat.completions.create(**body, **self._extras)

    async def find(self, model: str) -> str:
        return (await self._client.models.retrieve(model)).id

    async def close(self) -> None:
        await self._client.close()
