"""From what the caller said to text that can be spoken: history to the model, its answer in clauses."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, Protocol

from backend.domain.entities.agent import Agent
from backend.domain.entities.conversation import Conversation
from backend.domain.ports.llm_port import LlmFinished, LlmPort, LlmRequest, TextDelta, Tool, ToolCall
from backend.domain.value_objects.language import Language

END_CALL: Final = Tool(
    name="end_call",
    description="End the call. Say goodbye first; the call ends when your goodbye has been heard.",
)

_SPOKEN_STYLE: Final = (
    "You are speaking on the telephone. Answer in one to three short sentences of plain spoken language, "
    "without lists, markup or emoji. Answer in the language with the tag '{language}'. "
    "Call the tool end_call when the conversation has come to its end."
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


@dataclass(frozen=True, slots=True)
class EndCall:
    """The model wants the call to end after this answer."""


ResponsePart = FirstToken | Clause | EndCall


def system_message(agent: Agent, language: Language) -> str:
    """Return the instructions for a chat model: prompt, knowledge, and that it is being spoken."""
    parts = [agent.prompt.strip()]
    if agent.knowledge.strip():
        parts.append(f"What you know:\n{agent.knowledge.strip()}")
    parts.append(_SPOKEN_STYLE.format(language=language))
    return "\n\n".join(part for part in parts if part)


class GenerateResponse:
    """Answers for one agent with one model."""

    def __init__(self, llm: LlmPort, agent: Agent) -> None:
        self._llm = llm
        self._agent = agent

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
            tools=(END_CALL,),
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
                    case ToolCall() if event.name == END_CALL.name:
                        yield EndCall()
                    case ToolCall() | LlmFinished():
                        pass  # tools that were not offered are not run
        for text in splitter.flush():
            yield Clause(text)
