"""Statistics of calls, as a client sees them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Self

from pydantic import ConfigDict, Field

from backend.domain.entities.call import EndCause
from backend.domain.ports.statistics_port import BucketSize, CallStatistics
from backend.interfaces.http.schemas.base import Id, RequestModel, ResponseModel
from backend.interfaces.http.schemas.history import QueryTime


class StatsQuery(RequestModel):
    """Which calls are counted, and how they are parted."""

    model_config = ConfigDict(strict=False)

    since: QueryTime | None = Field(
        None, alias="from", description="Calls that began then or later; 30 days before `to` by default"
    )
    until: QueryTime | None = Field(None, alias="to", description="Calls that began before; now by default")
    agent_id: Id | None = None
    bucket: BucketSize = BucketSize.DAY
    utc_offset_min: int = Field(
        0, ge=-14 * 60, le=14 * 60, description="How far the clock that days begin by is ahead of UTC"
    )


class _Figures(ResponseModel):
    """What some calls come to. The percentiles are null where no turn was answered."""

    calls: int
    answered: int = Field(description="In which the agent was heard")
    completed: int
    failed: int = Field(description="That a bug, an engine or the end of the process ended")
    v2v_p50_ms: float | None
    v2v_p95_ms: float | None
    answers: int = Field(description="Turns that the agent answered")
    interruptions: int
    engine_failures: int
    fallbacks: int
    dead_air_ms: float = Field(description="Silence in the agent's turn, beyond 1.8 s each time")


class StatsBucket(_Figures):
    """An hour or a day."""

    at: int = Field(description="Where it begins, in Unix milliseconds; of the first of all, before 0")


class StatsTotals(_Figures):
    """The whole span."""

    talk_ms: int = Field(description="How long the calls lasted")


class EngineStats(ResponseModel):
    """An engine that failed, and how often another one took over."""

    port: str
    engine: str
    failures: int
    fallbacks: int


class CauseStats(ResponseModel):
    """How many calls ended so."""

    cause: EndCause
    calls: int


class CallStats(ResponseModel):
    """What the calls of a span come to; buckets without calls are there, too."""

    buckets: list[StatsBucket]
    totals: StatsTotals
    engines: list[EngineStats]
    causes: list[CauseStats]

    @classmethod
    def of(cls, statistics: CallStatistics) -> Self:
        """Return what a client sees of ``statistics``."""
        return cls(
            buckets=[StatsBucket(at=at, **asdict(figures)) for at, figures in statistics.buckets],
            totals=StatsTotals(**asdict(statistics.totals)),
            engines=[EngineStats(**asdict(engine)) for engine in statistics.engines],
            causes=[CauseStats(cause=EndCause(cause), calls=calls) for cause, calls in statistics.causes],
        )
