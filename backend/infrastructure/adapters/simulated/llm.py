"""A language model that answers from a script, with a set delay and pace.

For load tests, benchmarks and the test suite: what it says and when is known, so whatever else a call takes
is ours. All waiting is ``asyncio.sleep`` up to an absolute deadline, so it runs in virtual time as well.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from backend.domain.entities.conversation import MessageRole
from backend.domain.ports.llm_port import LlmEvent, LlmFinished, LlmRequest, TextDelta
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY, Readiness

_TOKEN: Final = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class SimulatedLlmSettings:
    """``ttft_ms`` until the first token, then ``tokens_per_second``; a token is a word.

    The n-th answer of a call is line n of ``script``, over and over; without a script it echoes the caller.
    """

    ttft_ms: int = 300
    tokens_per_second: float = 50.0
    script: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.ttft_ms < 0 or self.tokens_per_second <= 0:
            raise ValueError("a simulated model cannot answer before it is asked")


class SimulatedLlm:
    """An ``LlmPort`` without a model and without state: the same conversation gets the same answer."""

    def __init__(self, settings: SimulatedLlmSettings) -> None:
        self._settings = settings

    def readiness(self, language: Language) -> Readiness:  # noqa: ARG002 (it speaks whatever it is given)
        """Always ready."""
        return READY

    async def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:
        """Answer word by word; see ``SimulatedLlmSettings``."""
        loop = asyncio.get_running_loop()
        due = loop.time() + self._settings.ttft_ms / 1_000
        tokens = _TOKEN.findall(self._answer(request))
        for token in tokens:
            await asyncio.sleep(due - loop.time())
            yield TextDelta(token)
            due += 1 / self._settings.tokens_per_second
        words_read = sum(len(message.content.split()) for message in request.messages)
        yield LlmFinished("stop", input_tokens=words_read, output_tokens=len(tokens))

    def _answer(self, request: LlmRequest) -> str:
        said = [message.content for message in request.messages if message.role is MessageRole.USER]
        script = self._settings.script
        if script:
            return script[(len(said) - 1) % len(script)]
        return f"You said: {said[-1]}" if said else "Hello."
