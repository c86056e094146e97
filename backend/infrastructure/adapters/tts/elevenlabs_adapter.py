"""ElevenLabs' voices, over HTTP.

The service streams over HTTP and over a WebSocket. The socket is for text that is still being written: it
serves one text, closes after 20 seconds without any, and each new one pays for TCP, TLS and the upgrade. We
have whole clauses to send, one request each, and HTTP connections are used again: on one that is open the
first byte takes a round trip and the model's time, and no handshake.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities, Voice
from backend.domain.value_objects.audio import WIDEBAND
from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.adapters.local.speakable_text import speakable
from backend.infrastructure.adapters.tts.elevenlabs_voices import (
    DEFAULT_VOICES,
    LANGUAGES,
    catalogue,
    choose,
)
from backend.infrastructure.adapters.tts.elevenlabs_wire import (
    PROVIDER,
    ElevenLabsSpeech,
    explain,
    native_format,
    speech_body,
    speech_params,
    speech_path,
)
from backend.infrastructure.adapters.tts.fetched_voices import FetchedVoices
from backend.infrastructure.adapters.tts.speech_http import SpeechHttp, SpeechOrder
from backend.infrastructure.adapters.tts.speech_stream import stream_speech
from backend.infrastructure.adapters.tts.speech_watch import SpeechWatch

ELEVENLABS_URL: Final = "https://api.elevenlabs.io"
_CHECK_MS: Final = 9_000  # the port allows ten seconds
_CHECK_TEXT: Final = "Ok."


@dataclass(frozen=True, slots=True)
class ElevenLabsSettings:
    """Whose account it is, and how long we wait, in milliseconds.

    ``voice`` is who speaks where an agent names nobody; empty means the best for the language.
    ``first_audio_timeout_ms`` runs from the request, ``gap_timeout_ms`` from one piece to the next.
    """

    api_key: str = field(repr=False)
    base_url: str = ELEVENLABS_URL
    model: str = "eleven_flash_v2_5"
    voice: str = ""
    first_audio_timeout_ms: int = 1_500
    gap_timeout_ms: int = 1_500


class ElevenLabsTts:
    """``TtsPort``, ``Warmable``, ``Checkable`` on ElevenLabs. Belongs to the loop that first uses it."""

    def __init__(self, settings: ElevenLabsSettings) -> None:
        self._settings = settings
        self._http = SpeechHttp(PROVIDER, settings.base_url, {"xi-api-key": settings.api_key})
        self._catalogue = FetchedVoices(DEFAULT_VOICES, self._fetch_voices)

    @property
    def capabilities(self) -> TtsCapabilities:
        """Spanish and English, with word timestamps."""
        return TtsCapabilities(languages=LANGUAGES, word_timestamps=True, local=False)

    def start(self) -> None:
        """Load the HTTP library and fetch the voices in the background. Idempotent."""
        self._catalogue.start()

    def readiness(self, language: Language) -> Readiness:
        """See ``TtsPort``; nothing is sent to find out."""
        if not self._settings.api_key:
            return Readiness(ReadinessState.UNAVAILABLE, "The ElevenLabs key is not set.")
        if language.base not in LANGUAGES:
            detail = f"ElevenLabs is set up for Spanish and English, not for '{language}'."
            return Readiness(ReadinessState.UNAVAILABLE, detail)
        return READY

    def voices(self) -> tuple[Voice, ...]:
        """See ``TtsPort``; any other voice of the account can be named, too."""
        return self._catalogue.voices

    async def warm_up(self, language: Language) -> None:  # noqa: ARG002 (one service for all languages)
        """See ``Warmable``."""
        await self._http.warm_up()

    async def check(self) -> None:
        """See ``Checkable``: says one word, for only that tries key, credit, model and voice together."""
        request = SpeechRequest(_CHECK_TEXT, ENGLISH, VoiceConfig(), WIDEBAND)
        async with aclosing(self._speak(request, first_ms=_CHECK_MS)) as chunks:
            await anext(chunks, None)

    async def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        """See ``TtsPort``. Pitch and style are passed over, speed is kept within 0.7 to 1.2.

        Raises ``ProviderError``: ``unknown-voice``, ``quota-exceeded``, ``incomplete-answer`` …
        """
        first_ms = self._settings.first_audio_timeout_ms
        async with aclosing(self._speak(request, first_ms=first_ms)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def aclose(self) -> None:
        """Disconnect; speech under way breaks off. Idempotent."""
        await self._catalogue.aclose()
        await self._http.aclose()

    async def _speak(self, request: SpeechRequest, *, first_ms: int) -> AsyncGenerator[SpeechChunk, None]:
        sent = speakable(request.text)
        if not any(character.isalnum() for character in sent.text):
            return
        settings = self._settings
        voice = request.voice.voice or settings.voice or choose(self.voices(), request.language)
        source = native_format(request.format)
        order = SpeechOrder(
            speech_path(voice),
            speech_body(sent.text, model=settings.model, language=request.language.base, voice=request.voice),
            lambda refused: explain(refused, voice),
            speech_params(source),
            foreign_types=("audio/", "text/html"),
        )
        decoder = ElevenLabsSpeech(sent, source, request.format)
        watch = SpeechWatch(PROVIDER, first_ms=first_ms, gap_ms=settings.gap_timeout_ms)
        async with aclosing(stream_speech(self._http, order, decoder, watch)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _fetch_voices(self) -> tuple[Voice, ...]:
        return catalogue(await self._http.get_json("/v1/voices"))
