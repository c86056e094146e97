"""Statistics of calls."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query

from backend.domain.errors import FieldError
from backend.domain.ports.statistics_port import MS_PER_HOUR, StatisticsQuery
from backend.interfaces.http.deps import KeyDep, ServicesDep
from backend.interfaces.http.responses import problems
from backend.interfaces.http.schemas.stats import CallStats, StatsQuery

router = APIRouter(prefix="/history", tags=["history"])

DEFAULT_SPAN_MS: Final = 30 * 24 * MS_PER_HOUR
MAX_BUCKETS: Final = 1_500  # four years of days, two months of hours


@router.get("/stats", responses=problems(422))
async def read_stats(query: Annotated[StatsQuery, Query()], services: ServicesDep, key: KeyDep) -> CallStats:
    """Count calls, what became of them and how long callers waited, by hours or days and in all."""
    until = services.clock.wall_ms() if query.until is None else query.until
    since = max(0, until - DEFAULT_SPAN_MS) if query.since is None else query.since
    wanted = StatisticsQuery(since, until, query.bucket, query.utc_offset_min, query.agent_id)
    if len(wanted.buckets()) > MAX_BUCKETS:
        raise FieldError("bucket", f"the span has more than {MAX_BUCKETS} of these", code="too-many-buckets")
    return CallStats.of(await services.statistics.count(key.tenant, wanted))
