"""Recognition by any server that speaks OpenAI's audio API: OpenAI, Groq, faster-whisper, whisper.cpp, …

There is no SDK in between: it is one request, and its retries are not wanted here.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final
from weakref import WeakSet

from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import SttCapabilities, SttRequest
from backend.domain.value_objects.audio import WIDEBAND
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.infrastructure.adapters.service_errors import closed
from backend.infrastructure.adapters.service_keys import fits_a_header
from backend.infrastructure.adapters.stt.openai_stt_stream import OpenAiSttStream
from backend.infrastructure.adapters.stt.openai_transcriber import (
    OPENAI_URL,
    OpenAiSttSettings,
    Transcriber,
)
from backend.infrastructure.adapters.stt.stt_errors import not_ready

_LANGUAGES: Final = frozenset({ENGLISH.base, SPANISH.base})
_CHECK_AUDIO_MS: Final = 500  # OpenAI wants a tenth of a second at least
_CHECK_TIMEOUT_MS: Final = 8_000  # a server of one's own may have to load its model


class OpenAiStt:
    """``SttPort`` on transcriptions. Belongs to the event loop that first uses it."""

    def __init__(self, settings: OpenAiSttSettings) -> None:
        self._settings = settings
        self._transcriber = Transcriber(settings)
        self._streams: WeakSet[OpenAiSttStream] = WeakSet()
        self._is_closed = False

    @property
    def capabilities(self) -> SttCapabilities:
        """Whole sentences, when they are over; silence must not reach it, or it invents words."""
        return SttCapabilities(
            languages=_LANGUAGES, partials=False, punctuates=True, speech_only=True, local=False
        )

    async def start(self) -> None:
        """Load the HTTP library, so that the first call need not wait for it. Idempotent; if there is no
        using it, the first call says so."""
        with contextlib.suppress(ProviderError):
            await self._transcriber.start()

    def readiness(self, language: Language) -> Readiness:
        """See ``SttPort``; nothing is sent to find out."""
        settings = self._settings
        if not settings.model:
            return _unavailable("No model is set for speech recognition.")
        if settings.base_url == OPENAI_URL and not settings.api_key:
            return _unavailable("The OpenAI key for speech recognition is not set.")
        if not fits_a_header(settings.api_key):
            return _unavailable("The key for speech recognition has characters that no key has.")
        if language.base not in _LANGUAGES:
            return _unavailable(f"Recognition is set up for Spanish and English, not for '{language}'.")
        return READY

    async def open(self, request: SttRequest) -> OpenAiSttStream:
        """See ``SttPort``. Nothing is sent before the first utterance is over.

        Raises ``ValueError`` for a format that is not among the capabilities'.
        """
        if request.format != WIDEBAND:
            raise ValueError(f"recognition takes PCM16 at 16 kHz, not {request.format}")
        self._require_ready(request.language)
        stream = OpenAiSttStream(self._transcriber, self._settings, request)
        self._streams.add(stream)
        stream.begin()
        return stream

    async def warm_up(self, language: Language) -> None:
        """See ``Warmable``: the connection is made now, and is there when the caller has spoken."""
        if not self.readiness(language).is_ready:
            return
        with contextlib.suppress(ProviderError):
            await self._transcriber.touch()

    async def check(self) -> None:
        """See ``Checkable``: half a second of silence is transcribed; not every server lists its models."""
        self._require_ready(ENGLISH)
        silence = bytes(WIDEBAND.bytes_in(_CHECK_AUDIO_MS))
        await self._transcriber.transcribe(silence, ENGLISH, timeout_ms=_CHECK_TIMEOUT_MS)

    async def aclose(self) -> None:
        """Disconnect within two seconds; streams under way fail. Idempotent."""
        self._is_closed = True
        async with asyncio.TaskGroup() as group:
            for stream in list(self._streams):
                group.create_task(stream.shut_down())
        await self._transcriber.aclose()

    def _require_ready(self, language: Language) -> None:
        readiness = self.readiness(language)
        if not readiness.is_ready:
            raise not_ready(self._settings.name, readiness.detail)
        if self._is_closed:
            raise closed(self._settings.name)


def _unavailable(detail: str) -> Readiness:
    return Readiness(ReadinessState.UNAVAILABLE, detail)
