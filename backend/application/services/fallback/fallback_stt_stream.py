"""One caller's recognition, by whichever engine can.

When an engine fails, or leaves final words owing, the next one takes over within the same stream: it hears
again what had not settled, and the words already given are not given again. It then stays until it fails in
turn: a recogniser that has come back is no reason to change ears in the middle of a call.

Where nobody else is left the same engine is opened again, and hears again what had not settled, too. If that
helps nothing (it dies again before it has given a word), the conversation has to be told.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Final

from backend.application.services.ending import CLOSE_TIMEOUT_S
from backend.application.services.fallback.chain import Chain, Link
from backend.application.services.fallback.continuous_stream import ContinuousSttStream
from backend.application.services.fallback.line import Line
from backend.application.services.fallback.retry import retry_s
from backend.application.services.fallback.unsettled import Unsettled
from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.stt_port import (
    SttEvent,
    SttFinal,
    SttPort,
    SttRequest,
    SttSettled,
    SttStream,
)
from backend.domain.value_objects.audio import AudioFrame

# A stream that lived so long was well: what ends it is a new trouble.
HEALTHY_S: Final = 5.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SttPatience:
    """How long an engine may take to open if it has a stand-in, and to say anything while final words are
    awaited. The conversation waits 2.5 s for them (``final_transcript_timeout_ms``): the rest is for hearing
    the utterance again."""

    open_ms: float = 1_500
    settle_ms: float = 2_000


@dataclass(slots=True)
class _Ear:
    """An engine's open stream. ``is_second``: its last one died, or could not be opened, just before."""

    link: Link[SttPort]
    stream: SttStream
    may_be_slow: bool
    asked_at: float
    is_second: bool
    has_spoken: bool = False
    has_given: bool = False  # something that was not known yet and will not change


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
        """Open the first engine that can be. Raises ``ProviderError`` like ``events``.

        One that rests is not tried twice at once: whoever opens this again and again pauses longer.
        """
        line = self._chain.line_up(self._request.language)
        await self._open(Line(self._chain, line, is_second=self._chain.rests(line[0])))

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
                        ear.has_spoken = True
                        ear.has_given |= isinstance(fresh, SttFinal | SttSettled)
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
        """Wait for the next event, but not for ever if final words are awaited and could be had otherwise."""
        is_urgent = self._ear is not None and not self._ear.may_be_slow and self._unsettled.is_awaited
        self._due = self._loop.time() + self._limits.settle_ms / 1_000 if is_urgent else None
        if self._listening is not None and not self._listening.expired():
            self._listening.reschedule(self._due)

    async def _replace(self, ear: _Ear, error: ProviderError) -> None:
        heirs = [link for link in self._chain.line_up(self._request.language) if link is not ear.link]
        self._chain.failed(ear.link, error)
        pause_s = self._again_s(ear, error, has_heir=bool(heirs))
        line = heirs if pause_s is None else [ear.link, *heirs]
        self._chain.tell(ear.link, error, line[0] if line else None)
        await self._release()
        if not line:
            raise self._nobody_left(error) from error
        await self._pause(pause_s or 0)
        await self._open(Line(self._chain, line, is_second=pause_s is not None))

    def _again_s(self, ear: _Ear, error: ProviderError, *, has_heir: bool) -> float | None:
        """Return after which pause to open the engine again whose stream has died; None: not this one."""
        lived_s = self._loop.time() - ear.asked_at
        if has_heir:
            may_ask = not ear.is_second and not ear.has_spoken and self._chain.is_trusted(ear.link)
            return retry_s(error, lived_s) if may_ask else None
        is_hopeless = ear.is_second and not ear.has_given and lived_s < HEALTHY_S
        return None if is_hopeless else retry_s(error, 0)

    async def _open(self, line: Line[SttPort]) -> None:
        """Open the first that can be, and let it hear what has not settled. Raises
        ``ProviderError`` like ``events``."""
        while not self._closed.is_set():
            link = line.ask()
            try:
                stream = await self._opened(link, line.due(self._limits.open_ms))
            except ProviderError as error:
                if self._closed.is_set():
                    return
                if (pause_s := line.failed(error)) is None:
                    raise self._nobody_left(error) from error
                await self._pause(pause_s)
            else:
                # One of this machine is not silent but busy: opened again it would have twice as much to do.
                may_be_slow = line.heir is None and link.port.capabilities.local
                self._ear = _Ear(link, stream, may_be_slow, line.asked_at, line.is_second)
                self._unsettled.replay_into(stream)
                self._be_patient()
                return

    async def _opened(self, link: Link[SttPort], due: float | None) -> SttStream:
        try:
            async with asyncio.timeout_at(due) as self._opening:
                stream = await link.port.open(self._request)
        except TimeoutError as error:
            raise ProviderTimeoutError(link.name, "did not open in time", code="stt-timeout") from error
        finally:
            self._opening = None
        wants_all = self._speech_only and not link.port.capabilities.speech_only
        return ContinuousSttStream(stream, self._request.format) if wants_all else stream

    async def _pause(self, seconds: float) -> None:
        """Wait, unless it is closed meanwhile."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closed.wait()

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
