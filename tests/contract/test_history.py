"""What the history promises to people who look for a call, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend.domain.conversation.events import EngineFailed
from backend.domain.entities.call import Call, CallStatus, Direction, EndCause
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import CallerError, NotFoundError
from backend.domain.ports.persistence_port import CallFilter, CallOrder, CallRepository, CallSort
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.engine_names import EngineNames
from backend.domain.value_objects.instant import ms
from backend.infrastructure.database.call_ends import Closed
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.call_records import Appended, Opened, apply, decode_record
from backend.infrastructure.database.derivation import derive_missing_facts
from backend.infrastructure.database.repositories.sqlalchemy_repositories import SqlCallRepository
from backend.infrastructure.database.rows import call_row, timeline_row, turn_row
from backend.infrastructure.database.session import Database
from backend.infrastructure.storage.file_recording_store import FileRecordingStore
from tests.support.storage_builders import TENANT, a_call, a_turn, an_agent, an_entry

pytest_plugins = ["tests.support.storage_fixtures"]

START = 1_700_000_000_000
ANY = CallFilter()


@pytest.fixture
def calls(storage: Database, tmp_path: Path) -> CallRepository:
    return SqlCallRepository(storage, FileRecordingStore(tmp_path))


@pytest.fixture
async def log(storage: Database, tmp_path: Path) -> AsyncIterator[SqlCallLog]:
    async with SqlCallLog(storage, tmp_path) as log:
        yield log


async def held(
    log: SqlCallLog,
    *said: str,
    answered_ms: tuple[float, ...] = (),
    duration_ms: int = 60_000,
    cause: EndCause = EndCause.CALLER_HUNG_UP,
    call: Call | None = None,
) -> Call:
    """Return a call that has ended: what the caller said, and how long each answer took."""
    call = call or a_call(started_at=START)
    turns = [a_turn(number, content=text) for number, text in enumerate(said, 1)]
    turns += [a_turn(100 + number, answered_ms=time) for number, time in enumerate(answered_ms)]
    await log.open(call)
    await log.append(call.id, [an_entry(1, *turns)])
    over = call.end(cause, at=call.started_at + duration_ms, duration_ms=duration_ms)
    await log.close(over)
    return over


async def found(
    calls: CallRepository, where: CallFilter = ANY, order: CallOrder | None = None
) -> list[CallId]:
    page = await calls.page(TENANT, where=where, limit=50, order=order or CallOrder())
    return [item.call.id for item in page.items]


# --- searching ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("search", "finds"),
    [
        ("cita", True),
        ("CITA niño", True),
        ("niño cita", True),  # in any order
        ("nino", True),
        ("dent", True),  # the beginning of a word
        ("entista", False),
        ("de", False),  # too short for the beginning of one
        ("el", True),
        ("cita viernes", False),
        ("'cita' OR \"x\" :* & | !", False),  # "or" and "x" are words like others
        ("cita:*", True),
        ("…?!", False),  # no word
    ],
)
async def test_a_call_is_found_by_the_words_that_were_said(
    log: SqlCallLog, calls: CallRepository, search: str, finds: bool
) -> None:
    call = await held(log, "Quería una CITA para el niño.", "¿Con el dentista?")
    await held(log, "Something else altogether.")
    assert await found(calls, CallFilter(search=search)) == ([call.id] if finds else [])


async def test_what_was_found_is_shown_where_it_was_said(log: SqlCallLog, calls: CallRepository) -> None:
    call = await held(log, "Buenos días.", "¿Tienen cita el martes?")
    page = await calls.page(TENANT, where=CallFilter(search="MARTÉS"), limit=1)
    assert page.items[0].snippet == "¿Tienen cita el martes?"
    assert (await calls.get(TENANT, call.id)).snippet is None


async def test_notes_are_searched_as_they_are_now(log: SqlCallLog, calls: CallRepository) -> None:
    call = await held(log, "Hola.")
    await calls.annotate(TENANT, call.id, note="Llamar mañana")
    assert await found(calls, CallFilter(search="manana hola")) == [call.id]
    await calls.annotate(TENANT, call.id, note="Hecho")
    assert await found(calls, CallFilter(search="manana")) == []
    assert await found(calls, CallFilter(search="hecho")) == [call.id]


async def test_a_live_call_is_found_by_its_note_and_then_by_its_words(
    log: SqlCallLog, calls: CallRepository
) -> None:
    call = a_call()
    await log.open(call)
    await calls.annotate(TENANT, call.id, note="urgente")
    assert await found(calls, CallFilter(search="urgente")) == [call.id]
    await log.append(call.id, [an_entry(1, a_turn(1, content="Ayuda"))])
    await log.close(call.end(EndCause.IDLE, at=START, duration_ms=1))
    assert await found(calls, CallFilter(search="urgente ayuda")) == [call.id]


async def test_nobody_finds_another_tenants_words(log: SqlCallLog, calls: CallRepository) -> None:
    await held(log, "secreto", call=a_call(an_agent(tenant="other")))
    assert await found(calls, CallFilter(search="secreto")) == []


@pytest.mark.parametrize(
    "said",
    [
        "a\0b \ud800 <script>alert(1)</script> \u202e",
        "x" * 100_000,
        " ".join(f"wort{number}ñandú" for number in range(60_000)),
    ],
)
async def test_whatever_was_said_the_call_is_kept_and_found(
    log: SqlCallLog, calls: CallRepository, said: str
) -> None:
    call = await held(log, "principio", said)
    assert await found(calls, CallFilter(search="principio")) == [call.id]


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


# --- what calls come to ---------------------------------------------------------------------------


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
