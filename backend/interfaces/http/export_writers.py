"""Calls as CSV and as JSON, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from backend.domain.ports.persistence_port import CallSummary
from backend.domain.value_objects.conversation_turn import ConversationTurn
from backend.interfaces.http.csv_text import BYTE_ORDER_MARK, csv_lines, inert, iso
from backend.interfaces.http.schemas.calls import CallTranscript

Line = tuple[CallSummary, list[ConversationTurn]]

_COLUMNS: Final = (
    "id",
    "agent_id",
    "agent_name",
    "direction",
    "status",
    "end_cause",
    "started_at",
    "ended_at",
    "duration_ms",
    "turns",
    "median_voice_to_voice_ms",
    "interruptions",
    "engine_failures",
    "has_recording",
    "draft",
    "tags",
    "note",
)


class ExportWriter(Protocol):
    """Writes one file, in order: head, lines as often as there are pages, tail."""

    media_type: str
    has_transcripts: bool

    def head(self) -> bytes:
        """Return how the file begins."""
        ...

    def lines(self, calls: Sequence[Line]) -> bytes:
        """Return some calls."""
        ...

    def tail(self) -> bytes:
        """Return how the file ends."""
        ...


class CsvWriter:
    """RFC 4180; times in ISO 8601, UTC. Text that a spreadsheet would evaluate gets an apostrophe."""

    media_type = "text/csv; charset=utf-8"
    has_transcripts = False

    def head(self) -> bytes:
        """Return the names of the columns."""
        return BYTE_ORDER_MARK + csv_lines([_COLUMNS])

    def lines(self, calls: Sequence[Line]) -> bytes:
        """Return one line for each call; what was said is not in it."""
        return csv_lines([_cells(summary) for summary, _ in calls])

    def tail(self) -> bytes:
        """Return nothing: the last line says itself that it ends."""
        return b""


class JsonWriter:
    """One array, a call a line."""

    media_type = "application/json"
    has_transcripts = True

    def __init__(self) -> None:
        self._separator = b"\n"

    def head(self) -> bytes:
        """Return how the array begins."""
        return b"["

    def lines(self, calls: Sequence[Line]) -> bytes:
        """Return the calls with their transcripts."""
        text = b""
        for summary, turns in calls:
            item = CallTranscript.with_turns(summary, turns).model_dump_json()
            text += self._separator + item.encode()
            self._separator = b",\n"
        return text

    def tail(self) -> bytes:
        """Return how the array ends."""
        return b"\n]\n"


def _cells(summary: CallSummary) -> list[object]:
    call = summary.call
    return [
        call.id.value,
        call.agent.id,
        inert(call.agent.name),
        call.direction.value,
        call.status.value,
        call.end_cause.value if call.end_cause else "",
        iso(call.started_at),
        iso(call.ended_at),
        call.duration_ms,
        summary.turns,
        summary.median_voice_to_voice_ms,
        summary.interruptions,
        summary.engine_failures,
        summary.has_recording,
        call.is_draft,
        inert(", ".join(summary.tags)),
        inert(summary.note),
    ]
