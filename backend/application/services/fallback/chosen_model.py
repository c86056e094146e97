"""A language engine with one of its models at one temperature, as an agent's owner has chosen."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

from backend.domain.entities.agent import ModelChoice
from backend.domain.ports.engine_port import Warmable
from backend.domain.ports.llm_port import LlmEvent, LlmPort, LlmRequest
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import Readiness


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """An ``LlmPort`` before another one, for which it fills in ``choice``. What the choice leaves open stays
    as the request has it."""

    llm: LlmPort
    choice: ModelChoice

    def readiness(self, language: Language) -> Readiness:
        """See ``LlmPort``."""
        return self.llm.readiness(language)

    def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:
        """See ``LlmPort``."""
        model = self.choice.model or request.model
        temperature = request.temperature if self.choice.temperature is None else self.choice.temperature
        return self.llm.stream(replace(request, model=model, temperature=temperature))

    async def warm_up(self, language: Language) -> None:
        """See ``Warmable``; nothing happens for an engine that is none."""
        if isinstance(self.llm, Warmable):
            await self.llm.warm_up(language)
