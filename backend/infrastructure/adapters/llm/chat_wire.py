"""Chat completions as they are written on the wire: the body of a request, and what a chunk brings.

The SDKs that speak this format have classes of their own for the same chunks; the protocols below are what
those have in common. No SDK validates: a foreign server's chunk may lack anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from backend.domain.entities.conversation import Message
from backend.domain.ports.llm_port import LlmRequest, Tool
from backend.infrastructure.adapters.llm.chat_assembly import ChatPiece, ToolPiece, Usage


class WireFunction(Protocol):
    """The function of a tool call, or a fragment of it."""

    @property
    def name(self) -> str | None: ...
    @property
    def arguments(self) -> str | None: ...


class WireToolCall(Protocol):
    """A fragment of a tool call."""

    @property
    def index(self) -> int: ...
    @property
    def id(self) -> str | None: ...
    @property
    def function(self) -> WireFunction | None: ...


class WireDelta(Protocol):
    """What a chunk adds to the answer."""

    @property
    def content(self) -> str | None: ...
    @property
    def tool_calls(self) -> Sequence[WireToolCall] | None: ...


class WireChoice(Protocol):
    """The answer (there is only one), as far as a chunk brings it."""

    @property
    def delta(self) -> WireDelta: ...
    @property
    def finish_reason(self) -> str | None: ...


class WireUsage(Protocol):
    """Token counts."""

    @property
    def prompt_tokens(self) -> int: ...
    @property
    def completion_tokens(self) -> int: ...


def chat_body(request: LlmRequest, *, model: str, temperature: float | None) -> dict[str, Any]:
    """Return the body that asks for a streamed answer to ``request``."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [_wire_message(message) for message in request.messages],
        "stream": True,
    }
    if request.tools:
        body["tools"] = [_wire_tool(tool) for tool in request.tools]
    if temperature is not None:
        body["temperature"] = temperature
    return body


def chat_piece(choices: Sequence[WireChoice] | None, usage: WireUsage | None) -> ChatPiece:
    """Return what a chunk with these ``choices`` and token counts brings."""
    counted = Usage(usage.prompt_tokens or 0, usage.completion_tokens or 0) if usage else None
    if not choices:
        return ChatPiece(usage=counted)
    choice = choices[0]
    tools = tuple(_tool_piece(call) for call in choice.delta.tool_calls or ())
    return ChatPiece(choice.delta.content or "", tools, choice.finish_reason or "", counted)


def _wire_message(message: Message) -> dict[str, str]:
    return {"role": message.role.value, "content": message.content}


def _wire_tool(tool: Tool) -> dict[str, object]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _tool_piece(call: WireToolCall) -> ToolPiece:
    function = call.function
    name, arguments = (function.name, function.arguments) if function else (None, None)
    return ToolPiece(call.index or 0, call.id or "", name or "", arguments or "")
