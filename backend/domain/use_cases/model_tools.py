"""What a model may have done besides speaking: the tools that it is offered, and what it asks for with them.

A model says what its caller makes it say. So nothing is done that was not offered, and whom the caller can be
put through to is looked up here, whatever the model was told its choices are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.domain.entities.telephone import Destination, find_destination
from backend.domain.ports.llm_port import Tool, ToolCall

END_CALL: Final = Tool(
    name="end_call",
    description="End the call. Say goodbye first; the call ends when your goodbye has been heard.",
)
WAIT_FOR_CALLER: Final = Tool(
    name="wait_for_caller",
    description=(
        "The caller has asked for a moment. Say that you wait; nobody asks them whether they are still there "
        "until they speak again."
    ),
)
PRESS_KEYS: Final = Tool(
    name="press_keys",
    description=(
        "Press keys on the telephone, for a menu that you have been put through to or that answered your "
        "call. Not for what the caller should press. A w waits half a second before the next key: 1ww2."
    ),
    parameters={
        "type": "object",
        "properties": {"keys": {"type": "string", "pattern": "^[0-9*#w]{1,32}$"}},
        "required": ["keys"],
        "additionalProperties": False,
    },
)
TRANSFER_CALL: Final = "transfer_call"
MOST_SUMMARY: Final = 500  # characters; it is read out to whom the caller is put through to

_UNKNOWN: Final = "unknown-destination"
# What menus ask for, with pauses; together as many as a caller may press keys at once (``keyed.MOST_KEYS``),
# which takes 16 seconds at most. Pauses alone press nothing.
_KEYS: Final = re.compile(r"(?=w*[^w])[0-9*#w]{1,32}")


@dataclass(frozen=True, slots=True)
class EndCall:
    """The model wants the call to end after this answer."""


@dataclass(frozen=True, slots=True)
class PutThrough:
    """The model wants the caller to be put through after this answer to ``destination``, the name of one of
    the agent's, who are to know ``summary``."""

    destination: str
    summary: str


@dataclass(frozen=True, slots=True)
class PutThroughRefused:
    """… but to somebody who is none of them (``code``)."""

    code: str


@dataclass(frozen=True, slots=True)
class WaitForCaller:
    """The model understands that the caller wants a moment after this answer."""


@dataclass(frozen=True, slots=True)
class PressKeys:
    """The model presses ``keys``, with pauses (``keypad.PAUSE``), here in its answer."""

    keys: str


Wish = EndCall | PutThrough | PutThroughRefused | WaitForCaller | PressKeys


def tools_for(destinations: Sequence[Destination], *, has_keys: bool = False) -> tuple[Tool, ...]:
    """Return the tools of a model whose caller can be put through to ``destinations``, and whose line
    ``has_keys`` to press."""
    tools = [END_CALL, WAIT_FOR_CALLER]
    if has_keys:
        tools.append(PRESS_KEYS)
    if destinations:
        tools.append(_transfer_tool(destinations))
    return tuple(tools)


def wish_of(call: ToolCall, destinations: Sequence[Destination], *, has_keys: bool = False) -> Wish | None:
    """Return what the model asks for, None if that was not offered or makes no sense."""
    if call.name == END_CALL.name:
        return EndCall()
    if call.name == WAIT_FOR_CALLER.name:
        return WaitForCaller()
    if call.name == TRANSFER_CALL and destinations:
        return _put_through(call.arguments, destinations)
    if call.name == PRESS_KEYS.name and has_keys:
        keys = str(_object(call.arguments).get("keys", ""))
        return PressKeys(keys) if _KEYS.fullmatch(keys) else None
    return None


def _put_through(arguments: str, destinations: Sequence[Destination]) -> PutThrough | PutThroughRefused:
    wanted = _object(arguments)
    found = find_destination(destinations, str(wanted.get("destination", "")))
    if found is None:
        return PutThroughRefused(_UNKNOWN)
    return PutThrough(found.name, str(wanted.get("summary", "")).strip()[:MOST_SUMMARY])


def _object(arguments: str) -> dict[str, Any]:
    """Return the JSON object that a model wrote, an empty one if it wrote something else."""
    try:
        value = json.loads(arguments)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _transfer_tool(destinations: Sequence[Destination]) -> Tool:
    who = "".join(f" {each.name}: {each.description}" for each in destinations if each.description)
    return Tool(
        name=TRANSFER_CALL,
        description=(
            "Put the caller through to somebody else. Say so first; they are put through when they have "
            f"heard it.{who}"
        ),
        parameters={
            "type": "object",
            "properties": {
                "destination": {"type": "string", "enum": [each.name for each in destinations]},
                "summary": {
                    "type": "string",
                    "description": "what the caller wants, in one or two sentences, for whom they get",
                },
            },
            "required": ["destination", "summary"],
            "additionalProperties": False,
        },
    )
