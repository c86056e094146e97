"""Azure's neural voices, over the official Speech SDK.

Nothing of the SDK is called on the event loop: speaking and stopping happen in threads, and a listener that
leaves never waits for the service to agree. The SDK itself notices a silent service after 80 seconds, so
the progress of speech is watched here.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities, Voice
from backend.domain.value_objects.audio import WIDEBAND, AudioFormat
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import Readiness
from backend.infrastructure.adapters.azure.account import LANGUAGES, PROVIDER, AzureAccount, locale_of
from backend.infrastructure.adapters.azure.handover import Handover
from backend.infrastructure.adapters.azure.rest import fetch_voices
from backend.infrastructure.adapters.azure.speaker import SpeechEnded, SpeechItem, native_format
from backend.infrastructure.adapters.azure.speaker_pool import SpeakerPool
from backend.infrastructure.adapters.azure.speech_assembly import SpeechAssembly, SpokenWord
from backend.infrastructure.adapters.azure.ssml import ssml
from backend.infrastructure.adapters.azure.voices import VOICES, azure_voice

_UNREAD_ITEMS: Final = 64  # pieces of audio (the service's are of a tenth to half a second) and words
# Words come on another thread than audio, ahead of it from the service itself: this is for the threads only.
_LATE_WORDS_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class AzureTtsSettings:
    """How long we wait, in milliseconds: for the first audio, and then from one piece to the next.

    ``spare_connections`` of each audio format in use are kept open.
    """

    first_audio_timeout_ms: int = 1_500
    gap_timeout_ms: int = 1_500
    spare_connections: int = 2


class AzureTts:
    """``TtsPort`` on Azure. Belongs to the event loop that first uses it."""

    def __init__(self, account: AzureAccount, settings: AzureTtsSettings | None = None) -> None:
        self._account = account
        self._settings = settings or AzureTtsSettings()
        self._speakers = SpeakerPool(account, spare=self._settings.spare_connections)
        self._voices = VOICES
        self._listing: asyncio.Task[None] | None = None  # cancelled by aclose

    @property
    def capabilities(self) -> TtsCapabilities:
        """Spanish and English, with word timestamps."""
        return TtsCapabilities(languages=LANGUAGES, word_timestamps=True, local=False)

    @property
    def open_connections(self) -> int:
        """How many connections wait for the next words."""
        return self._speakers.idle

    def start(self) -> None:
        """Load the SDK and connect in the background, so that the first call does not wait for it; find out
        there, too, which voices the service has."""
        self._speakers.warm(WIDEBAND)
        if self._listing is None:
            self._listing = asyncio.get_running_loop().create_task(self._list_voices())

    async def warm_up(self, language: Language) -> None:  # noqa: ARG002 (connections speak any)
        """See ``Warmable``: have connections for the formats in use. Does not wait for them."""
        self._speakers.warm_all()

    async def check(self) -> None:
        """See ``Checkable``: ask for the list of voices, which costs nothing."""
        self._voices = await fetch_voices(self._account)

    def readiness(self, language: Language) -> Readiness:
        """See ``TtsPort``; nothing is sent to find out."""
        return self._account.readiness(language)

    def voices(self) -> tuple[Voice, ...]:
        """See ``TtsPort``; any other of Azure's voices can be named, too."""
        return self._voices

    async def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        """See ``TtsPort``. Raises ``ProviderError`` (``unknown-voice``) if no voice can have that name."""
        source = _source_of(request.format)
        document = _document(request)
        if not any(character.isalnum() for character in request.text):
            return
        speech = SpeechAssembly(request.text, source, request.format)
        handover: Handover[SpeechItem] = Handover(_UNREAD_ITEMS)
        speaker = await self._speakers.take(source)
        is_finished = False
        try:
            self._speakers.begin(speaker, document, handover)
            wait_ms = self._settings.first_audio_timeout_ms
            while not is_finished:
                ended = await _next_piece(handover, speech, wait_ms)
                if chunk := speech.take(is_last=ended is not None):
                    yield chunk
                if ended is not None and ended.error is not None:
                    raise ended.error
                is_finished = ended is not None
                wait_ms = self._settings.gap_timeout_ms
        finally:
            handover.close()
            if is_finished:
                self._speakers.give_back(speaker)
            else:
                self._speakers.discard(speaker)

    async def aclose(self) -> None:
        """Disconnect within two seconds; speech under way ends. Idempotent."""
        if self._listing is not None:
            self._listing.cancel()
            await asyncio.wait([self._listing])
        await self._speakers.aclose()

    async def _list_voices(self) -> None:
        with contextlib.suppress(ProviderError):  # then the first choice is what there is
            self._voices = await fetch_voices(self._account)


def _source_of(wanted: AudioFormat) -> AudioFormat:
    source = native_format(wanted)
    if source is None:
        detail = f"cannot make {wanted.encoding} at {wanted.rate} Hz"
        raise ProviderError(PROVIDER, detail, code="unknown-format", retryable=False)
    return source


def _document(request: SpeechRequest) -> str:
    locale = locale_of(request.language)
    voice = azure_voice(request.voice.voice, locale)
    if voice is None:
        asked = request.voice.voice or request.language.tag
        raise ProviderError(PROVIDER, f"has no voice for {asked!r}", code="unknown-voice", retryable=False)
    return ssml(request.text, voice=voice, locale=locale, config=request.voice)


async def _next_piece(
    handover: Handover[SpeechItem], speech: SpeechAssembly, wait_ms: int
) -> SpeechEnded | None:
    """Wait until ``speech`` has more audio; return its end if it has come.

    Raises ``ProviderTimeoutError`` if there is none in time.
    """
    ended: SpeechEnded | None = None
    try:
        async with asyncio.timeout(wait_ms / 1_000):
            while ended is None and not speech.has_audio:
                ended = _add(speech, await handover.get())
    except TimeoutError as error:
        raise ProviderTimeoutError(PROVIDER, "no speech came in time") from error
    try:
        async with asyncio.timeout(_LATE_WORDS_S):
            while speech.lacks_words:
                ended = _add(speech, await handover.get()) or ended
    except TimeoutError:
        pass  # then they get the place where the next audio begins
    return ended


def _add(speech: SpeechAssembly, item: SpeechItem) -> SpeechEnded | None:
    match item:
        case bytes():
            speech.add_audio(item)
        case SpokenWord():
            speech.add_word(item)
        case SpeechEnded():
            return item
    return None
