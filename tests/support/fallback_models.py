"""Chains of scripted models, and what they answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Final

from backend.application.services.fallback.chain import Link
from backend.application.services.fallback.fallback_llm import FallbackLlm
from backend.domain.errors import ProviderError
from backend.domain.ports.llm_port import LlmFinished, LlmPort, LlmRequest, TextDelta, ToolCall
from backend.domain.value_objects.language import ENGLISH
from tests.support.scripted import Say, ScriptedLlm

QUESTION: Final = LlmRequest((), ENGLISH)
BROKEN: Final = ProviderError("scripted", "the model broke", code="llm-broke")
REFUSED: Final = ProviderError("scripted", "the prompt is too long", code="too-long", retryable=False)
HOUR_MS: Final = 3_600_000


def models(*answers: Say | Sequence[Say]) -> tuple[FallbackLlm, list[ScriptedLlm]]:
    """Return a chain of models, each with its answers."""
    engines = [ScriptedLlm([each] if isinstance(each, Say) else each) for each in answers]
    links: list[Link[LlmPort]] = [Link(f"model {number}", engine) for number, engine in enumerate(engines)]
    return FallbackLlm(links), engines


@dataclass
class Answer:
    """What was said and ordered, how it ended, and when it began."""

    text: str = ""
    tools: list[str] = field(default_factory=list)
    error: str = ""
    began_after_s: float = 0.0


async def ask(llm: LlmPort) -> Answer:
    """Put a question, and take all of the answer."""
    answer, asked_at = Answer(), now()
    try:
        async with aclosing(llm.stream(QUESTION)) as events:
            async for event in events:
                match event:
                    case TextDelta():
                        answer.began_after_s = answer.began_after_s or now() - asked_at
                        answer.text += event.text
                    case ToolCall():
                        answer.tools.append(event.name)
                    case LlmFinished():
                        pass
    except ProviderError as error:
        answer.error = error.code
    return answer


def now() -> float:
    """Return the loop's time (seconds)."""
    return asyncio.get_running_loop().time()


async def draft(llm: LlmPort, for_s: float) -> None:
    """Ask, and after ``for_s`` do not want to know any more."""
    with suppress(TimeoutError):
        await asyncio.wait_for(ask(llm), for_s)
