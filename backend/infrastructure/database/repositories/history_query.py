"""Which calls, in which order, as statements.

Pages follow the sort key and the id instead of counting rows to skip: the last page of 100,000 calls costs
what the first does, and a call that starts meanwhile shifts nothing. Each order has one index, which holds
what calls are filtered by (see ``models``); what is searched for or tagged is found first, and then sorted.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Select, false, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from backend.domain.ports.persistence_port import CallFilter, CallOrder, CallSort
from backend.infrastructure.database.facts_rows import MISSING
from backend.infrastructure.database.models import CallFactsModel, CallTagModel
from backend.infrastructure.database.repositories.cursor import HistoryCursor
from backend.infrastructure.database.search_index import is_found
from backend.infrastructure.database.search_text import terms_of

_KEYS: Final[dict[CallSort, InstrumentedAttribute[int] | InstrumentedAttribute[float]]] = {
    CallSort.STARTED_AT: CallFactsModel.started_at,
    CallSort.DURATION_MS: CallFactsModel.duration_ms,
    CallSort.VOICE_TO_VOICE_MS: CallFactsModel.voice_to_voice_ms,
}


def history_queries(
    tenant: str, *, where: CallFilter, order: CallOrder, after: HistoryCursor | None, is_sqlite: bool
) -> list[Select[CallFactsModel]]:
    """Return the history of ``tenant`` in ``order``, beginning after ``after``, as statements whose results
    are to be joined.

    There are two when small values come first: what has none is stored as less than all, and comes last.
    """
    key, call_id = _KEYS[order.by], CallFactsModel.call_id
    calls = select(CallFactsModel).where(*_conditions(tenant, where, is_sqlite=is_sqlite))
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


def _conditions(tenant: str, where: CallFilter, *, is_sqlite: bool) -> list[ColumnElement[bool]]:
    facts = CallFactsModel
    conditions = [facts.tenant == tenant]
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
        tagged = select(CallTagModel.number).where(
            CallTagModel.tenant == tenant, CallTagModel.tag == where.tag
        )
        conditions.append(facts.number.in_(tagged))
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
