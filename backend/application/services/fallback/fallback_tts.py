"""A speech engine with others behind it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from backend.application.services.engine_failures import EngineFailures
from backend.application.services.fallback.chain import Chain, Link
from backend.application.services.fallback.relay import Patience, relay
from backend.application.services.speech_cache import CachedTts, replay
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities, TtsPort, Voice
from backend.domain.value_objects.instant import NS_PER_MS
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import Readiness
from backend.domain.value_objects.voice_config import VoiceConfig

FIRST_CHUNK_MS: Final = 1_500
# More than the adapters allow themselves: this is for those that have no watchdog.
NEXT_CHUNK_MS: Final = 2_000
# A frame: the line takes no less, and an engine that drips (a sample now and then) has said nothing yet.
PIECE_MS: Final = 20


class FallbackTts:
    """A ``TtsPort`` over several, the best first.

    For each text the next engine is asked if one fails, gives no audio though there are letters or digits to
    be spoken, or takes longer than ``first_chunk_ms`` to begin. Once there is audio of a text, the engine's
    failure is the text's: its first words may have been heard. Audio is counted in frames of ``PIECE_MS``.

    Speech that is kept of the engine whose turn it is (``CachedTts``) is played without asking it, and says
    nothing about its health. ``voices`` are those that stand-ins were given, by their names; ``failures`` is
    the call's.
    """

    def __init__(
        self,
        links: Sequence[Link[TtsPort]],
        voices: Mapping[str, VoiceConfig] | None = None,
        *,
        failures: EngineFailures | None = None,
        first_chunk_ms: float = FIRST_CHUNK_MS,
    ) -> None:
        self._chain = Chain("tts", links, failures)
        self._voices = dict(voices or {})
        self._patience = Patience(first_chunk_ms, NEXT_CHUNK_MS)

    @property
    def capabilities(self) -> TtsCapabilities:
        """All languages that one of them speaks; word timestamps and staying on this machine only if all
        do, because nobody knows which of them is going to speak."""
        each = [link.port.capabilities for link in self._chain.links]
        return TtsCapabilities(
            languages=frozenset().union(*(one.languages for one in each)),
            word_timestamps=all(one.word_timestamps for one in each),
            local=all(one.local for one in each),
        )

    def readiness(self, language: Language) -> Readiness:
        """See ``Chain.readiness``."""
        return self._chain.readiness(language)

    def voices(self) -> tuple[Voice, ...]:
        """Return the first engine's voices: the only ones that can be asked for (see ``synthesize``)."""
        return self._chain.links[0].port.voices()

    async def warm_up(self, language: Language) -> None:
        """See ``Chain.warm_up``."""
        await self._chain.warm_up(language)

    def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        """See ``TtsPort``.

        ``request.voice`` is the first engine's. A stand-in that was given no voice uses its default for the
        language, at the speed that was asked for.
        """
        first = self._chain.line_up(request.language)[0]
        if isinstance(first.port, CachedTts):
            kept = first.port.find(self._asked(first, request))
            if kept is not None:
                return replay(kept)
        return relay(
            self._chain,
            request.language,
            lambda link: link.port.synthesize(self._asked(link, request)),
            patience=self._patience,
            progress=lambda chunk: chunk.frame.duration_ns / (PIECE_MS * NS_PER_MS),
            may_be_empty=not any(map(str.isalnum, request.text)),
        )

    def _asked(self, link: Link[TtsPort], request: SpeechRequest) -> SpeechRequest:
        voice = self._voices.get(link.name)
        if voice is None and link is self._chain.links[0]:
            return request
        return replace(request, voice=voice or VoiceConfig(engine=link.name, speed=request.voice.speed))
