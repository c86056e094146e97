"""What the calls of a tenant come to over a span of time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

MS_PER_HOUR: Final = 3_600_000


class BucketSize(StrEnum):
    """How long a bucket is."""

    HOUR = "hour"
    DAY = "day"

    @property
    def ms(self) -> int:
        """The length in milliseconds; a day has 24 hours, also where the clocks change."""
        return MS_PER_HOUR if self is BucketSize.HOUR else 24 * MS_PER_HOUR


@dataclass(frozen=True, slots=True)
class StatisticsQuery:
    """Calls that began from ``since`` (Unix ms) until before ``until``, in buckets that begin on full hours
    or days of the clock that is ``utc_offset_min`` ahead of UTC; ``agent_id`` None counts all agents."""

    since: int
    until: int
    bucket: BucketSize
    utc_offset_min: int = 0
    agent_id: str | None = None

    def bucket_of(self, at: int) -> int:
        """Return where the bucket begins that ``at`` (Unix ms) lies in."""
        shift = self.utc_offset_min * 60_000
        return (at + shift) // self.bucket.ms * self.bucket.ms - shift

    def buckets(self) -> range:
        """Return where each bucket of the span begins; the first may begin before ``since``."""
        return range(self.bucket_of(self.since), self.until, self.bucket.ms)


@dataclass(frozen=True, slots=True)
class Figures:
    """What some calls come to.

    ``answered``: in which the agent was heard. ``failed``: that a bug, an engine or the end of the process
    ended. The percentiles are over ``answers``, the turns that the agent answered, and each is a time that a
    caller really waited (nearest rank); None without answers. ``talk_ms`` is how long the calls lasted.
    """

    calls: int = 0
    answered: int = 0
    completed: int = 0
    failed: int = 0
    answers: int = 0
    v2v_p50_ms: float | None = None
    v2v_p95_ms: float | None = None
    interruptions: int = 0
    engine_failures: int = 0
    fallbacks: int = 0
    dead_air_ms: float = 0.0
    talk_ms: int = 0


@dataclass(frozen=True, slots=True)
class EngineFigures:
    """How often ``engine`` of ``port`` failed, and how often another one took over."""

    port: str
    engine: str
    failures: int
    fallbacks: int


@dataclass(frozen=True, slots=True)
class CallStatistics:
    """All buckets of a span by where they begin (Unix ms), and what the span as a whole comes to.

    Calls with an unpublished draft are in none of it. ``causes`` counts the calls that have ended.
    """

    buckets: tuple[tuple[int, Figures], ...]
    totals: Figures
    engines: tuple[EngineFigures, ...]
    causes: tuple[tuple[str, int], ...]


class CallStatisticsPort(Protocol):
    """Counts calls."""

    async def count(self, tenant: str, query: StatisticsQuery) -> CallStatistics:
        """Return what the calls of ``tenant`` come to. Raises ``StorageError``."""
        ...
