"""A language model that follows an agent's script: who it is asked as, and how often, decides what it says.

The first line of an agent's prompt names the script; the n-th turn of the caller gets its n-th line. What the
caller says does not matter, so that these calls do not hang on how well somebody is understood.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.support.llm_server import Exchange


@dataclass(frozen=True)
class Line:
    """What the model says, and the tool that it then asks for."""

    text: str
    tool: str = ""
    arguments: dict[str, str] = field(default_factory=dict)


@dataclass
class Brain:
    """The scripts, by name; ``asked`` keeps what callers had said when it was asked, by script."""

    scripts: dict[str, tuple[Line, ...]] = field(default_factory=dict)
    asked: dict[str, list[str]] = field(default_factory=dict)

    async def answer(self, exchange: Exchange) -> None:
        """Answer one request for a completion."""
        messages: list[dict[str, Any]] = exchange.body["messages"]
        name = str(messages[0]["content"]).partition("\n")[0]
        said = [str(message["content"]) for message in messages if message["role"] == "user"]
        self.asked.setdefault(name, []).append(said[-1] if said else "")
        lines = self.scripts[name]
        line = lines[min(max(0, len(said) - 1), len(lines) - 1)]
        await exchange.head()
        await exchange.words(*(f"{word} " for word in line.text.split()))
        if line.tool:
            call = {"name": line.tool, "arguments": json.dumps(line.arguments)}
            await exchange.delta(tool_calls=[{"index": 0, "id": "1", "type": "function", "function": call}])
        await exchange.finish("tool_calls" if line.tool else "stop")
