"""Statistics of calls, counted by the database.

What is read are the narrow rows of facts that a span of time has, by their index, and these only once.
Percentiles are exact: the database hands over the voice-to-voice times of each bucket as texts, and they are
ranked here in a thread, in a tenth of the time that it takes there.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray
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
_NO_ANSWERS: Final = np.empty(0)
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
        buckets, totals = await asyncio.to_thread(_summed, rows)
        return CallStatistics(
            buckets=tuple((at, buckets.get(at, Figures())) for at in query.buckets()),
            totals=totals,
            engines=tuple(
                EngineFigures(port, engine, int(failures), int(fallbacks))
                for port, engine, failures, fallbacks in engines
            ),
            causes=_causes(rows),
        )


def _counts(bucket: ColumnElement[int], which: Conditions) -> Select[*tuple[Any, ...]]:
    """Return the sums of each bucket and cause; ``answers_ms`` are the JSON arrays of these calls, joined by
    commas."""
    facts = CallFactsModel
    return (
        select(
            bucket.label("at"),
            facts.end_cause.label("cause"),
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
        .group_by("at", "cause")
    )


def _summed(rows: Sequence[RowMapping]) -> tuple[dict[int, Figures], Figures]:
    buckets: defaultdict[int, list[RowMapping]] = defaultdict(list)
    for row in rows:
        buckets[row["at"]].append(row)
    answers = {at: _answers(each) for at, each in buckets.items()}
    figures = {at: _figures(each, answers[at]) for at, each in buckets.items()}
    everything = np.concatenate([_NO_ANSWERS, *answers.values()])
    return figures, _figures(rows, everything)


def _answers(rows: Sequence[RowMapping]) -> NDArray[np.float64]:
    """Return all voice-to-voice times of ``rows`` in milliseconds, shape (n,)."""
    times = (orjson.loads(f"[{row['answers_ms']}]") for row in rows)
    return np.fromiter(chain.from_iterable(chain.from_iterable(times)), np.float64)


def _figures(rows: Sequence[RowMapping], answers: NDArray[np.float64]) -> Figures:
    """Return what ``rows`` come to, whose voice-to-voice times are ``answers``."""
    # PostgreSQL sums whole numbers to decimal ones.
    counts = {name: sum(int(row[name]) for row in rows) for name in _COUNTED}
    return Figures(
        **counts,
        answers=len(answers),
        dead_air_ms=sum(float(row["dead_air_ms"]) for row in rows),
        v2v_p50_ms=_nearest_rank(answers, 50),
        v2v_p95_ms=_nearest_rank(answers, 95),
    )


def _nearest_rank(values: NDArray[np.float64], percent: int) -> float | None:
    if not len(values):
        return None
    rank = -(-len(values) * percent // 100) - 1
    return float(np.partition(values, rank)[rank])


def _causes(rows: Sequence[RowMapping]) -> tuple[tuple[str, int], ...]:
    """Return how many calls each cause has ended, the most frequent first."""
    causes: Counter[str] = Counter()
    for row in rows:
        if row["cause"] is not None:
            causes[row["cause"]] += row["calls"]
    return tuple(sorted(causes.items(), key=lambda counted: (-counted[1], counted[0])))


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
