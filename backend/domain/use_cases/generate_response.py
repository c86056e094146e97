"""From what the caller said to text that can be spoken: history to the model, its answer in clauses."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, Protocol

from backend.domain.entities.agent import Agent
from backend.domain.entities.conversation import Conversation
from backend.domain.ports.llm_port import LlmFinished, LlmPort, LlmRequest, TextDelta, ToolCall
from backend.domain.use_cases.model_tools import PressKeys, Wish, tools_for, wish_of
from backend.domain.value_objects.language import Language

_SPOKEN_STYLE: Final = (
    "You are speaking on the telephone. Answer in one to three short sentences of plain spoken language, "
    "without lists, markup or emoji. Answer in the language with the tag '{language}'. "
    "Call the tool end_call when the conversation has come to its end. "
    "What stands in brackets, such as [keys 1 2 3], the caller has pressed on the keypad of the telephone."
)


class ClauseSplitter(Protocol):
    """Cuts streamed text into pieces that can be spoken; concatenated, they are the text."""

    def feed(self, text: str) -> list[str]:
        """Take more text and return the clauses that it completes."""
        ...

    def flush(self) -> list[str]:
        """Return what is left."""
        ...


@dataclass(frozen=True, slots=True)
class FirstToken:
    """The model has begun to answer."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of the answer that can be spoken."""

    text: str


ResponsePart = FirstToken | Clause | Wish


def system_message(agent: Agent, language: Language) -> str:
    """Return the instructions for a chat model: prompt, knowledge, and that it is being spoken."""
    parts = [agent.prompt.strip()]
    if agent.knowledge.strip():
        parts.append(f"What you know:\n{agent.knowledge.strip()}")
    parts.append(_SPOKEN_STYLE.format(language=language))
    return "\n\n".join(part for part in parts if part)


class GenerateResponse:
    """Answers for one agent with one model. ``can_transfer``: the caller's line can put them through;
    ``has_keys``: it is a telephone's, on which keys can be pressed."""

    def __init__(
        self, llm: LlmPort, agent: Agent, *, can_transfer: bool = False, has_keys: bool = False
    ) -> None:
        self._llm = llm
        self._agent = agent
        self._destinations = agent.telephone.destinations if can_transfer else ()
        self._has_keys = has_keys
        self._tools = tools_for(self._destinations, has_keys=has_keys)

    async def __call__(
        self, conversation: Conversation, caller_text: str, splitter: ClauseSplitter, language: Language
    ) -> AsyncGenerator[ResponsePart, None]:
        """Yield the answer to ``caller_text`` in ``language`` and in clauses, each as soon as it is complete.

        Closing it stops the model. Raises ``ProviderError``.
        """
        request = LlmRequest(
            messages=tuple(
                conversation.messages(system=system_message(self._agent, language), caller_text=caller_text)
            ),
            language=language,
            prompt=self._agent.prompt,
            knowledge=self._agent.knowledge,
            tools=self._tools,
        )
        has_begun = False
        async with aclosing(self._llm.stream(request)) as events:
            async for event in events:
                if not has_begun:
                    has_begun = True
                    yield FirstToken()
                match event:
                    case TextDelta():
                        for text in splitter.feed(event.text):
                            yield Clause(text)
                    case ToolCall():
                        if (wish := self._wish_of(event)) is None:
                            continue
                        if isinstance(wish, PressKeys):  # they are pressed after what was said before them
                            for text in splitter.flush():
                                yield Clause(text)
                        yield wish
                    case LlmFinished():
                        pass
        for text in splitter.flush():
            yield Clause(text)

    def _wish_of(self, call: ToolCall) -> Wish | None:
        return wish_of(call, self._destinations, has_keys=self._has_keys)
