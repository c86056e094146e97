"""Statistics of calls, counted by the database.

What is read are the narrow rows of facts that a span of time has, by their index. Percentiles are exact: the
voice-to-voice times of the calls are laid out, ranked within their bucket, and the one at the rank is taken.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Double, Select, case, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.domain.entities.call import CallStatus
from backend.domain.ports.statistics_port import CallStatistics, EngineFigures, Figures, StatisticsQuery
from backend.infrastructure.database.models import CallFactsModel, EngineTroubleModel
from backend.infrastructure.database.session import Database

Conditions = list[ColumnElement[bool]]
Percentiles = Mapping[int, tuple[float, float]]

_EVERYTHING: Final = 0  # the one bucket of the whole span
_COUNTED: Final = tuple(field.name for field in fields(Figures) if field.type == "int")


class SqlCallStatistics:
    """Implements ``CallStatisticsPort``."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    async def count(self, tenant: str, query: StatisticsQuery) -> CallStatistics:
        """Return what the calls of ``tenant`` come to. Raises ``StorageError``."""
        which = _which(tenant, query)
        bucket = _bucket(query)
        async with self._database.reading() as session:
            figures = await self._figures(session, bucket, which)
            within = await self._percentiles(session, bucket, which)
            overall = await self._percentiles(session, literal(_EVERYTHING), which)
            engines = (await session.execute(_engines(which))).all()
            causes = (await session.execute(_causes(which))).all()
        return CallStatistics(
            buckets=tuple((at, _with(figures.get(at, Figures()), within.get(at))) for at in query.buckets()),
            totals=_with(_total(figures.values()), overall.get(_EVERYTHING)),
            engines=tuple(
                EngineFigures(port, engine, int(failures), int(fallbacks))
                for port, engine, failures, fallbacks in engines
            ),
            causes=tuple((cause, count) for cause, count in causes if cause is not None),
        )

    async def _figures(
        self, session: AsyncSession, bucket: ColumnElement[int], which: Conditions
    ) -> dict[int, Figures]:
        facts = CallFactsModel
        answers = func.json_array_length(facts.answers_ms)
        died = facts.status.in_((CallStatus.FAILED.value, CallStatus.INTERRUPTED.value))
        query = (
            select(
                bucket.label("at"),
                func.count().label("calls"),
                _how_many(facts.was_answered.is_(True)).label("answered"),
                _how_many(facts.status == CallStatus.COMPLETED.value).label("completed"),
                _how_many(died).label("failed"),
                func.sum(answers).label("answers"),
                func.sum(facts.interruptions).label("interruptions"),
                func.sum(facts.engine_failures).label("engine_failures"),
                func.sum(facts.fallbacks).label("fallbacks"),
                func.sum(facts.dead_air_ms).label("dead_air_ms"),
                func.sum(case((facts.duration_ms > 0, facts.duration_ms), else_=0)).label("talk_ms"),
            )
            .where(*which)
            .group_by("at")
        )
        rows = (await session.execute(query)).mappings()
        return {row["at"]: _figures_of(row) for row in rows}

    async def _percentiles(
        self, session: AsyncSession, bucket: ColumnElement[int], which: Conditions
    ) -> Percentiles:
        """Return the median and the 95th percentile of each bucket that has answers."""
        unnest = func.json_each if self._database.is_sqlite else func.json_array_elements_text
        answer = unnest(CallFactsModel.answers_ms).table_valued("value", joins_implicitly=True)
        spoken = select(bucket.label("at"), cast(answer.c.value, Double).label("ms")).where(*which).subquery()
        ranked = select(
            spoken.c.at,
            spoken.c.ms,
            func.row_number().over(partition_by=spoken.c.at, order_by=spoken.c.ms).label("rank"),
            func.count().over(partition_by=spoken.c.at).label("answers"),
        ).subquery()
        query = select(
            ranked.c.at,
            *(
                func.min(case((ranked.c.rank * 100 >= ranked.c.answers * percent, ranked.c.ms)))
                for percent in (50, 95)
            ),
        ).group_by(ranked.c.at)
        return {at: (p50, p95) for at, p50, p95 in await session.execute(query)}


def _which(tenant: str, query: StatisticsQuery) -> Conditions:
    facts = CallFactsModel
    conditions = [
        facts.tenant == tenant,
        facts.started_at >= query.since,
        facts.started_at < query.until,
        ~facts.is_draft,
    ]
    return conditions if query.agent_id is None else [*conditions, facts.agent_id == query.agent_id]


def _bucket(query: StatisticsQuery) -> ColumnElement[int]:
    """Return where a call's bucket begins, as ``StatisticsQuery.bucket_of`` has it."""
    shift = query.utc_offset_min * 60_000
    return (CallFactsModel.started_at + shift) // query.bucket.ms * query.bucket.ms - shift


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _engines(which: Conditions) -> Select[str, str, int, int]:
    trouble = EngineTroubleModel
    return (
        select(trouble.port, trouble.engine, func.sum(trouble.failures), func.sum(trouble.fallbacks))
        .join(CallFactsModel, CallFactsModel.number == trouble.number)
        .where(*which, CallFactsModel.engine_failures > 0)
        .group_by(trouble.port, trouble.engine)
        .order_by(func.sum(trouble.failures).desc(), trouble.port, trouble.engine)
    )


def _causes(which: Conditions) -> Select[str | None, int]:
    cause = CallFactsModel.end_cause
    query = select(cause, func.count()).where(*which, cause.is_not(None)).group_by(cause)
    return query.order_by(func.count().desc(), cause)


def _figures_of(row: Mapping[str, Any]) -> Figures:
    # PostgreSQL sums whole numbers to decimal ones.
    counts: dict[str, int] = {name: int(row[name]) for name in _COUNTED}
    return Figures(dead_air_ms=float(row["dead_air_ms"]), **counts)


def _total(buckets: Collection[Figures]) -> Figures:
    counts: dict[str, int] = {name: sum(getattr(each, name) for each in buckets) for name in _COUNTED}
    return Figures(dead_air_ms=sum(each.dead_air_ms for each in buckets), **counts)


def _with(figures: Figures, percentiles: tuple[float, float] | None) -> Figures:
    if percentiles is None:
        return figures
    return replace(figures, v2v_p50_ms=percentiles[0], v2v_p95_ms=percentiles[1])
