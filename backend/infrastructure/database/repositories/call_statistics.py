"""Statistics of calls, counted by the database.

What is read are the narrow rows of facts that a span of time has, by their index. Percentiles are exact: the
database hands over the voice-to-voice times of each bucket as one text, and they are ranked here in a thread,
in a tenth of the time that it takes there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, RowMapping, Select, Text, case, cast, func, select

from backend.domain.entities.call import CallStatus
from backend.domain.ports.statistics_port import CallStatistics, EngineFigures, Figures, StatisticsQuery
from backend.infrastructure.database.models import CallFactsModel, EngineTroubleModel
from backend.infrastructure.database.session import Database

Conditions = list[ColumnElement[bool]]

_COUNTED: Final = (
    "calls",
    "answered",
    "completed",
    "failed",
    "interruptions",
    "engine_failures",
    "fallbacks",
    "talk_ms",
)
_FAILED: Final = (CallStatus.FAILED.value, CallStatus.INTERRUPTED.value)


class SqlCallStatistics:
    """Implements ``CallStatisticsPort``."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    async def count(self, tenant: str, query: StatisticsQuery) -> CallStatistics:
        """Return what the calls of ``tenant`` come to. Raises ``StorageError``."""
        which = _which(tenant, query)
        async with self._database.reading() as session:
            rows = (await session.execute(_counts(_bucket(query), which))).mappings().all()
            engines = (await session.execute(_engines(which))).all()
            causes = (await session.execute(_causes(which))).all()
        buckets, totals = await asyncio.to_thread(_summed, rows)
        return CallStatistics(
            buckets=tuple((at, buckets.get(at, Figures())) for at in query.buckets()),
            totals=totals,
            engines=tuple(
                EngineFigures(port, engine, int(failures), int(fallbacks))
                for port, engine, failures, fallbacks in engines
            ),
            causes=tuple((cause, count) for cause, count in causes if cause is not None),
        )


def _counts(bucket: ColumnElement[int], which: Conditions) -> Select[*tuple[Any, ...]]:
    """Return the sums of each bucket; ``answers_ms`` are the JSON arrays of its calls, joined by commas."""
    facts = CallFactsModel
    return (
        select(
            bucket.label("at"),
            func.count().label("calls"),
            _how_many(facts.was_answered.is_(True)).label("answered"),
            _how_many(facts.status == CallStatus.COMPLETED.value).label("completed"),
            _how_many(facts.status.in_(_FAILED)).label("failed"),
            func.sum(facts.interruptions).label("interruptions"),
            func.sum(facts.engine_failures).label("engine_failures"),
            func.sum(facts.fallbacks).label("fallbacks"),
            func.sum(facts.dead_air_ms).label("dead_air_ms"),
            func.sum(case((facts.duration_ms > 0, facts.duration_ms), else_=0)).label("talk_ms"),
            func.aggregate_strings(cast(facts.answers_ms, Text), ",").label("answers_ms"),
        )
        .where(*which)
        .group_by("at")
    )


def _summed(rows: Sequence[RowMapping]) -> tuple[dict[int, Figures], Figures]:
    buckets: dict[int, Figures] = {}
    everything: list[float] = []
    for row in rows:
        answers = sorted(chain.from_iterable(orjson.loads(f"[{row['answers_ms']}]")))
        everything += answers
        # PostgreSQL sums whole numbers to decimal ones.
        counts = {name: int(row[name]) for name in _COUNTED}
        buckets[row["at"]] = _figures(answers, float(row["dead_air_ms"]), counts)
    counts = {name: sum(getattr(each, name) for each in buckets.values()) for name in _COUNTED}
    dead_air_ms = sum(each.dead_air_ms for each in buckets.values())
    return buckets, _figures(sorted(everything), dead_air_ms, counts)


def _figures(answers: Sequence[float], dead_air_ms: float, counts: Mapping[str, int]) -> Figures:
    """Return figures with the percentiles of ``answers``, which are sorted."""
    return Figures(
        **counts,
        answers=len(answers),
        dead_air_ms=dead_air_ms,
        v2v_p50_ms=_nearest_rank(answers, 50),
        v2v_p95_ms=_nearest_rank(answers, 95),
    )


def _nearest_rank(ordered: Sequence[float], percent: int) -> float | None:
    return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else None


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
