"""Which calls, in which order, as statements.

Pages follow the sort key and the id instead of counting rows to skip: the last page of 100,000 calls costs
what the first does, and a call that starts meanwhile shifts nothing. Each order has one index, which holds
what calls are filtered by (see ``models``).

What few calls have is not looked for along the order: see ``rare_calls``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import ColumnElement, Select, false, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from backend.domain.ports.persistence_port import CallFilter, CallOrder, CallSort
from backend.infrastructure.database.facts_rows import MISSING
from backend.infrastructure.database.models import CallFactsModel
from backend.infrastructure.database.repositories.cursor import HistoryCursor
from backend.infrastructure.database.repositories.rare_calls import tagged
from backend.infrastructure.database.search_index import has_said, is_found
from backend.infrastructure.database.search_text import terms_of

NEAR_PAGES: Final = 2  # whose words are looked through, in hope of one page: in 20 ms if not in memory

_KEYS: Final[dict[CallSort, InstrumentedAttribute[int] | InstrumentedAttribute[float]]] = {
    CallSort.STARTED_AT: CallFactsModel.started_at,
    CallSort.DURATION_MS: CallFactsModel.duration_ms,
    CallSort.VOICE_TO_VOICE_MS: CallFactsModel.voice_to_voice_ms,
}


def history_queries(
    tenant: str,
    *,
    where: CallFilter,
    order: CallOrder,
    after: HistoryCursor | None,
    is_sqlite: bool,
    among: Sequence[int] | None = None,
) -> list[Select[CallFactsModel]]:
    """Return the history of ``tenant`` in ``order``, beginning after ``after``, as statements whose results
    are to be joined.

    ``among`` are the only calls that can match, by number, if they are known to be few. There are two
    statements when small values come first: what has none is stored as less than all, and comes last.
    """
    key, call_id = _KEYS[order.by], CallFactsModel.call_id
    conditions = _conditions(tenant, where, is_sqlite=is_sqlite)
    if among is None:
        conditions.append(CallFactsModel.tenant == tenant)
    else:
        conditions.append(_of(tenant))
        conditions.append(CallFactsModel.number.in_(among))
    calls = select(CallFactsModel).where(*conditions)
    # Row values, not "a < x OR (a = x AND b < y)": both databases turn them into one index range.
    position = None if after is None else tuple_(literal(after.key, key.type), literal(after.call_id))
    if not order.is_ascending:
        descending = calls.order_by(key.desc(), call_id.desc())
        return [descending if position is None else descending.where(tuple_(key, call_id) < position)]
    measured, missing = calls.order_by(key, call_id), calls.where(key == MISSING).order_by(call_id)
    if position is None:
        return [measured.where(key > MISSING), missing]
    if after is not None and after.key == MISSING:
        return [missing.where(call_id > after.call_id)]
    return [measured.where(tuple_(key, call_id) > position), missing]


def nearby_query(
    tenant: str,
    *,
    where: CallFilter,
    order: CallOrder,
    after: HistoryCursor | None,
    is_sqlite: bool,
    limit: int,
) -> Select[CallFactsModel]:
    """Return what is found on the first pages of the history as it is without a search, ``limit`` calls each.

    That is for words that many calls have. If it fills a page, the index of words, which lists all calls that
    have them, need not be read.
    """
    everything = replace(where, search=None)
    calls = history_queries(tenant, where=everything, order=order, after=after, is_sqlite=is_sqlite)[0]
    near = calls.with_only_columns(CallFactsModel.number).limit(NEAR_PAGES * limit)
    said = has_said(terms_of(where.search or ""), is_sqlite=is_sqlite)
    key, call_id = _KEYS[order.by], CallFactsModel.call_id
    found = select(CallFactsModel).where(_of(tenant), CallFactsModel.number.in_(near), said)
    found = found.order_by(key, call_id) if order.is_ascending else found.order_by(key.desc(), call_id.desc())
    return found.limit(limit)


def _of(tenant: str) -> ColumnElement[bool]:
    """Return a condition that no index of the tenant's calls serves: SQLite takes a tenant for ten calls, and
    would go through all of them instead of the few that are named."""
    return CallFactsModel.tenant.op("||")("") == tenant


def _conditions(tenant: str, where: CallFilter, *, is_sqlite: bool) -> list[ColumnElement[bool]]:
    facts = CallFactsModel
    conditions: list[ColumnElement[bool]] = []
    for column, wanted in (
        (facts.agent_id, where.agent_id),
        (facts.status, where.status),
        (facts.direction, where.direction),
        (facts.end_cause, where.end_cause),
    ):
        if wanted is not None:
            conditions.append(column == str(wanted))
    if where.since is not None:
        conditions.append(facts.started_at >= where.since)
    if where.until is not None:
        conditions.append(facts.started_at < where.until)
    if where.tag is not None:
        conditions.append(facts.number.in_(tagged(tenant, where.tag)))
    if where.search is not None:
        terms = terms_of(where.search)
        # What holds no word finds nothing, rather than everything.
        conditions.append(is_found(terms, is_sqlite=is_sqlite) if terms else false())
    return conditions


def position_of(row: CallFactsModel, order: CallOrder) -> HistoryCursor:
    """Return where the history in ``order`` goes on after ``row``."""
    keys: dict[CallSort, float] = {
        CallSort.STARTED_AT: row.started_at,
        CallSort.DURATION_MS: row.duration_ms,
        CallSort.VOICE_TO_VOICE_MS: row.voice_to_voice_ms,
    }
    return HistoryCursor(order, keys[order.by], row.call_id)
