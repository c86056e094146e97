"""Pages of the history are read from an index, in its order, however the history is sorted and narrowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select

from backend.domain.entities.call import CallStatus, Direction, EndCause
from backend.domain.ports.persistence_port import CallFilter, CallOrder, CallSort
from backend.infrastructure.database.migrate import migrate
from backend.infrastructure.database.repositories.cursor import HistoryCursor
from backend.infrastructure.database.repositories.history_query import history_queries, nearby_query
from backend.infrastructure.database.repositories.rare_calls import sources
from backend.infrastructure.database.session import Database
from tests.support.storage_builders import TENANT

INDEXES = {
    CallSort.STARTED_AT: "ix_call_facts_by_start",
    CallSort.DURATION_MS: "ix_call_facts_by_duration",
    CallSort.VOICE_TO_VOICE_MS: "ix_call_facts_by_latency",
}
FILTERS = {
    "all": CallFilter(),
    "agent": CallFilter(agent_id="a"),
    "status": CallFilter(status=CallStatus.FAILED),
    "cause": CallFilter(end_cause=EndCause.IDLE),
    "direction": CallFilter(direction=Direction.INBOUND),
    "everything": CallFilter("a", CallStatus.FAILED, None, None, None, EndCause.IDLE, Direction.BROWSER),
}


async def plans(folder: Path, *queries: Select[Any]) -> list[str]:
    """Return how SQLite reads what each query asks for."""
    url = f"sqlite:///{folder}/victoria.db"
    await migrate(url)
    found = []
    async with Database(url) as database, database.transaction() as connection:
        for query in queries:
            sql = query.limit(50).compile(connection.sync_engine, compile_kwargs={"literal_binds": True})
            steps = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")).mappings()
            found.append(" | ".join(step["detail"] for step in steps))
    return found


def pages(where: CallFilter, order: CallOrder, after: HistoryCursor | None = None) -> list[Select[Any]]:
    return list(history_queries(TENANT, where=where, order=order, after=after, is_sqlite=True))


@pytest.mark.parametrize("narrowed", FILTERS)
@pytest.mark.parametrize("ascending", [False, True])
@pytest.mark.parametrize("by", CallSort)
@pytest.mark.parametrize("goes_on", [False, True])
async def test_no_call_is_sorted_or_looked_at_in_vain(
    tmp_path: Path, by: CallSort, ascending: bool, narrowed: str, goes_on: bool
) -> None:
    order = CallOrder(by, is_ascending=ascending)
    after = HistoryCursor(order, 1_000, "f" * 32) if goes_on else None
    for plan in await plans(tmp_path, *pages(FILTERS[narrowed], order, after)):
        assert f"SEARCH call_facts USING INDEX {INDEXES[by]}" in plan
        assert "SCAN" not in plan
        assert "TEMP B-TREE" not in plan


async def test_a_page_that_goes_on_begins_where_the_last_one_ended(tmp_path: Path) -> None:
    order = CallOrder(CallSort.DURATION_MS)
    (plan,) = await plans(tmp_path, *pages(CallFilter(), order, HistoryCursor(order, 1_000, "f" * 32)))
    assert "(duration_ms,call_id)<(?,?)" in plan


async def test_a_span_of_time_is_read_as_a_range(tmp_path: Path) -> None:
    (plan,) = await plans(tmp_path, *pages(CallFilter(since=1, until=9), CallOrder()))
    assert "started_at>? AND started_at<?" in plan


@pytest.mark.parametrize("by", CallSort)
async def test_what_is_searched_for_comes_from_the_index_of_words(tmp_path: Path, by: CallSort) -> None:
    (plan,) = await plans(tmp_path, *pages(CallFilter(search="dentist"), CallOrder(by)))
    assert "call_search VIRTUAL TABLE INDEX" in plan
    assert "SCAN call_facts" not in plan


@pytest.mark.parametrize("by", CallSort)
async def test_tagged_calls_come_from_the_index_of_tags(tmp_path: Path, by: CallSort) -> None:
    (plan,) = await plans(tmp_path, *pages(CallFilter(tag="vip"), CallOrder(by)))
    assert "INDEX ix_call_tags_tenant_tag_number" in plan
    assert "SCAN call_facts" not in plan


@pytest.mark.parametrize("narrowed", sorted(FILTERS.keys() - {"all"}))
async def test_that_calls_are_rare_is_found_out_without_a_look_at_their_rows(
    tmp_path: Path, narrowed: str
) -> None:
    ((query,),) = sources(TENANT, FILTERS[narrowed], is_sqlite=True)
    (plan,) = await plans(tmp_path, query)
    assert "SEARCH call_facts USING COVERING INDEX ix_call_facts_by_filters (tenant=? AND direction=?" in plan
    assert "SCAN call_facts" not in plan


async def test_that_a_span_has_few_calls_is_found_out_by_a_range(tmp_path: Path) -> None:
    ((query,),) = sources(TENANT, CallFilter(since=1, until=9), is_sqlite=True)
    (plan,) = await plans(tmp_path, query)
    assert "COVERING INDEX ix_call_facts_by_start (tenant=? AND started_at>? AND started_at<?)" in plan


@pytest.mark.parametrize("by", CallSort)
async def test_words_that_many_say_are_looked_for_on_the_first_pages_only(
    tmp_path: Path, by: CallSort
) -> None:
    where = CallFilter(search="hello", agent_id="a")
    query = nearby_query(TENANT, where=where, order=CallOrder(by), after=None, is_sqlite=True, limit=50)
    (plan,) = await plans(tmp_path, query)
    assert "SEARCH call_facts USING INTEGER PRIMARY KEY (rowid=?)" in plan
    assert f"COVERING INDEX {INDEXES[by]} (tenant=?" in plan
