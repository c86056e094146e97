"""A language model with others behind it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Final

from backend.application.services.engine_failures import EngineFailures
from backend.application.services.fallback.chain import Chain, Link
from backend.application.services.fallback.relay import Patience, relay
from backend.domain.ports.llm_port import LlmEvent, LlmFinished, LlmPort, LlmRequest
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import Readiness

# The conversation gives a reply up after 4 s of silence (``give_up_after_ms``): this leaves a stand-in and
# the voice 1.5 s. There is no limit for the gap between tokens: adapters see what comes over the wire, while
# here a long call of a tool looks like silence until it is complete.
FIRST_TOKEN_MS: Final = 2_500


class FallbackLlm:
    """An ``LlmPort`` over several, the best first.

    The next model is asked if one fails, ends without an answer or takes longer than ``first_token_ms``
    to begin. Once it has begun its failure is the answer's: the conversation knows what was heard and goes
    on from there, another model would begin anew. ``failures`` is the call's.
    """

    def __init__(
        self,
        links: Sequence[Link[LlmPort]],
        *,
        failures: EngineFailures | None = None,
        first_token_ms: float = FIRST_TOKEN_MS,
    ) -> None:
        self._chain = Chain("llm", links, failures)
        self._patience = Patience(first_token_ms)

    def readiness(self, language: Language) -> Readiness:
        """See ``Chain.readiness``."""
        return self._chain.readiness(language)

    async def warm_up(self, language: Language) -> None:
        """See ``Chain.warm_up``."""
        await self._chain.warm_up(language)

    def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:
        """See ``LlmPort``."""
        return relay(
            self._chain,
            request.language,
            lambda link: link.port.stream(request),
            patience=self._patience,
            progress=lambda event: 0 if isinstance(event, LlmFinished) else 1,
        )
