"""A server's wish to be left alone, in all the ways it can be written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from backend.infrastructure.adapters.retry_after import retry_after_ms

NOON = "Sun, 22 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "wait_ms"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2_000),
        ({"retry-after": "0.25"}, 250),
        ({"retry-after-ms": "1500", "retry-after": "2"}, 1_500),
        ({"retry-after-ms": "soon", "retry-after": "2"}, 2_000),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT", "date": NOON}, 30_000),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT", "date": NOON}, 0),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 -0000", "date": NOON}, 30_000),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": "tomorrow"}, None),
    ],
)
def test_the_wait_is_read(headers: dict[str, str], wait_ms: int | None) -> None:
    assert retry_after_ms(headers) == wait_ms


def test_a_date_without_the_servers_clock_is_compared_to_ours() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert retry_after_ms({"retry-after": date}) == pytest.approx(3_600_000, abs=5_000)
