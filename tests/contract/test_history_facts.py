"""What the history knows of each call, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

from backend.domain.conversation.events import EngineFailed
from backend.domain.entities.call import Direction, EndCause
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.ports.persistence_port import CallFilter, CallRepository
from backend.domain.value_objects.engine_names import EngineNames
from backend.domain.value_objects.instant import ms
from backend.infrastructure.database.call_ends import Closed
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.call_records import Appended, Opened, apply, decode_record
from backend.infrastructure.database.derivation import derive_missing_facts
from backend.infrastructure.database.rows import call_row, timeline_row, turn_row
from backend.infrastructure.database.session import Database
from tests.support.history import START, found, held
from tests.support.storage_builders import TENANT, a_call, a_turn, an_entry

pytest_plugins = ["tests.support.storage_fixtures", "tests.support.history_fixtures"]


async def test_the_summary_says_what_went_wrong(log: SqlCallLog, calls: CallRepository) -> None:
    call = a_call()
    cut = replace(a_turn(2, answered_ms=800, content="And so"), heard="And", interrupted=True)
    failure = EngineFailed(ms(1), "llm", "groq", "timeout", "openai")
    await log.open(call)
    await log.append(call.id, [an_entry(1, a_turn(1), cut), TimelineEntry(2, failure, ())])
    assert (await calls.get(TENANT, call.id)).interruptions == 1  # also while it is live
    await log.close(call.end(EndCause.IDLE, at=START, duration_ms=1))
    summary = await calls.get(TENANT, call.id)
    assert (summary.turns, summary.interruptions, summary.engine_failures) == (2, 1, 1)


async def test_the_engines_that_a_call_began_with_are_kept(log: SqlCallLog, calls: CallRepository) -> None:
    names = EngineNames(stt="moonshine", llm="groq", tts="espeak", vad="silero")
    known, unknown = a_call(started_at=START), a_call(started_at=START)
    await log.open(known, names)
    await log.open(unknown)
    assert (await calls.get(TENANT, known.id)).engines == names
    assert (await calls.get(TENANT, unknown.id)).engines is None


async def test_a_draft_is_known_as_one(log: SqlCallLog, calls: CallRepository) -> None:
    call = await held(log, call=replace(a_call(), is_draft=True))
    assert (await calls.get(TENANT, call.id)).call == call


async def test_a_telephone_call_knows_who_called_whom_and_what_it_goes_on_with(
    log: SqlCallLog, calls: CallRepository
) -> None:
    first = replace(
        a_call(),
        direction=Direction.INBOUND,
        caller="anonymous",
        called="+34910000001",
        carrier="twilio",
        carrier_call_id="CA1",
    )
    second = replace(first, id=a_call().id, continues=first.id)
    for call in (first, second):
        over = await held(log, call=call)
        assert (await calls.get(TENANT, call.id)).call == over


async def test_calls_that_ended_without_facts_get_them_later(
    storage: Database, calls: CallRepository
) -> None:
    """As a process that died leaves them, and as versions before this one wrote them."""
    call = a_call()
    entries = [an_entry(seq, a_turn(seq, answered_ms=seq * 10.0)) for seq in range(1, 450)]
    failure = TimelineEntry(450, EngineFailed(ms(1), "tts", "azure", "gone", "espeak"), ())
    rows = [timeline_row(call.id, TENANT, entry) for entry in [*entries, failure]]
    turns = [turn_row(call.id, TENANT, a_turn(seq, answered_ms=seq * 10.0)) for seq in range(1, 450)]
    since = ("is_draft", "caller", "called", "carrier", "carrier_call_id", "continues")
    opened = {name: value for name, value in call_row(call, "p").items() if name not in since}
    closed = decode_record(
        b'{"type": "closed", "call_id": "%s", "status": "interrupted", "ended_at": 9, "duration_ms": 8, '
        b'"end_cause": "process-died"}' % call.id.value.encode()
    )
    assert isinstance(closed, Closed)
    async with storage.transaction() as connection:
        await apply(connection, [Opened(opened), Appended(rows, turns), closed])
    before = await calls.get(TENANT, call.id)
    assert (before.turns, before.engine_failures) == (449, 0)
    assert await derive_missing_facts(storage) == 1
    assert await derive_missing_facts(storage) == 0
    after = await calls.get(TENANT, call.id)
    assert (after.turns, after.median_voice_to_voice_ms, after.engine_failures) == (449, 2_250.0, 1)
    assert await found(calls, CallFilter(search="hello")) == [call.id]


async def test_live_calls_keep_what_they_come_to_until_they_end(storage: Database, log: SqlCallLog) -> None:
    await log.open(a_call())
    assert await derive_missing_facts(storage) == 0


async def test_a_deleted_call_leaves_nothing_to_be_found(
    storage: Database, log: SqlCallLog, calls: CallRepository
) -> None:
    failure = TimelineEntry(2, EngineFailed(ms(1), "llm", "groq", "x", ""), ())
    kept, gone = await held(log, "dentista"), a_call()
    await log.open(gone)
    await log.append(gone.id, [an_entry(1, a_turn(1, content="dentista")), failure])
    await log.close(gone.end(EndCause.IDLE, at=START, duration_ms=1))
    await calls.annotate(TENANT, gone.id, tags=["vip"], note="note")
    await calls.delete(TENANT, gone.id)
    assert await found(calls, CallFilter(search="dentista")) == [kept.id]
    async with storage.transaction() as connection:
        for table, left in (("call_facts", 1), ("call_search", 1), ("call_tags", 0), ("call_engines", 0)):
            rows = await connection.exec_driver_sql(f"SELECT count(*) FROM {table}")
            assert (table, rows.scalar()) == (table, left)
