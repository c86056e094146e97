"""How calls are found by their words and their notes, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest

from backend.domain.entities.call import EndCause
from backend.domain.ports.persistence_port import CallFilter, CallRepository
from backend.infrastructure.database.call_log import SqlCallLog
from tests.support.history import START, found, held
from tests.support.storage_builders import TENANT, a_call, a_turn, an_agent, an_entry

pytest_plugins = ["tests.support.storage_fixtures", "tests.support.history_fixtures"]


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
