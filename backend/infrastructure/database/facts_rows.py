"""What a call comes to, as the row of its facts."""

from __future__ import annotations

from statistics import median
from typing import Final

from backend.domain.entities.call_facts import CallFacts
from backend.infrastructure.database.rows import Row

MISSING: Final = -1  # in a column that the history is sorted by: there is no such value

_OF_THE_CALL: Final = ("tenant", "agent_id", "direction", "status", "end_cause", "is_draft", "started_at")


def opened_facts(call: Row, engines: Row | None = None) -> Row:
    """Return the facts of a call whose own row is ``call``, before anything was said."""
    duration_ms = call["duration_ms"]
    return {
        "call_id": call["id"],
        "engines": engines or {},
        "duration_ms": MISSING if duration_ms is None else duration_ms,
        **{name: call[name] for name in _OF_THE_CALL},
    }


def derived_facts(facts: CallFacts) -> Row:
    """Return the columns that the whole timeline decides, ready for JSON."""
    answers = facts.voice_to_voice_ms
    return {
        "turns": facts.turns,
        "answers_ms": list(answers),
        "voice_to_voice_ms": median(answers) if answers else MISSING,
        "was_answered": facts.was_answered,
        "interruptions": facts.interruptions,
        "engine_failures": sum(engine.failures for engine in facts.engines),
        "fallbacks": sum(engine.fallbacks for engine in facts.engines),
        "dead_air_ms": facts.dead_air_ms,
        "is_derived": True,
    }


def engine_rows(facts: CallFacts) -> list[Row]:
    """Return the engines that failed, ready for JSON; the call's number is added where it is known."""
    return [
        {
            "port": engine.port,
            "engine": engine.engine,
            "failures": engine.failures,
            "fallbacks": engine.fallbacks,
        }
        for engine in facts.engines
    ]
