"""One caller's recognition, by whichever engine can.

When an engine fails, or leaves final words owing, the next one takes over within the same stream: it hears
again what had not settled, and the words already given are not given again. It then stays until it fails in
turn: a recogniser that has come back is no reason to change ears in the middle of a call.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from backend.application.services.ending import CLOSE_TIMEOUT_S
from backend.application.services.fallback.chain import Chain, Link
from backend.application.services.fallback.continuous_stream import ContinuousSttStream
from backend.application.services.fallback.unsettled import Unsettled
from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.stt_port import (
    SttEvent,
    SttPort,
    SttRequest,
    SttSettled,
    SttStream,
)
from backend.domain.value_objects.audio import AudioFrame

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SttPatience:
    """How long an engine that has a stand-in may take to open, and to say anything while final words
    are awaited. The conversation waits 2.5 s for them (``final_transcript_timeout_ms``): the rest is
    the stand-in's, to hear the utterance again."""

    open_ms: float = 1_500
    settle_ms: float = 2_000


@dataclass(frozen=True, slots=True)
class _Ear:
    link: Link[SttPort]
    stream: SttStream
    has_heir: bool


class FallbackSttStream:
    """``SttStream`` over the streams of a chain, one at a time. To be begun before it is used."""

    def __init__(
        self,
        chain: Chain[SttPort],
        request: SttRequest,
        *,
        patience: SttPatience,
        speech_only: bool,
    ) -> None:
        self._chain = chain
        self._request = request
        self._limits = patience
        self._speech_only = speech_only
        self._loop = asyncio.get_running_loop()
        self._unsettled = Unsettled()
        self._ear: _Ear | None = None
        self._opening: asyncio.Timeout | None = None
        self._listening: asyncio.Timeout | None = None
        self._due: float | None = None  # when the engine must have said something
        self._closed = asyncio.Event()

    async def begin(self) -> None:
        """Open the first engine that can be. Raises ``ProviderError`` like ``events``."""
        await self._open(self._chain.line_up(self._request.language))

    def feed(self, frame: AudioFrame) -> None:
        """See ``SttStream``. While no engine is open the audio waits for one."""
        if self._closed.is_set():
            return
        self._unsettled.feed(frame)
        if self._ear is not None:
            self._ear.stream.feed(frame)

    def finalize(self, utterance: int) -> None:
        """See ``SttStream``."""
        if self._closed.is_set():
            return
        self._unsettled.finalize(utterance)
        if self._ear is not None:
            self._ear.stream.finalize(utterance)
        self._be_patient()

    async def events(self) -> AsyncGenerator[SttEvent, None]:
        """See ``SttStream``. Raises ``ProviderError`` with the last engine's code when there is none left to
        ask; it is retryable unless all of them have refused for good."""
        while (ear := self._ear) is not None and not self._closed.is_set():
            try:
                async with aclosing(ear.stream.events()) as events:
                    while (event := await self._next(events, ear)) is not None:
                        if isinstance(event, SttSettled):
                            self._chain.succeeded(ear.link)
                        fresh = self._unsettled.receive(event)
                        self._be_patient()
                        if fresh is not None:
                            yield fresh
                if not self._closed.is_set():
                    raise ProviderError(ear.link.name, "the recogniser stopped", code="stt-stopped")
            except ProviderError as error:
                await self._replace(ear, error)
        await self._release()

    async def aclose(self) -> None:
        """See ``SttStream``."""
        self._closed.set()
        if self._opening is not None and not self._opening.expired():
            self._opening.reschedule(self._loop.time())  # whoever waits for it need not any longer
        await self._release()

    async def _next(self, events: AsyncGenerator[SttEvent, None], ear: _Ear) -> SttEvent | None:
        try:
            async with asyncio.timeout_at(self._due) as self._listening:
                return await anext(events, None)
        except TimeoutError as error:
            raise ProviderTimeoutError(
                ear.link.name, "an utterance did not settle", code="stt-timeout"
            ) from error
        finally:
            self._listening = None

    def _be_patient(self) -> None:
        """Wait for the next event, but not for ever if final words are awaited and others could give
        them."""
        is_urgent = self._ear is not None and self._ear.has_heir and self._unsettled.is_awaited
        self._due = self._loop.time() + self._limits.settle_ms / 1_000 if is_urgent else None
        if self._listening is not None and not self._listening.expired():
            self._listening.reschedule(self._due)

    async def _replace(self, ear: _Ear, error: ProviderError) -> None:
        heirs = [link for link in self._chain.line_up(self._request.language) if link is not ear.link]
        self._chain.failed(ear.link, error, heirs[0] if heirs else None)
        await self._release()
        if not heirs:
            raise self._nobody_left(error) from error
        await self._open(heirs)

    async def _open(self, line: Sequence[Link[SttPort]]) -> None:
        """Open the first that can be, and let it hear what has not settled. Raises
        ``ProviderError`` like ``events``."""
        for link, heir in zip(line, [*line[1:], None], strict=True):
            if self._closed.is_set():
                return
            self._chain.begun(link)
            try:
                stream = await self._opened(link, has_heir=heir is not None)
            except ProviderError as error:
                if self._closed.is_set():
                    return
                self._chain.failed(link, error, heir)
                if heir is None:
                    raise self._nobody_left(error) from error
            else:
                self._ear = _Ear(link, stream, has_heir=heir is not None)
                self._unsettled.replay_into(stream)
                self._be_patient()
                return

    async def _opened(self, link: Link[SttPort], *, has_heir: bool) -> SttStream:
        until = self._loop.time() + self._limits.open_ms / 1_000 if has_heir else None
        try:
            async with asyncio.timeout_at(until) as self._opening:
                stream = await link.port.open(self._request)
        except TimeoutError as error:
            raise ProviderTimeoutError(link.name, "did not open in time", code="stt-timeout") from error
        finally:
            self._opening = None
        wants_all = self._speech_only and not link.port.capabilities.speech_only
        return ContinuousSttStream(stream) if wants_all else stream

    def _nobody_left(self, error: ProviderError) -> ProviderError:
        """The last engine may refuse for good while the first one is only resting."""
        is_final = self._chain.has_refused
        return ProviderError(
            error.provider, "there is no recogniser left", code=error.code, retryable=not is_final
        )

    async def _release(self) -> None:
        """Close the engine's stream. If this is cancelled, ``aclose`` does it again."""
        if (ear := self._ear) is None:
            return
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await ear.stream.aclose()
        except TimeoutError:
            _log.warning("a recogniser's stream did not close", extra={"engine": ear.link.name})
        self._ear = None
