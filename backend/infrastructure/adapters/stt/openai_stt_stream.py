"""A caller's recognition by requests: one for each utterance.

Utterances are worked through one after the other, so that their words come in the order they were said. An
utterance that goes on for longer than the model can hear is sent in pieces, each cut where it is quietest.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from backend.domain.errors import ProviderError
from backend.domain.ports.stt_port import SttEvent, SttFinal, SttRequest, SttSettled
from backend.domain.value_objects.audio import WIDEBAND, AudioFrame
from backend.infrastructure.adapters.local.mailbox import Mailbox
from backend.infrastructure.adapters.service_errors import closed
from backend.infrastructure.adapters.stt.openai_transcriber import OpenAiSttSettings, Transcriber
from backend.infrastructure.adapters.stt.speech_measure import quietest_byte, voiced_ms
from backend.infrastructure.adapters.stt.stream_task import StreamTask
from backend.infrastructure.adapters.stt.stt_errors import not_read, overloaded
from backend.infrastructure.adapters.stt.whisper_inventions import spoken_words

_UNREAD_EVENTS: Final = 256
_WAITING_PIECES: Final = 64  # utterances in a minute of audio are fewer
_CUT_WITHIN_MS: Final = 5_000  # a speaker breathes that often


@dataclass(frozen=True, slots=True)
class _Piece:
    """Audio to be recognised, PCM16 at 16 kHz; ``ends`` is the utterance that settles with it, if any."""

    pcm: bytes
    ends: int | None


class OpenAiSttStream:
    """``SttStream`` whose words come by HTTP."""

    def __init__(self, transcriber: Transcriber, settings: OpenAiSttSettings, request: SttRequest) -> None:
        self._transcriber = transcriber
        self._settings = settings
        self._request = request
        self._window_bytes = WIDEBAND.bytes_in(settings.window_ms)
        self._most_bytes = WIDEBAND.bytes_in(settings.max_backlog_ms)
        self._waiting_bytes = 0  # of audio whose words are not there
        self._pcm = bytearray()
        self._pieces: Mailbox[_Piece] = Mailbox(_WAITING_PIECES)
        self._events: Mailbox[SttEvent] = Mailbox(_UNREAD_EVENTS)
        self._task = StreamTask(self._events)
        self._is_over = False

    def begin(self) -> None:
        """Begin to wait for utterances. Whoever begins a stream must ``aclose`` it."""
        self._task.start(self._work)

    def feed(self, frame: AudioFrame) -> None:
        """See ``SttStream``. Raises ``ValueError`` if the audio is not PCM16 at 16 kHz."""
        if frame.format != WIDEBAND:
            raise ValueError(f"recognition takes PCM16 at 16 kHz, not {frame.format}")
        if self._is_over:
            return
        self._waiting_bytes += len(frame.payload)
        if self._waiting_bytes > self._most_bytes:
            self._fail(overloaded(self._settings.name))
            return
        self._pcm += frame.payload
        while len(self._pcm) >= self._window_bytes:
            window = bytes(self._pcm[: self._window_bytes])
            cut = quietest_byte(window, within_ms=min(_CUT_WITHIN_MS, self._settings.window_ms // 2))
            self._send_off(cut, None)

    def finalize(self, utterance: int) -> None:
        """See ``SttStream``."""
        if not self._is_over:
            self._send_off(len(self._pcm), utterance)

    async def events(self) -> AsyncGenerator[SttEvent, None]:
        """See ``SttStream``."""
        while (event := await self._events.get()) is not None:
            yield event

    async def aclose(self) -> None:
        """See ``SttStream``. A request under way is given up, and its socket closed."""
        self._events.close()
        self._is_over = True
        await self._task.aclose()

    async def shut_down(self) -> None:
        """The adapter is being closed: the stream fails, and is freed."""
        self._fail(closed(self._settings.name))
        await self._task.aclose()

    def _send_off(self, size: int, ends: int | None) -> None:
        piece = _Piece(bytes(self._pcm[:size]), ends)
        del self._pcm[:size]
        if not self._pieces.put(piece):
            self._fail(overloaded(self._settings.name))

    async def _work(self) -> None:
        while (piece := await self._pieces.get()) is not None:
            words = await self._words(piece.pcm)
            self._waiting_bytes -= len(piece.pcm)
            if words:
                self._put(SttFinal(words))
            if piece.ends is not None:
                self._put(SttSettled(piece.ends))

    async def _words(self, pcm: bytes) -> str:
        voice_ms = voiced_ms(pcm)
        if voice_ms < self._settings.least_voice_ms:
            return ""
        text = await self._transcriber.transcribe(pcm, self._request.language, self._request.hints)
        return spoken_words(text, voice_ms)

    def _put(self, event: SttEvent) -> None:
        if not self._events.put(event):
            raise not_read(self._settings.name)

    def _fail(self, error: ProviderError) -> None:
        self._events.fail(error)
        self._is_over = True
        self._task.cancel()
