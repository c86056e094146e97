"""The engine that answers when there is no language model: no key, no download, no network.

It finds its answers in the agent's own prompt and knowledge (package ``responder``), says that it is the
demo brain, and is deterministic: the same conversation gets the same answer. What it cannot find it does not
make up.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import AsyncGenerator
from typing import Final

from backend.domain.ports.llm_port import LlmEvent, LlmFinished, LlmRequest, TextDelta, ToolCall
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import READY, Readiness, ReadinessState
from backend.infrastructure.adapters.llm.responder.dialogue import Persona
from backend.infrastructure.adapters.llm.responder.phrases import PHRASES

END_CALL: Final = "end_call"
_PERSONAS_KEPT: Final = 32
# Reading takes about a millisecond for each 1000 characters; more than this is read in a thread.
_READ_AT_ONCE_CHARACTERS: Final = 4_000
_CLAUSE: Final = re.compile(r".+?(?:[,;:.!?…]+\s+|\s*$)", re.DOTALL)


class BuiltinResponder:
    """An ``LlmPort`` without a model. Keeps the agents that it has read, the most recent ones."""

    def __init__(self) -> None:
        self._personas: OrderedDict[tuple[str, str, str], Persona] = OrderedDict()

    def readiness(self, language: Language) -> Readiness:
        """Ready in English and Spanish."""
        if language.base in PHRASES:
            return READY
        return Readiness(
            ReadinessState.UNAVAILABLE, "The built-in responder speaks English and Spanish only."
        )

    async def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:
        """Answer clause by clause, at once; calls the ``end_call`` tool, if it is offered, after a goodbye.

        In a language that it does not speak it answers in English.
        """
        persona = await self._persona(request)
        answer = persona.answer(request.messages)
        for clause in _CLAUSE.findall(answer.text):
            yield TextDelta(clause)
        if answer.ends_call and any(tool.name == END_CALL for tool in request.tools):
            yield ToolCall("end_call_1", END_CALL, "{}")
        yield LlmFinished("stop")

    async def _persona(self, request: LlmRequest) -> Persona:
        language = request.language.base if request.language.base in PHRASES else "en"
        key = (request.prompt, request.knowledge, language)
        persona = self._personas.get(key)
        if persona is None:
            if len(request.prompt) + len(request.knowledge) > _READ_AT_ONCE_CHARACTERS:
                persona = await asyncio.to_thread(Persona, *key)
            else:
                persona = Persona(*key)
            self._personas[key] = persona
            if len(self._personas) > _PERSONAS_KEPT:
                self._personas.popitem(last=False)
        self._personas.move_to_end(key)
        return persona
