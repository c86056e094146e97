"""Keeping a recogniser on the line for as long as the call lasts.

A recogniser that fails, or leaves an utterance unsettled without another word, is told as an event (the
conversation goes on without waiting for its words), and opened again with a growing pause, unless it said
that it would refuse again. While there is none, an utterance settles at once: nobody waits for words that
cannot come. What is said meanwhile the next one hears, from the first word to the last or not at all: it
would hear half a word, or one that was already given, where another had begun and broken off.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import aclosing
from typing import Final

from backend.application.services.call_clock import CallClock
from backend.application.services.ending import CLOSE_TIMEOUT_S, despite_cancellation
from backend.application.services.inbox import Inbox
from backend.domain.conversation.events import (
    FinalTranscript,
    PartialTranscript,
    TranscriptionFailed,
    TranscriptSettled,
)
from backend.domain.errors import ProviderError
from backend.domain.ports.channel_port import TroubleReported
from backend.domain.ports.stt_port import (
    SttEvent,
    SttFinal,
    SttPartial,
    SttPort,
    SttRequest,
    SttSettled,
    SttStream,
)
from backend.domain.value_objects.audio import AudioFrame
from backend.domain.value_objects.instant import NS_PER_MS

OPEN_TIMEOUT_S: Final = 5.0
SETTLE_TIMEOUT_S: Final = 5.0  # without any event of an utterance that was finalised
MISSED_MS: Final = 8_000  # engines refuse more than 10 s at once
RETRY_S: Final = (0.25, 1.0, 2.0, 5.0)
TROUBLE: Final = "Speech recognition has failed; what was said may be lost."

_log = logging.getLogger(__name__)


class Transcription:
    """One caller's recogniser. ``tell`` reports trouble to the person at the other end."""

    def __init__(
        self,
        stt: SttPort,
        request: SttRequest,
        *,
        clock: CallClock,
        inbox: Inbox,
        tell: Callable[[TroubleReported], None],
    ) -> None:
        self._stt = stt
        self._request = request
        self._clock = clock
        self._inbox = inbox
        self._tell = tell
        self._stream: SttStream | None = None
        self._missed: deque[AudioFrame] = deque()  # of this utterance, while there was no stream
        self._missed_ns = 0
        self._has_words = False  # of this utterance have been given
        self._patience: asyncio.Timeout | None = None
        self._finalized = 0  # the last utterance whose final words were asked for …
        self._settled = 0  # … and the last that has settled
        self.wants_speech_only = stt.capabilities.speech_only

    def feed(self, frame: AudioFrame) -> None:
        """Pass audio on; while there is no recogniser, the last ``MISSED_MS`` of an utterance wait for it."""
        if self._stream is not None and frame.payload:
            self._stream.feed(frame)
        elif frame.payload and not self._has_words:
            self._missed.append(frame)
            self._missed_ns += frame.duration_ns
            while self._missed_ns > MISSED_MS * NS_PER_MS:
                self._missed_ns -= self._missed.popleft().duration_ns

    def finalize(self, utterance: int) -> None:
        """The caller has paused: ask for the final words."""
        self._has_words = False
        if self._stream is None:
            self._take_missed()
            self._inbox.put(TranscriptSettled(self._clock.now(), utterance))
        else:
            self._finalized = utterance
            self._stream.finalize(utterance)
            self._be_patient()

    async def run(self) -> None:
        """Recognise until cancelled, or until the recogniser refuses for good."""
        failures = 0
        while True:
            try:
                async with asyncio.timeout(OPEN_TIMEOUT_S):
                    self._stream = await self._stt.open(self._request)
                for frame in self._take_missed():
                    self._stream.feed(frame)
                async with asyncio.timeout(None) as self._patience, aclosing(self._stream.events()) as events:
                    async for event in events:
                        failures = 0
                        self._inbox.put(self._as_fact(event))
                        self._be_patient()
                raise ProviderError("stt", "the recogniser stopped", code="stt-stopped")
            except (ProviderError, TimeoutError) as error:
                code = error.code if isinstance(error, ProviderError) else "stt-timeout"
                is_final = isinstance(error, ProviderError) and not error.retryable
                self._inbox.put(TranscriptionFailed(self._clock.now(), code))
                if failures == 0 or is_final:
                    # What an engine says may name hosts and accounts: that is for the log.
                    _log.warning("a recogniser failed", extra={"code": code}, exc_info=True)
                    self._tell(TroubleReported(code, TROUBLE))
                if is_final:
                    return
            finally:
                # At once: what is finalised while the stream closes would be finalised in vain.
                await despite_cancellation(_close(self._forget()))
            await asyncio.sleep(RETRY_S[min(failures, len(RETRY_S) - 1)])
            failures += 1

    def _take_missed(self) -> deque[AudioFrame]:
        missed, self._missed, self._missed_ns = self._missed, deque(), 0
        return missed

    def _be_patient(self) -> None:
        """Wait for the next event, but not for ever if an utterance has to settle."""
        if self._patience is None or self._patience.expired():
            return
        is_awaited = self._settled < self._finalized
        now = asyncio.get_running_loop().time()
        self._patience.reschedule(now + SETTLE_TIMEOUT_S if is_awaited else None)

    def _forget(self) -> SttStream | None:
        """From now on there is no recogniser; return the one there was."""
        stream, self._stream, self._patience = self._stream, None, None
        self._settled = self._finalized
        return stream

    def _as_fact(self, event: SttEvent) -> PartialTranscript | FinalTranscript | TranscriptSettled:
        now = self._clock.now()
        match event:
            case SttPartial():
                self._has_words |= bool(event.text)
                return PartialTranscript(now, event.text)
            case SttFinal():
                self._has_words |= bool(event.text)
                return FinalTranscript(now, event.text, "" if event.language is None else event.language.tag)
            case SttSettled():
                self._settled = max(self._settled, event.utterance)
                self._has_words = False
                return TranscriptSettled(now, event.utterance)


async def _close(stream: SttStream | None) -> None:
    if stream is None:
        return
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await stream.aclose()
    except TimeoutError:
        _log.warning("a recogniser's stream did not close")
