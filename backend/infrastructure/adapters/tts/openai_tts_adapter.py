"""OpenAI's speech, at OpenAI or at anyone who speaks its wire (Kokoro-FastAPI, openedai-speech, LocalAI, …).

One POST with the text, and samples come back: there is nothing in it for an SDK to do. Word times are not
told.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final, Literal

from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities, Voice
from backend.domain.value_objects.audio import WIDEBAND, AudioFormat, Encoding
from backend.domain.value_objects.language import ENGLISH, Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.adapters.local.speakable_text import speakable
from backend.infrastructure.adapters.tts.fetched_voices import FetchedVoices
from backend.infrastructure.adapters.tts.openai_tts_wire import (
    FOREIGN_TYPES,
    SPEECH_PATH,
    OpenAiSpeech,
    explain,
    speech_body,
)
from backend.infrastructure.adapters.tts.openai_voices import (
    LANGUAGES,
    choose,
    listed_voices,
    named_voice,
    openai_voices,
)
from backend.infrastructure.adapters.tts.speech_http import SpeechHttp, SpeechOrder
from backend.infrastructure.adapters.tts.speech_stream import stream_speech
from backend.infrastructure.adapters.tts.speech_watch import SpeechWatch

OPENAI_URL: Final = "https://api.openai.com/v1"
_CHECK_MS: Final = 9_000  # the port allows ten seconds
_CHECK_TEXT: Final = "Ok."


@dataclass(frozen=True, slots=True)
class OpenAiTtsSettings:
    """Where the voice is and how long we wait for it, in milliseconds.

    ``voice`` is who speaks where an agent names nobody; empty means the first one for the language.
    ``audio_format`` is what to ask for; a few servers know WAV only. ``pcm_rate`` (Hz) is that of raw
    samples, a WAV file tells its own. ``name`` is what errors call the provider. ``first_audio_timeout_ms``
    runs from the request, ``gap_timeout_ms`` from one piece to the next.
    """

    model: str
    api_key: str = field(default="", repr=False)
    base_url: str = OPENAI_URL
    voice: str = ""
    name: str = "openai"
    audio_format: Literal["pcm", "wav"] = "pcm"
    pcm_rate: int = 24_000
    first_audio_timeout_ms: int = 2_500
    gap_timeout_ms: int = 1_500

    @property
    def is_openai(self) -> bool:
        """Whether this is OpenAI itself."""
        return self.base_url.rstrip("/") == OPENAI_URL


class OpenAiTts:
    """``TtsPort``, ``Warmable`` and ``Checkable``. Belongs to the event loop that first uses it."""

    def __init__(self, settings: OpenAiTtsSettings) -> None:
        self._settings = settings
        headers = {"Authorization": f"Bearer {settings.api_key}"} if settings.api_key else {}
        self._http = SpeechHttp(settings.name, settings.base_url, headers)
        self._catalogue = FetchedVoices(_known_voices(settings), self._fetch_voices)

    @property
    def capabilities(self) -> TtsCapabilities:
        """Spanish and English, without word timestamps."""
        return TtsCapabilities(languages=LANGUAGES, word_timestamps=False, local=False)

    def start(self) -> None:
        """Load the HTTP library and fetch the voices in the background. Idempotent."""
        self._catalogue.start()

    def readiness(self, language: Language) -> Readiness:
        """See ``TtsPort``; nothing is sent to find out."""
        if not self._settings.model:
            return _unavailable("No speech model is set.")
        if self._settings.is_openai and not self._settings.api_key:
            return _unavailable("The OpenAI key is not set.")
        if language.base not in LANGUAGES:
            return _unavailable(f"OpenAI's speech is set up for Spanish and English, not for '{language}'.")
        return READY

    def voices(self) -> tuple[Voice, ...]:
        """See ``TtsPort``; any other voice of the server can be named, too."""
        return self._catalogue.voices

    async def warm_up(self, language: Language) -> None:  # noqa: ARG002 (one server for all languages)
        """See ``Warmable``."""
        await self._http.warm_up()

    async def check(self) -> None:
        """See ``Checkable``: says one word, which not only lists models but needs one, and a voice."""
        request = SpeechRequest(_CHECK_TEXT, ENGLISH, VoiceConfig(), WIDEBAND)
        async with aclosing(self._speak(request, first_ms=_CHECK_MS)) as chunks:
            await anext(chunks, None)

    async def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        """See ``TtsPort``. OpenAI takes 4096 characters at once: more is ``request-rejected``.

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
        text = speakable(request.text).text
        if not any(character.isalnum() for character in text):
            return
        settings = self._settings
        voice = request.voice.voice or settings.voice or choose(self.voices(), request.language)
        order = SpeechOrder(
            SPEECH_PATH,
            speech_body(
                text,
                model=settings.model,
                voice=voice,
                config=request.voice,
                audio_format=settings.audio_format,
            ),
            lambda refused: explain(settings.name, refused, voice),
            foreign_types=FOREIGN_TYPES,
        )
        raw_format = AudioFormat(Encoding.PCM16, settings.pcm_rate)
        decoder = OpenAiSpeech(settings.name, text, raw_format, request.format)
        watch = SpeechWatch(settings.name, first_ms=first_ms, gap_ms=settings.gap_timeout_ms)
        async with aclosing(stream_speech(self._http, order, decoder, watch)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _fetch_voices(self) -> tuple[Voice, ...]:
        if self._settings.is_openai:  # has no list to ask for
            await self._http.load()
            return ()
        return listed_voices(await self._http.get_json("/audio/voices"))


def _known_voices(settings: OpenAiTtsSettings) -> tuple[Voice, ...]:
    if settings.is_openai:
        return openai_voices(settings.model)
    return named_voice(settings.voice) if settings.voice else ()


def _unavailable(detail: str) -> Readiness:
    return Readiness(ReadinessState.UNAVAILABLE, detail)
