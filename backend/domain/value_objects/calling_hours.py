"""When people may be called: hours of certain weekdays, where they live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MINUTES_OF_DAY: Final = 24 * 60
MONDAY_TO_FRIDAY: Final = (1, 2, 3, 4, 5)
# Whatever the weekdays are, they come again within a week; the rest is for days that clocks take away.
_LOOKED_AHEAD: Final = 9


@dataclass(frozen=True, slots=True)
class CallingHours:
    """From ``from_minute`` until before ``to_minute`` (minutes since midnight) on ``weekdays`` (ISO 8601: 1
    is Monday), by the clocks of ``zone`` (a name of the IANA time zone database).

    Where clocks are changed so that an end of the hours comes twice or never, the shorter reading counts:
    nobody is called whose clock shows another hour. Raises ``ValueError`` for a zone that is not known, for
    no weekday, and unless the hours begin before they end.
    """

    zone: str
    weekdays: tuple[int, ...] = MONDAY_TO_FRIDAY
    from_minute: int = 9 * 60
    to_minute: int = 20 * 60

    def __post_init__(self) -> None:
        zone_of(self.zone)
        if not self.weekdays or not set(self.weekdays) <= set(range(1, 8)):
            raise ValueError("weekdays are 1 (Monday) to 7 (Sunday), at least one of them")
        if len(set(self.weekdays)) < len(self.weekdays):
            raise ValueError("each weekday is named once")
        if not 0 <= self.from_minute < self.to_minute <= MINUTES_OF_DAY:
            raise ValueError("the hours begin before they end, on one day")

    def is_open(self, at: int) -> bool:
        """Whether people may be called at ``at`` (Unix ms)."""
        return self.next_open(at) == at

    def next_open(self, at: int) -> int:
        """Return ``at`` if people may be called then, else when they may be next (Unix ms)."""
        zone = zone_of(self.zone)
        today = datetime.fromtimestamp(at / 1_000, zone).date()
        for days in range(_LOOKED_AHEAD):
            day = today + timedelta(days=days)
            if day.isoweekday() not in self.weekdays:
                continue
            opens = max(_instants(day, self.from_minute, zone))
            closes = min(_instants(day, self.to_minute, zone))
            if at < closes and opens < closes:
                return max(at, opens)
        raise AssertionError("a weekday comes again within a week")


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone. Raises ``ValueError`` if there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("there is no such time zone") from None


def _instants(day: date, minute: int, zone: ZoneInfo) -> tuple[int, int]:
    """Return the two readings (Unix ms) of a time of day, which differ where clocks are changed."""
    midnight = datetime.combine(day, time())
    local = (midnight + timedelta(minutes=minute)).replace(tzinfo=zone)
    first, second = (local.replace(fold=fold).astimezone(UTC).timestamp() for fold in (0, 1))
    return round(first * 1_000), round(second * 1_000)
