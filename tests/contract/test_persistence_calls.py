"""What the repository of calls promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.domain.entities.call import CallStatus
from backend.domain.errors import CallerError, ConflictError, NotFoundError
from backend.domain.ports.persistence_port import AgentRepository, CallFilter, CallRepository
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.repositories.sqlalchemy_repositories import (
    SqlAgentRepository,
    SqlCallRepository,
)
from backend.infrastructure.database.session import Database
from backend.infrastructure.storage.file_recording_store import FileRecordingStore
from tests.support.storage_builders import TENANT, a_call, a_turn, an_agent, an_entry, ended

pytest_plugins = ["tests.support.storage_fixtures"]


ANY = CallFilter()


@pytest.fixture
def agents(storage: Database) -> AgentRepository:
    return SqlAgentRepository(storage)


@pytest.fixture
def calls(storage: Database, tmp_path: Path) -> CallRepository:
    return SqlCallRepository(storage, FileRecordingStore(tmp_path))


async def test_a_call_keeps_its_agent_when_the_agent_is_deleted(
    storage: Database, agents: AgentRepository, calls: CallRepository, tmp_path: Path
) -> None:
    agent = an_agent()
    await agents.add(agent)
    call = a_call(agent)
    async with SqlCallLog(storage, tmp_path) as log:
        await log.open(call)
        await log.close(ended(call))
    await agents.delete(TENANT, agent.id)
    with pytest.raises(NotFoundError):
        await agents.get(TENANT, agent.id)
    assert (await calls.get(TENANT, call.id)).call == ended(call)


async def test_the_history_is_paged_newest_first_without_gaps_or_repeats(
    storage: Database, calls: CallRepository, tmp_path: Path
) -> None:
    agent = an_agent()
    made = [a_call(agent, started_at=1_000 + number // 3) for number in range(10)]  # some at the same time
    async with SqlCallLog(storage, tmp_path) as log:
        for call in [*made, a_call(an_agent(tenant="other"))]:
            await log.open(call)
        seen, cursor = [], None
        while True:
            page = await calls.page(TENANT, where=ANY, limit=3, cursor=cursor)
            seen += [item.call for item in page.items]
            await log.open(a_call(agent, started_at=9_999))  # a call that begins meanwhile shifts nothing
            if page.next_cursor is None:
                break
            cursor = page.next_cursor
    assert seen == sorted(made, key=lambda call: (call.started_at, call.id.value), reverse=True)


async def test_the_last_page_says_so_when_it_is_exactly_full(
    storage: Database, calls: CallRepository, tmp_path: Path
) -> None:
    async with SqlCallLog(storage, tmp_path) as log:
        for _ in range(2):
            await log.open(a_call())
        assert (await calls.page(TENANT, where=ANY, limit=2)).next_cursor is None


async def test_the_history_can_be_narrowed_to_an_agent_and_a_status(
    storage: Database, calls: CallRepository, tmp_path: Path
) -> None:
    ana, ben = an_agent(), an_agent()
    live, over, other = a_call(ana), a_call(ana), a_call(ben)
    async with SqlCallLog(storage, tmp_path) as log:
        for call in (live, over, other):
            await log.open(call)
        await log.close(ended(over))

    async def found(where: CallFilter) -> set[CallId]:
        return {item.call.id for item in (await calls.page(TENANT, where=where, limit=9)).items}

    assert await found(CallFilter(agent_id=ana.id)) == {live.id, over.id}
    assert await found(CallFilter(status=CallStatus.LIVE)) == {live.id, other.id}
    assert await found(CallFilter(agent_id=ana.id, status=CallStatus.COMPLETED)) == {over.id}


@pytest.mark.parametrize("cursor", ["", "x", "MTo", "é", "MTIzOmFiYw", "a" * 10_000, "../../etc"])
async def test_a_cursor_that_is_not_ours_is_the_callers_error(calls: CallRepository, cursor: str) -> None:
    with pytest.raises(CallerError) as caught:
        await calls.page(TENANT, where=ANY, limit=1, cursor=cursor)
    assert caught.value.code == "bad-cursor"


async def test_a_summary_counts_turns_and_takes_the_median_of_the_answered_ones(
    storage: Database, calls: CallRepository, tmp_path: Path
) -> None:
    call = a_call()
    turns = [a_turn(1), *(a_turn(number, answered_ms=number * 100.0) for number in (2, 3, 9))]
    async with SqlCallLog(storage, tmp_path) as log:
        await log.open(call)
        before = await calls.get(TENANT, call.id)
        await log.append(call.id, [an_entry(1, *turns)])
    summary = await calls.get(TENANT, call.id)
    assert (before.turns, before.median_voice_to_voice_ms) == (0, None)
    assert summary.turns == 4
    assert summary.median_voice_to_voice_ms == pytest.approx(300.0)
    assert await calls.turns(TENANT, call.id) == turns


async def test_a_summary_says_whether_there_is_a_recording(
    storage: Database, calls: CallRepository, tmp_path: Path
) -> None:
    recorded, unrecorded = a_call(), a_call()
    async with SqlCallLog(storage, tmp_path) as log:
        for call in (recorded, unrecorded):
            await log.open(call)
    writer = await FileRecordingStore(tmp_path).create(recorded.id, 8_000)
    await writer.write(bytes(4))
    await writer.close()
    page = await calls.page(TENANT, where=ANY, limit=9)
    assert {item.call.id: item.has_recording for item in page.items} == {
        recorded.id: True,
        unrecorded.id: False,
    }


async def test_a_recording_that_cannot_be_read_keeps_no_call_out_of_the_history(
    storage: Database, calls: CallRepository, tmp_path: Path
) -> None:
    call, other = a_call(), a_call()
    async with SqlCallLog(storage, tmp_path) as log:
        await log.open(call)
        await log.open(other)
    folder = tmp_path / "recordings" / call.id.value
    folder.mkdir(parents=True)
    chunk = folder / "8000-000000.pcm"
    chunk.symlink_to(chunk)  # a loop, which not even root can follow
    page = await calls.page(TENANT, where=ANY, limit=9)
    assert {item.call.id: item.has_recording for item in page.items} == {call.id: False, other.id: False}
    assert not (await calls.get(TENANT, call.id)).has_recording


async def test_the_timeline_is_read_in_pieces(
    storage: Database, calls: CallRepository, tmp_path: Path
) -> None:
    call = a_call()
    entries = [an_entry(seq, a_turn(seq, answered_ms=120.5)) for seq in range(1, 8)]
    async with SqlCallLog(storage, tmp_path) as log:
        await log.open(call)
        await log.append(call.id, entries)
    assert await calls.timeline(TENANT, call.id) == entries
    assert await calls.timeline(TENANT, call.id, after_seq=2, limit=3) == entries[2:5]
    assert await calls.timeline(TENANT, call.id, after_seq=7) == []


async def test_a_turn_with_text_that_a_database_refuses_is_stored_with_replacements(
    storage: Database, calls: CallRepository, tmp_path: Path
) -> None:
    call, heard = a_call(), "one\0two \udc80"
    turn = ConversationTurn(
        1, a_turn(1).role, heard + " three", heard, a_turn(1).started_at, a_turn(1).ended_at
    )
    async with SqlCallLog(storage, tmp_path) as log:
        await log.open(call)
        await log.append(call.id, [an_entry(1, turn)])
    (stored,) = await calls.turns(TENANT, call.id)
    assert (stored.heard, stored.unheard) == ("one\ufffdtwo \ufffd", " three")
    assert len(await calls.timeline(TENANT, call.id)) == 1


async def test_a_deleted_call_leaves_no_row_and_a_live_one_is_not_deleted(
    storage: Database, calls: CallRepository, tmp_path: Path
) -> None:
    call = a_call()
    async with SqlCallLog(storage, tmp_path) as log:
        await log.open(call)
        await log.append(call.id, [an_entry(1, a_turn(1))])
        with pytest.raises(ConflictError):
            await calls.delete(TENANT, call.id)
        await log.close(ended(call))
        with pytest.raises(NotFoundError):
            await calls.delete("other", call.id)
        await calls.delete(TENANT, call.id)
    async with storage.transaction() as connection:
        for table in ("calls", "turns", "timeline"):
            assert (await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")).scalar() == 0


async def test_another_tenants_call_does_not_exist(
    storage: Database, calls: CallRepository, tmp_path: Path
) -> None:
    call = a_call()
    async with SqlCallLog(storage, tmp_path) as log:
        await log.open(call)
    for read in (calls.get, calls.turns, calls.timeline, calls.delete):
        with pytest.raises(NotFoundError):
            await read("other", call.id)
