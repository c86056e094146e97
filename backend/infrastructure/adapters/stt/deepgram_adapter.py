"""Deepgram's speech recognition, over its WebSocket; there is no SDK in between."""

from __future__ import annotations

import asyncio
import importlib
from typing import Final
from weakref import WeakSet

from backend.domain.ports.stt_port import SttCapabilities, SttRequest
from backend.domain.value_objects.audio import MULAW_8K, WIDEBAND
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.service_errors import closed
from backend.infrastructure.adapters.service_keys import fits_a_header
from backend.infrastructure.adapters.stt.deepgram_socket import dial
from backend.infrastructure.adapters.stt.deepgram_stream import (
    DEEPGRAM_URL,
    DeepgramSettings,
    DeepgramStream,
)
from backend.infrastructure.adapters.stt.deepgram_wire import listen_uri
from backend.infrastructure.adapters.stt.stt_errors import not_ready

_LANGUAGES: Final = frozenset({ENGLISH.base, SPANISH.base})


class DeepgramStt:
    """``SttPort`` on Deepgram, or on one of one's own. Belongs to the event loop that first uses it."""

    def __init__(self, settings: DeepgramSettings) -> None:
        self._settings = settings
        self._streams: WeakSet[DeepgramStream] = WeakSet()
        self._is_closed = False

    @property
    def capabilities(self) -> SttCapabilities:
        """Sentences with punctuation, also of callers who change their language; µ-law passes as it comes."""
        return SttCapabilities(
            languages=_LANGUAGES,
            partials=True,
            punctuates=True,
            speech_only=False,
            local=False,
            detects_language=True,
            formats=frozenset({WIDEBAND, MULAW_8K}),
        )

    async def start(self) -> None:
        """Load the WebSocket library, so that the first call need not wait for it. Idempotent."""
        await asyncio.to_thread(importlib.import_module, "websockets.asyncio.client")

    def readiness(self, language: Language) -> Readiness:
        """See ``SttPort``; nothing is sent to find out."""
        settings = self._settings
        if settings.base_url == DEEPGRAM_URL and not settings.api_key:
            return _unavailable("The Deepgram key is not set.")
        if not fits_a_header(settings.api_key):
            return _unavailable("The Deepgram key has characters that no key has.")
        if language.base not in _LANGUAGES:
            return _unavailable(f"Deepgram is set up for Spanish and English, not for '{language}'.")
        return READY

    async def open(self, request: SttRequest) -> DeepgramStream:
        """See ``SttPort``. Does not wait for the connection: a refusal fails the stream, a moment later.

        Raises ``ValueError`` for a format that is not among the capabilities'.
        """
        if request.format not in self.capabilities.formats:
            raise ValueError(f"Deepgram is not fed {request.format}")
        self._require_ready(request.language)
        stream = DeepgramStream(self._settings, request)
        self._streams.add(stream)
        stream.begin()
        return stream

    async def check(self) -> None:
        """See ``Checkable``: a stream is opened, and closed before it hears anything. Other requests would
        need rights that a key for recognition need not have."""
        settings = self._settings
        self._require_ready(ENGLISH)
        uri = listen_uri(settings.base_url, settings.model, SttRequest(ENGLISH))
        timeout_s = settings.connect_timeout_ms / 1_000
        async with await dial(settings.name, uri, Secret(settings.api_key), timeout_s=timeout_s):
            pass

    async def aclose(self) -> None:
        """Disconnect within two seconds; streams under way fail. Idempotent."""
        self._is_closed = True
        async with asyncio.TaskGroup() as group:
            for stream in list(self._streams):
                group.create_task(stream.shut_down())

    def _require_ready(self, language: Language) -> None:
        readiness = self.readiness(language)
        if not readiness.is_ready:
            raise not_ready(self._settings.name, readiness.detail)
        if self._is_closed:
            raise closed(self._settings.name)


def _unavailable(detail: str) -> Readiness:
    return Readiness(ReadinessState.UNAVAILABLE, detail)
