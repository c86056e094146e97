"""What has become of a campaign's calls, as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import orjson

from backend.domain.ports.outbound_port import OutboundSummary
from backend.interfaces.http.csv_text import BYTE_ORDER_MARK, csv_lines, inert, iso

_COLUMNS: Final = (
    "number",
    "status",
    "cause",
    "attempts",
    "last_attempt_at",
    "answered_at",
    "ended_at",
    "answerer",
    "call_id",
    "variables",
)


def head() -> bytes:
    """Return the names of the columns."""
    return BYTE_ORDER_MARK + csv_lines([_COLUMNS])


def lines(summaries: Sequence[OutboundSummary]) -> bytes:
    """Return one line for each call."""
    return csv_lines([_cells(summary) for summary in summaries])


def _cells(summary: OutboundSummary) -> list[object]:
    order = summary.order
    last = order.attempts[-1] if order.attempts else None
    return [
        inert(order.to.value),
        order.status.value,
        order.cause,
        len(order.attempts),
        iso(None if last is None else last.at),
        iso(None if last is None else last.answered_at),
        iso(None if last is None else last.ended_at),
        "" if last is None or last.answerer is None else last.answerer.value,
        "" if summary.call_id is None else summary.call_id.value,
        orjson.dumps(dict(order.variables)).decode(),
    ]
