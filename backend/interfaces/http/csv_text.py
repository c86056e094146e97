"""CSV as spreadsheets take it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"  # without it spreadsheets take UTF-8 for something else

# What begins so, a spreadsheet evaluates (OWASP, "CSV Injection").
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_lines(rows: Sequence[Sequence[object]]) -> bytes:
    """Return ``rows`` as RFC 4180 has them."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def inert(text: str) -> str:
    """Return ``text`` so that a spreadsheet does not evaluate it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def iso(at: int | None) -> str:
    """Return Unix milliseconds in ISO 8601, UTC; empty for None."""
    if at is None:
        return ""
    return datetime.fromtimestamp(at / 1_000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
