"""How the history is narrowed, ordered and remarked upon, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.entities.call import CallStatus, Direction, EndCause
from backend.domain.errors import CallerError, NotFoundError
from backend.domain.ports.persistence_port import CallFilter, CallOrder, CallRepository, CallSort
from backend.infrastructure.database.call_log import SqlCallLog
from tests.support.history import ANY, START, found, held
from tests.support.storage_builders import TENANT, a_call, an_agent

pytest_plugins = ["tests.support.storage_fixtures", "tests.support.history_fixtures"]


# --- filters and orders ---------------------------------------------------------------------------


async def test_filters_narrow_and_add_up(log: SqlCallLog, calls: CallRepository) -> None:
    ana = an_agent()
    browser = await held(log, call=a_call(ana, started_at=START))
    inbound = await held(
        log,
        call=replace(a_call(ana, started_at=START + 10), direction=Direction.INBOUND),
        cause=EndCause.IDLE,
    )
    failed = await held(log, call=a_call(started_at=START + 20), cause=EndCause.ENGINES_FAILED)
    assert await found(calls, CallFilter(agent_id=ana.id)) == [inbound.id, browser.id]
    assert await found(calls, CallFilter(status=CallStatus.FAILED)) == [failed.id]
    assert await found(calls, CallFilter(direction=Direction.INBOUND)) == [inbound.id]
    assert await found(calls, CallFilter(end_cause=EndCause.CALLER_HUNG_UP)) == [browser.id]
    assert await found(calls, CallFilter(since=START + 10)) == [failed.id, inbound.id]
    assert await found(calls, CallFilter(since=START, until=START + 10)) == [browser.id]
    assert await found(calls, CallFilter(agent_id=ana.id, since=START + 10)) == [inbound.id]


@pytest.mark.parametrize("by", CallSort)
@pytest.mark.parametrize("ascending", [False, True])
async def test_every_order_is_paged_without_gaps_or_repeats_and_what_has_no_value_is_last(
    log: SqlCallLog, calls: CallRepository, by: CallSort, ascending: bool
) -> None:
    measured = [
        await held(
            log,
            answered_ms=(700.5 + number // 2,),
            duration_ms=1_000 + number // 2,
            call=a_call(started_at=START + number // 2),
        )
        for number in range(7)
    ]
    silent = [
        await held(log, duration_ms=9_000 + n, call=a_call(started_at=START + 50 + n)) for n in range(2)
    ]
    live = [a_call(started_at=START + 90 + number) for number in range(3)]
    for call in live:
        await log.open(call)
    order, seen, cursor = CallOrder(by, is_ascending=ascending), [], None
    while True:
        page = await calls.page(TENANT, where=ANY, limit=2, order=order, cursor=cursor)
        seen += [item.call.id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    last = {
        CallSort.STARTED_AT: set(),
        CallSort.DURATION_MS: {call.id for call in live},
        CallSort.VOICE_TO_VOICE_MS: {call.id for call in [*live, *silent]},
    }[by]
    everyone = [*measured, *silent, *live]
    keys = {
        CallSort.STARTED_AT: {call.id: call.started_at for call in everyone},
        CallSort.DURATION_MS: {call.id: call.duration_ms or 0 for call in everyone},
        CallSort.VOICE_TO_VOICE_MS: {call.id: number // 2 for number, call in enumerate(measured)},
    }[by]
    having = sorted(keys.keys() - last, key=lambda id_: (keys[id_], id_.value), reverse=not ascending)
    assert seen[: len(having)] == having
    assert set(seen[len(having) :]) == last
    assert len(seen) == len(everyone)


async def test_a_cursor_belongs_to_its_order(log: SqlCallLog, calls: CallRepository) -> None:
    for _ in range(2):
        await held(log)
    cursor = (await calls.page(TENANT, where=ANY, limit=1)).next_cursor
    with pytest.raises(CallerError) as caught:
        await calls.page(TENANT, where=ANY, limit=1, order=CallOrder(is_ascending=True), cursor=cursor)
    assert caught.value.code == "bad-cursor"


# --- notes and tags -------------------------------------------------------------------------------


async def test_notes_and_tags_are_changed_apart(log: SqlCallLog, calls: CallRepository) -> None:
    call = await held(log)
    await calls.annotate(TENANT, call.id, note="Ñ\0 note", tags=["vip", "¡ojo!"])
    await calls.annotate(TENANT, call.id, tags=["done"])
    summary = await calls.annotate(TENANT, call.id)
    assert (summary.note, summary.tags) == ("Ñ\ufffd note", ("done",))
    assert await found(calls, CallFilter(tag="done")) == [call.id]
    assert await found(calls, CallFilter(tag="vip")) == []
    assert (await calls.annotate(TENANT, call.id, note="", tags=[])).tags == ()


async def test_another_tenants_call_is_not_written_beside(log: SqlCallLog, calls: CallRepository) -> None:
    call = await held(log)
    with pytest.raises(NotFoundError):
        await calls.annotate("other", call.id, note="mine")
    assert (await calls.get(TENANT, call.id)).note == ""
