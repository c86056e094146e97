"""A recogniser with others behind it."""

from __future__ import annotations

from collections.abc import Sequence

from backend.application.services.engine_failures import EngineFailures
from backend.application.services.fallback.chain import Chain, Link
from backend.application.services.fallback.fallback_stt_stream import FallbackSttStream, SttPatience
from backend.domain.ports.stt_port import SttCapabilities, SttPort, SttRequest
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import Readiness


class FallbackStt:
    """An ``SttPort`` over several, the best first; see ``FallbackSttStream``. ``failures`` is the call's."""

    def __init__(
        self,
        links: Sequence[Link[SttPort]],
        *,
        failures: EngineFailures | None = None,
        patience: SttPatience | None = None,
    ) -> None:
        self._chain = Chain("stt", links, failures)
        self._patience = patience or SttPatience()

    @property
    def capabilities(self) -> SttCapabilities:
        """All languages that one of them knows; of the promises those that all of them keep.

        ``speech_only`` if one of them wants that: noise would become words there, while engines that want
        all audio lose nothing but noise, as they get silence in its place (``ContinuousSttStream``).
        """
        each = [link.port.capabilities for link in self._chain.links]
        return SttCapabilities(
            languages=frozenset().union(*(one.languages for one in each)),
            partials=all(one.partials for one in each),
            punctuates=all(one.punctuates for one in each),
            speech_only=any(one.speech_only for one in each),
            local=all(one.local for one in each),
            detects_language=all(one.detects_language for one in each),
            formats=frozenset.intersection(*(one.formats for one in each)),
        )

    def readiness(self, language: Language) -> Readiness:
        """See ``Chain.readiness``."""
        return self._chain.readiness(language)

    async def open(self, request: SttRequest) -> FallbackSttStream:
        """See ``SttPort``: open the first that can be. Raises ``ProviderError`` if none can."""
        stream = FallbackSttStream(
            self._chain,
            request,
            patience=self._patience,
            speech_only=self.capabilities.speech_only,
        )
        await stream.begin()
        return stream
