"""How does this voice sound? Said by the engine itself: nobody stands in, and nothing is made up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Final, Protocol

from backend.application.factories.provider_registry import ProviderRegistry
from backend.domain.entities.agent import AUTO
from backend.domain.errors import FieldError, ProviderError, ProviderTimeoutError
from backend.domain.ports.tts_port import SpeechRequest, TtsPort
from backend.domain.value_objects.audio import WIDEBAND, AudioFrame
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.voice_config import VoiceConfig

MAX_TEXT: Final = 300
MAX_AUDIO_MS: Final = 20_000
TIMEOUT_S: Final = 20.0

_INTRODUCTIONS: Final = {
    "en": ("Hello, I am {name}. This is how I sound on the telephone.", "Hello. This is how I sound."),
    "es": ("Hola, soy {name}. Así sueno por teléfono.", "Hola. Así es como sueno."),
}


class EngineLender(Protocol):
    """Lends a tenant's engines; see ``EngineDirectory``."""

    def borrowed(self, tenant: str) -> AbstractAsyncContextManager[ProviderRegistry]: ...


class VoicePreview:
    """Speaks a sentence with one of a tenant's voices."""

    def __init__(self, lender: EngineLender) -> None:
        self._lender = lender

    async def __call__(self, tenant: str, language: Language, voice: VoiceConfig, text: str) -> AudioFrame:
        """Return the speech (``WIDEBAND``, at most ``MAX_AUDIO_MS``); an empty ``text`` becomes one in which
        the voice says who it is.

        Cancelling it stops the engine. Raises ``FieldError`` (``unknown-engine``, ``unknown-language``),
        ``ProviderTimeoutError`` after ``TIMEOUT_S``, ``ProviderError`` (``not-ready`` if the engine cannot
        speak now; what it raises), ``StorageError``.
        """
        async with self._lender.borrowed(tenant) as registry:
            name, tts = _engine(registry.tts, voice.engine, language)
            if tts.capabilities.languages and language.base not in tts.capabilities.languages:
                raise FieldError("language", f"{name} does not speak it", code="unknown-language")
            readiness = tts.readiness(language)
            if not readiness.is_ready:
                raise ProviderError(name, readiness.detail, code="not-ready")
            request = SpeechRequest(
                text or _introduction(tts, voice.voice, language), language, voice, WIDEBAND
            )
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    return await _spoken(tts, request)
            except TimeoutError as error:
                raise ProviderTimeoutError(name, "did not finish speaking in time") from error


def _engine(engines: Mapping[str, TtsPort], chosen: str, language: Language) -> tuple[str, TtsPort]:
    """Return the engine that is meant, with its name."""
    if chosen == AUTO:
        ready = [name for name, tts in engines.items() if tts.readiness(language).is_ready]
        chosen = (ready or list(engines))[0]
    if chosen not in engines:
        raise FieldError(
            "voice.engine", f"there is no such engine; there are {', '.join(engines)}", code="unknown-engine"
        )
    return chosen, engines[chosen]


async def _spoken(tts: TtsPort, request: SpeechRequest) -> AudioFrame:
    audio, limit = bytearray(), WIDEBAND.bytes_in(MAX_AUDIO_MS)
    async with aclosing(tts.synthesize(request)) as chunks:
        async for chunk in chunks:
            audio += chunk.frame.payload
            if len(audio) >= limit:
                break
    return AudioFrame(WIDEBAND, bytes(audio[:limit]))


def _introduction(tts: TtsPort, voice: str, language: Language) -> str:
    named, unnamed = _INTRODUCTIONS.get(language.base, _INTRODUCTIONS["en"])
    name = next((offered.name for offered in tts.voices() if voice and offered.id == voice), "")
    return named.format(name=name) if name else unnamed
