"""How long a server that refuses asks to be left alone.

RFC 9110, section 10.2.3: ``Retry-After`` is a number of seconds or a date. OpenAI and Azure also say it in
milliseconds, in ``retry-after-ms``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after_ms(headers: Mapping[str, str]) -> int | None:
    """Return the wait in milliseconds, None if ``headers`` do not tell; ``headers`` ignore case.

    A date is compared to the server's own clock, if it tells the time.
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return round(milliseconds)
    text = headers.get("retry-after", "")
    seconds = _number(text)
    if seconds is None:
        until = _date(text)
        if until is None:
            return None
        now = _date(headers.get("date", "")) or datetime.now(UTC)
        seconds = max(0.0, (until - now).total_seconds())
    return round(seconds * 1_000)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date
