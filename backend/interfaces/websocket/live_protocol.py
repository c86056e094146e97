"""The live view on the wire, without the wire: what is to be seen of calls, as messages.

Pure. ``docs/architecture/PROTOCOL.md`` describes it; the first message and the errors are those of
``browser_protocol``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import orjson

from backend.application.services.live_call import LiveCall
from backend.application.services.live_calls import CallEnded, LiveChange

PING: Final = orjson.dumps({"type": "ping"}).decode()


def snapshot_message(calls: Iterable[LiveCall]) -> str:
    """Return the message with all live calls."""
    return orjson.dumps({"type": "snapshot", "calls": [_fields(call) for call in calls]}).decode()


def change_message(change: LiveChange) -> str:
    """Return the message with what has become of one call."""
    if isinstance(change, CallEnded):
        return orjson.dumps({"type": "ended", "call_id": change.call_id.value}).decode()
    return orjson.dumps({"type": "call", "call": _fields(change)}).decode()


def _fields(live: LiveCall) -> dict[str, Any]:
    call = live.call
    return {
        "id": call.id.value,
        "agent": {"id": call.agent.id, "name": call.agent.name},
        "direction": call.direction.value,
        "draft": call.is_draft,
        "started_at": call.started_at,
        "state": live.state.value,
        "caller_text": live.caller_text,
        "agent_text": live.agent_text,
        "turns": live.turns,
        "last_voice_to_voice_ms": live.last_voice_to_voice_ms,
    }
