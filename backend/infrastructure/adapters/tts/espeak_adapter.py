"""The voice that is always there: eSpeak NG, no account, no download, a hundred times real time.

The synthesiser is GPL-3 and runs in a worker process; nothing of it is loaded here.
"""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncGenerator
from typing import Final

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities, Voice
from backend.domain.value_objects.audio import AudioFrame
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.domain.value_objects.voice_config import VoiceConfig
from backend.infrastructure.adapters.local.framing import Kind, Message
from backend.infrastructure.adapters.local.mailbox import Mailbox
from backend.infrastructure.adapters.local.speech_messages import SpeechOrder, decode_speech
from backend.infrastructure.adapters.local.worker_process import WorkerProcess
from backend.infrastructure.adapters.tts.espeak_voices import VOICES, espeak_voice

_PROVIDER: Final = "espeak"
_WORKER: Final = "backend.infrastructure.adapters.local.espeak_worker"
_WORDS_PER_MINUTE: Final = 165  # at speed 1; eSpeak's own 175 is hurried on a telephone
# Measured on the median fundamental of the voices below: 25 steps of eSpeak's 0 to 99 are 3.1 semitones. What
# is beyond six semitones either way gets the extreme.
_NEUTRAL_PITCH: Final = 50
_PITCH_STEPS_PER_SEMITONE: Final = 8
_HIGHEST_PITCH: Final = 99
# Starting the process takes a fifth of a second, a piece of text a few milliseconds.
_PROGRESS_TIMEOUT_S: Final = 5.0
# Two pieces of ten seconds each, in chunks of 200 ms, need about 100; the slowest voice doubles it.
_UNREAD_MESSAGES: Final = 1_000


class EspeakTts:
    """``TtsPort`` on eSpeak NG."""

    def __init__(self) -> None:
        self._worker = WorkerProcess(_PROVIDER, _WORKER)

    @property
    def capabilities(self) -> TtsCapabilities:
        """Spanish and English, with word timestamps."""
        return TtsCapabilities(languages=frozenset({"en", "es"}), word_timestamps=True, local=True)

    @property
    def worker(self) -> WorkerProcess:
        """The process that speaks."""
        return self._worker

    def start(self) -> None:
        """Load the engine in the background, so that the first call does not wait for it."""
        self._worker.start()

    def readiness(self, language: Language) -> Readiness:
        """See ``TtsPort``. Ready even before the process runs: starting it takes a moment only."""
        if language.base not in self.capabilities.languages:
            return _unavailable(f"eSpeak NG is set up for Spanish and English, not for '{language}'.")
        if importlib.util.find_spec("espeakng_loader") is None:
            return _unavailable("The package 'espeakng-loader' is not installed.")
        if self._worker.failure:
            return _unavailable(f"eSpeak NG does not start: {self._worker.failure}")
        return READY

    def voices(self) -> tuple[Voice, ...]:
        """See ``TtsPort``."""
        return VOICES

    async def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        """See ``TtsPort``. Raises ``ProviderError`` (``unknown-voice``) if the voice is not on offer."""
        mailbox: Mailbox[Message] = Mailbox(_UNREAD_MESSAGES)

        def deliver(message: Message | ProviderError) -> None:
            if isinstance(message, ProviderError):
                mailbox.fail(message)
            elif not mailbox.put(message):
                mailbox.fail(ProviderError(_PROVIDER, "its audio was not taken in time"))

        link = await self._worker.open(_order(request).encode(), deliver)
        try:
            while True:
                message = await _next(mailbox)
                match message.kind:
                    case Kind.SPEECH:
                        audio, words = decode_speech(message.payload)
                        yield SpeechChunk(AudioFrame(request.format, audio), words)
                    case Kind.PIECE_DONE:
                        link.send(Kind.MORE)
                    case Kind.DONE:
                        return
        finally:
            link.close()

    async def aclose(self) -> None:
        """Stop the process within two seconds; speech under way fails. Idempotent."""
        await self._worker.aclose()


def _order(request: SpeechRequest) -> SpeechOrder:
    voice = espeak_voice(request.voice.voice, request.language)
    if voice is None:
        asked = request.voice.voice or request.language.tag
        raise ProviderError(_PROVIDER, f"has no voice for {asked!r}", code="unknown-voice", retryable=False)
    return SpeechOrder(
        text=request.text,
        voice=voice,
        words_per_minute=round(_WORDS_PER_MINUTE * request.voice.speed),
        pitch=_pitch(request.voice),
        encoding=request.format.encoding.value,
        rate=request.format.rate,
    )


def _pitch(voice: VoiceConfig) -> int:
    steps = round(_NEUTRAL_PITCH + voice.pitch * _PITCH_STEPS_PER_SEMITONE)
    return max(0, min(_HIGHEST_PITCH, steps))


async def _next(mailbox: Mailbox[Message]) -> Message:
    try:
        async with asyncio.timeout(_PROGRESS_TIMEOUT_S):
            message = await mailbox.get()
    except TimeoutError as error:
        raise ProviderTimeoutError(_PROVIDER, "said nothing for too long") from error
    assert message is not None  # nobody closes this mailbox
    return message


def _unavailable(detail: str) -> Readiness:
    return Readiness(ReadinessState.UNAVAILABLE, detail)
