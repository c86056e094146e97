"""Rows as lines of the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Self

from backend.domain.ports.persistence_port import CallSummary
from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.engine_names import EngineNames
from backend.infrastructure.database.facts_rows import MISSING
from backend.infrastructure.database.models import CallFactsModel, CallModel
from backend.infrastructure.database.rows import call_from


@dataclass(frozen=True, slots=True)
class Figures:
    """What the turns of a call come to so far; ``voice_to_voice_ms`` is the median, or ``MISSING``."""

    turns: int = 0
    voice_to_voice_ms: float = MISSING
    interruptions: int = 0

    @classmethod
    def of(cls, turns: Sequence[ConversationTurn]) -> Self:
        """Count ``turns``."""
        answers = [turn.latency.voice_to_voice_ms for turn in turns if turn.latency is not None]
        cut = [turn for turn in turns if turn.role is Role.AGENT and turn.interrupted]
        return cls(len(turns), median(answers) if answers else MISSING, len(cut))


def summary_of(row: CallModel, facts: CallFactsModel, live: Figures) -> CallSummary:
    """Return the line of a call; ``live`` stands in for facts that are not derived yet.

    Whether there is a recording is not known here.
    """
    figures = Figures(facts.turns, facts.voice_to_voice_ms, facts.interruptions) if facts.is_derived else live
    latency_ms = figures.voice_to_voice_ms
    return CallSummary(
        call=call_from(row),
        turns=figures.turns,
        median_voice_to_voice_ms=None if latency_ms == MISSING else latency_ms,
        has_recording=False,
        interruptions=figures.interruptions,
        engine_failures=facts.engine_failures,
        note=facts.note,
        tags=tuple(facts.tags),
        engines=EngineNames(**facts.engines) if facts.engines else None,
    )
