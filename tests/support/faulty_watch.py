"""Looking over an engine's shoulder: when it was asked, when it delivered, and when it was given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field

from backend.domain.ports.llm_port import LlmEvent, LlmFinished, LlmPort, LlmRequest
from backend.domain.ports.stt_port import SttCapabilities, SttEvent, SttPort, SttRequest, SttStream
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities, TtsPort, Voice
from backend.domain.value_objects.audio import AudioFrame
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import Readiness


@dataclass
class Attempt:
    """One piece of work, in seconds of the loop. It has failed if it ended before it was done, or was done
    without having delivered anything."""

    began_at: float
    delivered_at: float | None = None
    ended_at: float | None = None
    is_done: bool = False

    @property
    def failed_at(self) -> float | None:
        """When it was over, in vain."""
        is_well = self.is_done and self.delivered_at is not None
        return None if is_well else self.ended_at


@dataclass
class Watch:
    """The attempts that an engine was given."""

    attempts: list[Attempt] = field(default_factory=list)

    @contextmanager
    def attempt(self) -> Iterator[Attempt]:
        """Watch one."""
        now = asyncio.get_running_loop().time
        attempt = Attempt(now())
        self.attempts.append(attempt)
        try:
            yield attempt
        finally:
            attempt.ended_at = now()

    @property
    def running(self) -> int:
        """How many are not over."""
        return sum(attempt.ended_at is None for attempt in self.attempts)

    def failures(self, since: float, until: float) -> list[float]:
        """Return when attempts failed between these instants."""
        times = [attempt.failed_at for attempt in self.attempts]
        return [at for at in times if at is not None and since <= at <= until]


def _delivered(attempt: Attempt) -> None:
    if attempt.delivered_at is None:
        attempt.delivered_at = asyncio.get_running_loop().time()


@dataclass
class WatchedLlm:
    """A watched ``LlmPort``."""

    engine: LlmPort
    watch: Watch = field(default_factory=Watch)

    def readiness(self, language: Language) -> Readiness:
        return self.engine.readiness(language)

    async def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:
        with self.watch.attempt() as attempt:
            async with aclosing(self.engine.stream(request)) as events:
                async for event in events:
                    if not isinstance(event, LlmFinished):
                        _delivered(attempt)
                    yield event
            attempt.is_done = True


@dataclass
class WatchedTts:
    """A watched ``TtsPort``."""

    engine: TtsPort
    watch: Watch = field(default_factory=Watch)

    @property
    def capabilities(self) -> TtsCapabilities:
        return self.engine.capabilities

    def readiness(self, language: Language) -> Readiness:
        return self.engine.readiness(language)

    def voices(self) -> tuple[Voice, ...]:
        return self.engine.voices()

    async def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        with self.watch.attempt() as attempt:
            if not any(map(str.isalnum, request.text)):
                _delivered(attempt)  # there is nothing to say
            async with aclosing(self.engine.synthesize(request)) as chunks:
                async for chunk in chunks:
                    _delivered(attempt)
                    yield chunk
            attempt.is_done = True


@dataclass
class WatchedStt:
    """A watched ``SttPort``: an attempt lasts from opening to the end of the stream, which is a failure
    whenever it comes: a recogniser is there to listen to the end of the call."""

    engine: SttPort
    watch: Watch = field(default_factory=Watch)

    @property
    def capabilities(self) -> SttCapabilities:
        return self.engine.capabilities

    def readiness(self, language: Language) -> Readiness:
        return self.engine.readiness(language)

    async def open(self, request: SttRequest) -> SttStream:
        attempt = Attempt(asyncio.get_running_loop().time())
        self.watch.attempts.append(attempt)
        try:
            return _WatchedStream(await self.engine.open(request), attempt)
        except BaseException:  # whatever it is, opening has ended
            attempt.ended_at = asyncio.get_running_loop().time()
            raise


class _WatchedStream:
    def __init__(self, stream: SttStream, attempt: Attempt) -> None:
        self._stream = stream
        self._attempt = attempt

    def feed(self, frame: AudioFrame) -> None:
        self._stream.feed(frame)

    def finalize(self, utterance: int) -> None:
        self._stream.finalize(utterance)

    async def events(self) -> AsyncGenerator[SttEvent, None]:
        try:
            async with aclosing(self._stream.events()) as events:
                async for event in events:
                    _delivered(self._attempt)
                    yield event
        finally:
            self._end()

    async def aclose(self) -> None:
        self._end()
        await self._stream.aclose()

    def _end(self) -> None:
        if self._attempt.ended_at is None:
            self._attempt.ended_at = asyncio.get_running_loop().time()
