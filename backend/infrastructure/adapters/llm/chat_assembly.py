"""From the pieces of a chat-completions stream to the events of the port, without I/O.

The wire format is OpenAI's (``chat.completion.chunk``), which Groq, Ollama, llama.cpp and vLLM share; each
adapter turns its SDK's chunks into ``ChatPiece``s. Text passes at once. Tool calls arrive in fragments, by
index, and are given when the model says it has finished: a call cut off by the token limit is never given,
because half an order must not be carried out. An answer without anything to say or do is a failure, so that
the caller does not wait in silence for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from backend.domain.errors import ProviderError
from backend.domain.ports.llm_port import LlmEvent, LlmFinished, TextDelta, ToolCall
from backend.infrastructure.adapters.llm.thoughts import ThoughtFilter


@dataclass(frozen=True, slots=True)
class ToolPiece:
    """A fragment of the tool call at ``index``; ``arguments`` are appended, the rest comes once."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, as the provider counts them."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class ChatPiece:
    """What one chunk brought; all empty for a chunk that only keeps the connection alive."""

    text: str = ""
    tools: tuple[ToolPiece, ...] = ()
    finish_reason: str = ""
    usage: Usage | None = None

    @property
    def is_progress(self) -> bool:
        """Whether the model has done anything since the last chunk."""
        return bool(self.text or self.tools or self.finish_reason or self.usage)


@dataclass(slots=True)
class _OpenCall:
    """A tool call whose arguments are still arriving."""

    index: int
    id: str
    name: str = ""
    arguments: list[str] = field(default_factory=list)


# The model was stopped before it was done; what it had begun to order is not to be carried out.
_CUT_OFF = frozenset({"length", "content_filter"})


class ChatAssembler:
    """Assembles one answer. Feed it every piece in order, then call ``finish`` once."""

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._thoughts = ThoughtFilter()
        self._calls: list[_OpenCall] = []
        self._usage = Usage(0, 0)
        self._finish_reason = ""
        self._is_substantial = False

    @property
    def is_complete(self) -> bool:
        """Whether the model has finished; only the token counts may still come."""
        return bool(self._finish_reason)

    def feed(self, piece: ChatPiece) -> list[LlmEvent]:
        """Return what can be passed on now that ``piece`` has come."""
        for tool in piece.tools:
            self._add(tool)
        if piece.usage is not None:
            self._usage = piece.usage
        text = self._thoughts.feed(piece.text)
        events: list[LlmEvent] = []
        if piece.finish_reason and not self._finish_reason:
            self._finish_reason = piece.finish_reason
            text += self._thoughts.flush()
            if piece.finish_reason not in _CUT_OFF:
                events.extend(ToolCall(c.id, c.name, "".join(c.arguments) or "{}") for c in self._calls)
        if text:
            events.insert(0, TextDelta(text))
        self._is_substantial = self._is_substantial or bool(text.strip()) or len(events) > bool(text)
        return events

    def finish(self) -> LlmFinished:
        """The stream is over. Raises ``ProviderError`` if the answer is not complete or says nothing."""
        if not self._finish_reason:
            raise ProviderError(self._provider, "the answer broke off", code="incomplete-answer")
        if not self._is_substantial:
            if self._finish_reason in _CUT_OFF:
                raise ProviderError(
                    self._provider,
                    f"the answer was stopped ({self._finish_reason}) before it said anything",
                    code="answer-stopped",
                    retryable=False,
                )
            raise ProviderError(self._provider, "the answer is empty", code="empty-answer")
        return LlmFinished(self._finish_reason, self._usage.input_tokens, self._usage.output_tokens)

    def _add(self, piece: ToolPiece) -> None:
        call = next((c for c in reversed(self._calls) if c.index == piece.index), None)
        # Some servers number all parallel calls 0; a second id tells them apart.
        if call is None or (piece.id and piece.id != call.id):
            call = _OpenCall(piece.index, piece.id or f"call_{len(self._calls)}")
            self._calls.append(call)
        call.name = call.name or piece.name
        call.arguments.append(piece.arguments)
