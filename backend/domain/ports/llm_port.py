"""What to answer?"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any, Protocol

from backend.domain.entities.conversation import Message
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.readiness import Readiness


@dataclass(frozen=True, slots=True)
class Tool:
    """Something the model may ask for; ``parameters`` is a JSON schema of an object."""

    name: str
    description: str
    parameters: dict[str, Any] = field(default_factory=lambda: {"type": "object", "properties": {}})


@dataclass(frozen=True, slots=True)
class LlmRequest:
    """A conversation to be continued.

    ``messages`` begins with the system message, which contains ``prompt`` and ``knowledge``; the two are
    given apart as well, for the built-in responder, which is no language model. ``model`` (the provider's
    name for one) and ``temperature`` are the agent's own choice; empty or None leaves it to the adapter.
    """

    messages: tuple[Message, ...]
    language: Language
    prompt: str = ""
    knowledge: str = ""
    tools: tuple[Tool, ...] = ()
    model: str = ""
    temperature: float | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More text of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model asks for a tool; ``arguments`` is JSON text as the model wrote it, complete."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class LlmFinished:
    """The answer is complete. ``reason`` is the provider's word; tokens are 0 where it does not count."""

    reason: str
    input_tokens: int = 0
    output_tokens: int = 0


LlmEvent = TextDelta | ToolCall | LlmFinished


class LlmPort(Protocol):
    """A language model."""

    def readiness(self, language: Language) -> Readiness:
        """Whether it can answer now. Cheap; never blocks."""
        ...

    def stream(self, request: LlmRequest) -> AsyncGenerator[LlmEvent, None]:
        """Answer ``request`` piece by piece; the last event is ``LlmFinished``.

        An async generator: closing it (or cancelling its consumer) stops the model and closes its socket.
        Raises ``ProviderError``. Does not retry.
        """
        ...
