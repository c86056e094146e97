"""Engines that only say why they cannot serve: an account's, when its key is missing or cannot be read."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import NoReturn

from backend.application.factories.engine_set import EngineSet
from backend.domain.errors import ProviderError
from backend.domain.ports.llm_port import LlmEvent, LlmRequest
from backend.domain.ports.stt_port import SttCapabilities, SttRequest
from backend.domain.ports.tts_port import SpeechChunk, SpeechRequest, TtsCapabilities, Voice
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import Readiness, ReadinessState


class Unavailable:
    """``SttPort``, ``LlmPort`` and ``TtsPort`` in one, as far as there is nothing to do."""

    def __init__(self, name: str, detail: str) -> None:
        self._name = name
        self._detail = detail

    def readiness(self, language: Language) -> Readiness:  # noqa: ARG002 (in no language)
        """Say why."""
        return Readiness(ReadinessState.UNAVAILABLE, self._detail)

    def refuse(self) -> NoReturn:
        """Say it to whoever asks all the same."""
        raise ProviderError(self._name, self._detail, code="not-ready", retryable=False)


class UnavailableStt(Unavailable):
    """A recogniser that never hears."""

    @property
    def capabilities(self) -> SttCapabilities:
        """None."""
        return SttCapabilities(frozenset(), partials=False, punctuates=False, speech_only=False, local=False)

    async def open(self, request: SttRequest) -> NoReturn:  # noqa: ARG002 (whatever it is)
        """Raise ``ProviderError`` (``not-ready``)."""
        self.refuse()


class UnavailableLlm(Unavailable):
    """A model that never answers."""

    async def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:  # noqa: ARG002
        """Raise ``ProviderError`` (``not-ready``)."""
        self.refuse()
        yield  # type: ignore[unreachable]  # makes it a generator


class UnavailableTts(Unavailable):
    """A voice that never speaks."""

    @property
    def capabilities(self) -> TtsCapabilities:
        """None."""
        return TtsCapabilities(frozenset(), word_timestamps=False, local=False)

    def voices(self) -> tuple[Voice, ...]:
        """Return none."""
        return ()

    async def synthesize(self, request: SpeechRequest) -> AsyncGenerator[SpeechChunk, None]:  # noqa: ARG002
        """Raise ``ProviderError`` (``not-ready``)."""
        self.refuse()
        yield  # type: ignore[unreachable]  # makes it a generator


def unavailable_engines(name: str, ports: tuple[str, ...], detail: str) -> EngineSet:
    """Return an engine for each of ``ports`` that says ``detail``, one sentence."""
    return EngineSet(
        stt=UnavailableStt(name, detail) if "stt" in ports else None,
        llm=UnavailableLlm(name, detail) if "llm" in ports else None,
        tts=UnavailableTts(name, detail) if "tts" in ports else None,
    )
