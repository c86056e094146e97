"""What finds conversations by their carrier's call promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.domain.entities.call import Call, Direction
from backend.domain.errors import NotFoundError
from backend.domain.ports.phone_call_port import PhoneCallHistory
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.repositories.sqlalchemy_repositories import SqlPhoneCallHistory
from backend.infrastructure.database.session import Database
from tests.support.storage_builders import TENANT, a_call, a_turn, an_entry, ended

pytest_plugins = ["tests.support.storage_fixtures"]


@pytest.fixture
def history(storage: Database) -> PhoneCallHistory:
    return SqlPhoneCallHistory(storage)


@pytest.fixture
async def log(storage: Database, tmp_path: Path) -> AsyncIterator[SqlCallLog]:
    async with SqlCallLog(storage, tmp_path) as log:
        yield log


def a_phone_call(carrier_call_id: str = "CA1", **changes: Any) -> Call:
    call = replace(
        a_call(),
        direction=Direction.INBOUND,
        caller="+34600000001",
        called="+34910000001",
        carrier="twilio",
        carrier_call_id=carrier_call_id,
    )
    return replace(call, **changes)


async def held(log: SqlCallLog, call: Call, *said: str) -> Call:
    """Store a call that has ended, in which so much was said."""
    await log.open(call)
    turns = [a_turn(number, content=text) for number, text in enumerate(said, 1)]
    await log.append(call.id, [an_entry(1, *turns)])
    await log.close(ended(call))
    return ended(call)


async def test_the_last_conversation_in_a_carriers_call_is_found(
    log: SqlCallLog, history: PhoneCallHistory
) -> None:
    first = await held(log, a_phone_call())
    last = await held(log, a_phone_call(started_at=first.started_at + 1, continues=first.id))
    await held(log, a_phone_call("CA2", started_at=first.started_at + 2))
    await held(log, a_phone_call(carrier="telnyx", started_at=first.started_at + 3))
    assert await history.latest("twilio", "CA1") == last
    assert await history.latest("twilio", "CA3") is None


async def test_calls_of_no_carrier_are_no_carriers_calls(log: SqlCallLog, history: PhoneCallHistory) -> None:
    await held(log, a_call())
    assert await history.latest("", "") is None


async def test_a_live_conversation_is_found_as_well(log: SqlCallLog, history: PhoneCallHistory) -> None:
    call = a_phone_call()
    await log.open(call)
    assert await history.latest("twilio", "CA1") == call
    assert await history.get(TENANT, call.id) == call


async def test_turns_begin_where_the_first_conversation_began(
    log: SqlCallLog, history: PhoneCallHistory
) -> None:
    first = await held(log, a_phone_call(), "one", "two")
    second = await held(log, a_phone_call(continues=first.id), "three")
    third = await held(log, a_phone_call(continues=second.id), "four")
    assert [turn.content for turn in await history.turns(third)] == ["one", "two", "three", "four"]
    assert [turn.content for turn in await history.turns(first)] == ["one", "two"]


async def test_a_conversation_that_was_deleted_is_not_missed(
    log: SqlCallLog, history: PhoneCallHistory
) -> None:
    gone = a_phone_call()
    call = await held(log, a_phone_call(continues=gone.id), "three")
    assert [turn.content for turn in await history.turns(call)] == ["three"]


async def test_calls_that_go_on_with_each_other_have_an_end(
    log: SqlCallLog, history: PhoneCallHistory
) -> None:
    one, other = a_phone_call(), a_phone_call()
    one, other = replace(one, continues=other.id), replace(other, continues=one.id)
    for call in (one, other):
        await held(log, call, "again")
    assert len(await history.turns(one)) == 2


async def test_what_others_said_is_not_told(log: SqlCallLog, history: PhoneCallHistory) -> None:
    call = await held(log, a_phone_call(), "secret")
    with pytest.raises(NotFoundError):
        await history.get("others", call.id)
    stranger = replace(call, agent=replace(call.agent, tenant="others"))
    assert await history.turns(stranger) == []
