"""Which calls, in which order, as statements.

Pages follow the sort key and the id instead of counting rows to skip: the last page of 100,000 calls costs
what the first does, and a call that starts meanwhile shifts nothing. Each order has one index, which holds
what calls are filtered by (see ``models``).

Words and tags are in other tables, and a database without statistics cannot know what is better: to find
what has them and sort it, or to walk along the order until a page is full. So that is looked up first, with a
limit that both ways can bear: what few calls have is found and sorted, what many have is met on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Select, false, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from backend.domain.ports.persistence_port import CallFilter, CallOrder, CallSort
from backend.infrastructure.database.facts_rows import MISSING
from backend.infrastructure.database.models import CallFactsModel, CallTagModel
from backend.infrastructure.database.repositories.cursor import HistoryCursor
from backend.infrastructure.database.search_index import is_found, numbers_with
from backend.infrastructure.database.search_text import terms_of

FEW: Final = 2_000  # calls are found and sorted in 10 ms; of more, 100,000 hold fifty in each 2,500

_KEYS: Final[dict[CallSort, InstrumentedAttribute[int] | InstrumentedAttribute[float]]] = {
    CallSort.STARTED_AT: CallFactsModel.started_at,
    CallSort.DURATION_MS: CallFactsModel.duration_ms,
    CallSort.VOICE_TO_VOICE_MS: CallFactsModel.voice_to_voice_ms,
}


def sources(tenant: str, where: CallFilter, *, is_sqlite: bool) -> list[list[Select[int]]]:
    """Return the numbers of calls that have the words, and of those that have the tag, as statements that
    stop behind ``FEW``.

    Of each list the last statement has all of them. One before it has some, and finds out sooner that they
    are many: FTS5 merges the lists of all words with a beginning before it gives the first.
    """
    numbers = []
    if where.search is not None and (terms := terms_of(where.search)):
        numbers.append([numbers_with(terms, is_sqlite=is_sqlite, whole=whole) for whole in (True, False)])
    if where.tag is not None:
        numbers.append([_tagged(tenant, where.tag)])
    return [[query.limit(FEW + 1) for query in queries] for queries in numbers]


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
        # Written so that no index of the tenant's calls serves it: SQLite takes a tenant for ten calls.
        conditions.append(CallFactsModel.tenant.op("||")("") == tenant)
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
        conditions.append(facts.number.in_(_tagged(tenant, where.tag)))
    if where.search is not None:
        terms = terms_of(where.search)
        # What holds no word finds nothing, rather than everything.
        conditions.append(is_found(terms, is_sqlite=is_sqlite) if terms else false())
    return conditions


def _tagged(tenant: str, tag: str) -> Select[int]:
    return select(CallTagModel.number).where(CallTagModel.tenant == tenant, CallTagModel.tag == tag)


def position_of(row: CallFactsModel, order: CallOrder) -> HistoryCursor:
    """Return where the history in ``order`` goes on after ``row``."""
    keys: dict[CallSort, float] = {
        CallSort.STARTED_AT: row.started_at,
        CallSort.DURATION_MS: row.duration_ms,
        CallSort.VOICE_TO_VOICE_MS: row.voice_to_voice_ms,
    }
    return HistoryCursor(order, keys[order.by], row.call_id)
