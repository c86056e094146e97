"""A model with its answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from backend.domain.ports.llm_port import LlmEvent, LlmFinished, LlmRequest, TextDelta, ToolCall
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY, Readiness
from tests.support.scripted.languages import FOR_EVER_S


@dataclass(frozen=True)
class Say:
    """An answer: ``ttft_ms`` to the first word, then ``ms_per_word``; then perhaps a tool, a failure, or
    nothing for ever (``stalls``)."""

    text: str
    ttft_ms: float = 200
    ms_per_word: float = 20
    tool: str | None = None
    arguments: str = "{}"
    error: Exception | None = None
    stalls: bool = False


@dataclass
class ScriptedLlm:
    """Answers with the next of ``answers``; with the last one when they have run out."""

    answers: Sequence[Say]
    requests: list[LlmRequest] = field(default_factory=list)
    running: int = 0

    def readiness(self, language: Language) -> Readiness:
        return READY

    async def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:
        answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
        self.requests.append(request)
        self.running += 1
        try:
            await asyncio.sleep(answer.ttft_ms / 1_000)
            for word in answer.text.split(" ") if answer.text else ():
                yield TextDelta(f"{word} ")
                await asyncio.sleep(answer.ms_per_word / 1_000)
            if answer.stalls:
                await asyncio.sleep(FOR_EVER_S)
            if answer.error is not None:
                raise answer.error
            if answer.tool is not None:
                yield ToolCall("1", answer.tool, answer.arguments)
            yield LlmFinished("stop")
        finally:
            self.running -= 1
