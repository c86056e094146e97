"""Transcriptions over HTTP, from one server."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from backend.domain.errors import ProviderTimeoutError
from backend.domain.value_objects.language import Language
from backend.infrastructure.adapters.http_pool import HttpPool, translated
from backend.infrastructure.adapters.service_errors import (
    not_understood,
    refusal,
)
from backend.infrastructure.adapters.stt.transcription_wire import (
    PATH,
    error_code_of,
    form,
    text_of,
    wav_of,
)

OPENAI_URL: Final = "https://api.openai.com/v1"
_LARGEST_ANSWER: Final = 256 * 1024  # bytes; thirty seconds of speech take a few hundred


@dataclass(frozen=True, slots=True)
class OpenAiSttSettings:
    """Where the model is, and how long we wait for it; durations in milliseconds.

    ``answer_timeout_ms`` runs from the request to the last byte of its answer. Speech that goes on for
    ``window_ms`` without a pause is recognised in pieces of nearly that length; Whisper hears thirty seconds
    at once. Audio with less than ``least_voice_ms`` of voice is not sent: the model would invent words for
    it. More than ``max_backlog_ms`` of audio that waits for its words is too much. ``name`` is what errors
    call the provider.
    """

    model: str
    api_key: str = field(default="", repr=False)
    base_url: str = OPENAI_URL
    name: str = "openai-stt"
    connect_timeout_ms: int = 3_000
    answer_timeout_ms: int = 4_000
    window_ms: int = 28_000
    least_voice_ms: int = 80
    max_backlog_ms: int = 60_000

    def __post_init__(self) -> None:
        if self.window_ms < 1_000 or self.max_backlog_ms < self.window_ms:
            raise ValueError("a window is a second at least, and the backlog holds one")


class Transcriber:
    """One connection pool to one server. Belongs to the event loop that first uses it."""

    def __init__(self, settings: OpenAiSttSettings) -> None:
        self._settings = settings
        key = settings.api_key
        self._pool = HttpPool(
            settings.name,
            {"Authorization": f"Bearer {key}"} if key else {},
            connect_timeout_s=settings.connect_timeout_ms / 1_000,
        )

    async def start(self) -> None:
        """Load the HTTP library. Idempotent; raises ``ProviderError`` if there is no using it."""
        await self._pool.load()

    async def transcribe(
        self, pcm: bytes, language: Language, hints: Sequence[str] = (), *, timeout_ms: int | None = None
    ) -> str:
        """Return the words in ``pcm`` (PCM16 at 16 kHz). Raises ``ProviderError``.

        Cancelling closes the socket.
        """
        settings = self._settings
        recording = {"file": ("speech.wav", wav_of(pcm), "audio/wav")}
        status, headers, body = await self._exchange(
            "POST",
            PATH,
            timeout_ms or settings.answer_timeout_ms,
            data=form(settings.model, language, hints),
            files=recording,
        )
        if status != HTTPStatus.OK:
            raise refusal(settings.name, status, headers, error_code_of(body))
        text = text_of(body)
        if text is None:
            raise not_understood(settings.name)
        return text

    async def touch(self) -> None:
        """Have a connection in the pool, whatever the server says to that. Raises ``ProviderError``."""
        await self._exchange("GET", "models", self._settings.connect_timeout_ms)

    async def aclose(self) -> None:
        """Close the pool. Idempotent; nobody may be waiting for words."""
        await self._pool.aclose()

    async def _exchange(
        self, method: str, path: str, timeout_ms: int, **content: Any
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Return status, headers and body."""
        client = await self._pool.load()
        name = self._settings.name
        url = f"{self._settings.base_url.rstrip('/')}/{path}"
        try:
            async with asyncio.timeout(timeout_ms / 1_000):
                with translated(name):
                    async with client.stream(method, url, **content) as response:
                        body = bytearray()
                        async for chunk in response.aiter_bytes():
                            body += chunk
                            if len(body) > _LARGEST_ANSWER:
                                raise not_understood(name)
                        return response.status_code, response.headers, bytes(body)
        except TimeoutError as error:
            raise ProviderTimeoutError(name, "no words from the server in time") from error
