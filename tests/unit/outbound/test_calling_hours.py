"""When people may be called, on ordinary days and on those when clocks are changed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.value_objects.calling_hours import MINUTES_OF_DAY, CallingHours

MADRID = "Europe/Madrid"
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
# They change clocks by an hour, by half an hour, at midnight, and one of them has left out a whole day.
ZONES = (MADRID, "America/New_York", "Australia/Lord_Howe", "America/Havana", "Pacific/Apia", "Etc/UTC")


def at(zone: str, *moment: int, fold: int = 0) -> int:
    local = datetime(*moment, tzinfo=ZoneInfo(zone), fold=fold)  # type: ignore[arg-type, misc]
    return round(local.timestamp() * 1_000)


def shown(zone: str, instant: int) -> str:
    return datetime.fromtimestamp(instant / 1_000, ZoneInfo(zone)).strftime("%a %d %H:%M")


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ((2026, 11, 23, 8, 59), "Mon 23 09:00"),
        ((2026, 11, 23, 9, 0), "Mon 23 09:00"),
        ((2026, 11, 23, 19, 59), "Mon 23 19:59"),
        ((2026, 11, 23, 20, 0), "Tue 24 09:00"),
        ((2026, 11, 27, 20, 0), "Mon 30 09:00"),  # a Friday evening
        ((2026, 11, 28, 12, 0), "Mon 30 09:00"),
    ],
)
def test_people_are_called_in_the_daytime_of_working_days(moment: tuple[int, ...], opens: str) -> None:
    hours = CallingHours(MADRID)
    now = at(MADRID, *moment)
    assert shown(MADRID, hours.next_open(now)) == opens
    assert hours.is_open(now) is (hours.next_open(now) == now)


def test_their_clock_counts_and_not_ours() -> None:
    hours = CallingHours("America/Lima", EVERY_DAY, 9 * 60, 10 * 60)
    assert hours.is_open(at("Etc/UTC", 2026, 11, 23, 14, 30))
    assert not hours.is_open(at("Etc/UTC", 2026, 11, 23, 9, 30))


@pytest.mark.parametrize("day", [28, 29, 30])  # on the 29th of March 2026, clocks go from 2 to 3
def test_nine_o_clock_is_nine_o_clock_when_summer_begins(day: int) -> None:
    hours = CallingHours(MADRID, EVERY_DAY)
    assert shown(MADRID, hours.next_open(at(MADRID, 2026, 3, day, 0, 0))).endswith("09:00")


def test_what_clocks_never_show_is_waited_for() -> None:
    hours = CallingHours(MADRID, EVERY_DAY, 2 * 60 + 30, 4 * 60)
    assert shown(MADRID, hours.next_open(at(MADRID, 2026, 3, 29, 0, 0))) == "Sun 29 03:30"
    within = CallingHours(MADRID, (7,), 2 * 60 + 10, 2 * 60 + 50)  # there are no such hours that day
    assert shown(MADRID, within.next_open(at(MADRID, 2026, 3, 29, 0, 0))) == "Sun 05 02:10"


def test_what_clocks_show_twice_is_read_with_care() -> None:
    """On the 25th of October 2026, clocks go from 3 back to 2."""
    until = CallingHours(MADRID, EVERY_DAY, 60, 2 * 60 + 30)
    assert until.is_open(at(MADRID, 2026, 10, 25, 2, 29))
    assert not until.is_open(at(MADRID, 2026, 10, 25, 2, 29, fold=1))
    since = CallingHours(MADRID, EVERY_DAY, 2 * 60 + 30, 5 * 60)
    assert not since.is_open(at(MADRID, 2026, 10, 25, 2, 30))
    assert since.is_open(at(MADRID, 2026, 10, 25, 2, 30, fold=1))


def test_a_whole_day_has_no_gap() -> None:
    hours = CallingHours(MADRID, EVERY_DAY, 0, MINUTES_OF_DAY)
    for day in (29, 25):
        for hour in range(24):
            assert hours.is_open(at(MADRID, 2026, 3 if day == 29 else 10, day, hour, 30))


@given(
    st.sampled_from(ZONES),
    st.integers(1_262_304_000, 2_524_608_000).map(lambda second: second * 1_000),  # 2010 to 2050
    st.sets(st.sampled_from(EVERY_DAY), min_size=1),
    st.tuples(st.integers(0, 1_439), st.integers(1, 1_440)).filter(lambda pair: pair[0] < pair[1]),
)
def test_whoever_is_called_has_a_clock_that_shows_the_hours(
    zone: str, now: int, weekdays: set[int], minutes: tuple[int, int]
) -> None:
    hours = CallingHours(zone, tuple(weekdays), *minutes)
    opens = hours.next_open(now)
    assert opens >= now
    assert hours.is_open(opens)
    local = datetime.fromtimestamp(opens / 1_000, ZoneInfo(zone))
    assert local.isoweekday() in weekdays
    assert minutes[0] <= local.hour * 60 + local.minute < minutes[1]


@pytest.mark.parametrize(
    "values",
    [
        ("Europe/Atlantis",),
        ("../etc/passwd",),
        ("",),
        (MADRID, ()),
        (MADRID, (0,)),
        (MADRID, (1, 1)),
        (MADRID, (1,), 600, 600),
        (MADRID, (1,), -1, 600),
        (MADRID, (1,), 600, 1_441),
    ],
)
def test_hours_that_cannot_be_are_refused(values: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match=r"zone|weekday|hours"):
        CallingHours(*values)  # type: ignore[arg-type]
