"""Engines that fail as services far away do: each way of failing as it shows at the port.

Which error comes at which moment is what our adapters make of such a service (their tests and
``tests/faults/test_real_matrix.py`` show it). Those that hang end with the adapters' own watchdogs, or never
if they are ``careless``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.ports.llm_port import LlmEvent, LlmRequest, TextDelta
from backend.domain.ports.stt_port import SttCapabilities, SttEvent, SttRequest
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities, Voice
from backend.domain.value_objects.audio import AudioFrame
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY, Readiness
from tests.support.answering_engines import AnsweringLlm, WordStt, WordSttStream
from tests.support.faulty_ways import Way
from tests.support.scripted import FOR_EVER_S, ScriptedTts

LLM_WATCHDOG_S: Final = 3.0  # ``OpenAiSettings.first_token_timeout_ms`` and ``gap_timeout_ms``
TTS_WATCHDOG_S: Final = 1.5  # ``AzureTtsSettings``, both
SESSION_CAP_S: Final = 480.0
NETWORK_S: Final = 0.03  # a round trip

_REFUSALS: Final = {
    Way.REFUSED: ("connection-failed", True),
    Way.NO_SUCH_HOST: ("connection-failed", True),
    Way.TLS_FAILS: ("connection-failed", True),
    Way.UNAUTHORISED: ("auth-failed", False),
    Way.RATE_LIMITED: ("rate-limited", True),
    Way.UNAVAILABLE: ("provider-unavailable", True),
}
_NEVER_BEGINS: Final = frozenset({Way.HANGS_AFTER_ACCEPT, Way.HANGS_AFTER_HEADERS})


def _error(code: str, *, retryable: bool = True) -> ProviderError:
    return ProviderError("faulty", "scripted", code=code, retryable=retryable)


def _timeout(code: str) -> ProviderError:
    return ProviderTimeoutError("faulty", "scripted", code=code)


async def _refuse(way: Way | None) -> None:
    """Raise what a service raises that takes no request, if this is one."""
    await asyncio.sleep(NETWORK_S)
    if way in _REFUSALS:
        code, retryable = _REFUSALS[way]
        raise _error(code, retryable=retryable)
    if way is Way.GARBAGE:
        raise _error("bad-response")


@dataclass
class _Session:
    """The connection that a service drops for its age: one piece of work finds it closed."""

    began_at: float | None = None

    def use(self, way: Way | None) -> None:
        """Raise if it has just been dropped."""
        now = asyncio.get_running_loop().time()
        began_at, self.began_at = self.began_at, now if self.began_at is None else self.began_at
        if way is Way.SESSION_CAP and began_at is not None and now - began_at > SESSION_CAP_S:
            self.began_at = now
            raise _error("connection-failed")


@dataclass
class FaultyLlm:
    """A model that would answer like ``well``; without a ``way`` to fail it does."""

    way: Way | None
    well: AnsweringLlm = field(default_factory=AnsweringLlm)
    careless: bool = False
    running: int = 0
    session: _Session = field(default_factory=_Session)

    def readiness(self, language: Language) -> Readiness:
        return READY

    async def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:
        self.running += 1
        try:
            await _refuse(self.way)
            self.session.use(self.way)
            if self.way in _NEVER_BEGINS or self.way is Way.DRIP:
                await asyncio.sleep(FOR_EVER_S if self.careless else LLM_WATCHDOG_S)
                raise _timeout("first-token-timeout")
            if self.way is Way.EMPTY:
                raise _error("empty-answer")
            async with aclosing(self.well.stream(request)) as events:
                words = 0
                async for event in events:
                    yield event
                    words += isinstance(event, TextDelta)
                    if words == 3:
                        await self._break()
        finally:
            self.running -= 1

    async def _break(self) -> None:
        match self.way:
            case Way.HANGS_AFTER_FIRST_CHUNK:
                await asyncio.sleep(FOR_EVER_S if self.careless else LLM_WATCHDOG_S)
                raise _timeout("answer-stalled")
            case Way.RESET_MIDWAY:
                raise _error("connection-failed")
            case Way.CLOSED_MIDWAY:
                raise _error("incomplete-answer")


@dataclass
class FaultyTts:
    """A speech engine that would speak with ``well``, which knows every sound that is heard in a test."""

    way: Way | None
    well: ScriptedTts
    careless: bool = False
    running: int = 0
    session: _Session = field(default_factory=_Session)

    @property
    def capabilities(self) -> TtsCapabilities:
        return self.well.capabilities

    def readiness(self, language: Language) -> Readiness:
        return READY

    def voices(self) -> tuple[Voice, ...]:
        return self.well.voices()

    async def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:
        self.running += 1
        try:
            await _refuse(self.way)
            self.session.use(self.way)
            if self.way in _NEVER_BEGINS:
                await asyncio.sleep(FOR_EVER_S if self.careless else TTS_WATCHDOG_S)
                raise _timeout("provider-timeout")
            if self.way is Way.EMPTY:
                return
            async with aclosing(self.well.synthesize(request)) as chunks:
                async for chunk in chunks:
                    if self.way is Way.DRIP:
                        await self._break()
                        for at in range(0, len(chunk.frame.payload), 2):
                            yield SpeechChunk(
                                AudioFrame(chunk.frame.format, chunk.frame.payload[at : at + 2])
                            )
                            await asyncio.sleep(2)
                    yield chunk
                    await self._break()
        finally:
            self.running -= 1

    async def _break(self) -> None:
        match self.way:
            case Way.HANGS_AFTER_FIRST_CHUNK:
                await asyncio.sleep(FOR_EVER_S if self.careless else TTS_WATCHDOG_S)
                raise _timeout("provider-timeout")
            case Way.RESET_MIDWAY | Way.CLOSED_MIDWAY:
                raise _error("connection-failed")


@dataclass
class FaultyStt:
    """A recogniser that would hear what ``WordStt`` hears."""

    way: Way | None
    well: WordStt = field(default_factory=WordStt)

    @property
    def running(self) -> int:
        return self.well.running

    @property
    def capabilities(self) -> SttCapabilities:
        return self.well.capabilities

    def readiness(self, language: Language) -> Readiness:
        return READY

    async def open(self, request: SttRequest) -> FaultySttStream:
        if self.way is not Way.GARBAGE:
            await _refuse(self.way)
        if self.way is Way.HANGS_AFTER_ACCEPT:
            await asyncio.sleep(FOR_EVER_S)
        return FaultySttStream(self.way, await self.well.open(request))


class FaultySttStream:
    """One caller's."""

    def __init__(self, way: Way | None, well: WordSttStream) -> None:
        self._way = way
        self._well = well
        self._opened_at = asyncio.get_running_loop().time()

    def feed(self, frame: AudioFrame) -> None:
        self._well.feed(frame)

    def finalize(self, utterance: int) -> None:
        self._well.finalize(utterance)

    async def events(self) -> AsyncGenerator[SttEvent, None]:
        match self._way:
            case Way.HANGS_AFTER_HEADERS | Way.DRIP:
                await asyncio.sleep(FOR_EVER_S)
            case Way.EMPTY:
                await asyncio.sleep(NETWORK_S)
                return
        async with aclosing(self._well.events()) as events:
            async for event in events:
                if self._way is Way.GARBAGE:
                    raise _error("bad-response")
                if self._way is Way.SESSION_CAP and self._is_too_old():
                    raise _error("connection-failed")
                yield event
                match self._way:
                    case Way.HANGS_AFTER_FIRST_CHUNK:
                        await asyncio.sleep(FOR_EVER_S)
                    case Way.RESET_MIDWAY:
                        raise _error("connection-failed")
                    case Way.CLOSED_MIDWAY:
                        return

    async def aclose(self) -> None:
        await self._well.aclose()

    def _is_too_old(self) -> bool:
        return asyncio.get_running_loop().time() - self._opened_at > SESSION_CAP_S
