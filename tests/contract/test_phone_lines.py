"""What the repository of telephone numbers promises, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from backend.domain.entities.phone_line import PhoneLine
from backend.domain.errors import ConflictError, NotFoundError
from backend.domain.ports.phone_line_port import PhoneLineRepository
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.infrastructure.database.repositories.sqlalchemy_repositories import SqlPhoneLineRepository
from backend.infrastructure.database.session import Database
from tests.support.storage_builders import TENANT, new_id

pytest_plugins = ["tests.support.storage_fixtures"]

MADRID = PhoneNumber("+34910000001")
LONDON = PhoneNumber("+442079460958")


@pytest.fixture
def lines(storage: Database) -> PhoneLineRepository:
    return SqlPhoneLineRepository(storage)


def a_line(number: PhoneNumber = MADRID, **changes: Any) -> PhoneLine:
    line = PhoneLine(
        id=new_id(),
        tenant=TENANT,
        number=number,
        carrier="twilio",
        agent_id="a" * 32,
        label="Recepción 🙂",
        language=Language("es-419"),
        created_at=10,
        updated_at=20,
    )
    return replace(line, **changes)


async def test_a_line_comes_back_as_it_was_stored(lines: PhoneLineRepository) -> None:
    spanish, plain = a_line(), a_line(LONDON, label="", language=None)
    for line in (spanish, plain):
        await lines.add(line)
        assert await lines.get(TENANT, line.id) == line


async def test_lines_are_listed_by_number_and_only_to_their_tenant(lines: PhoneLineRepository) -> None:
    later, first = a_line(LONDON), a_line(MADRID)
    for line in (later, first, a_line(PhoneNumber("+12125550100"), tenant="others")):
        await lines.add(line)
    assert await lines.list(TENANT) == [first, later]


async def test_a_line_is_found_by_its_number_at_its_carrier(lines: PhoneLineRepository) -> None:
    line = a_line(tenant="others")
    await lines.add(line)
    assert await lines.with_number("twilio", MADRID) == line
    assert await lines.with_number("telnyx", MADRID) is None
    assert await lines.with_number("twilio", LONDON) is None


async def test_a_number_has_one_line_whoever_asks_for_another(lines: PhoneLineRepository) -> None:
    first, second = a_line(), a_line(LONDON)
    await lines.add(first)
    await lines.add(second)
    for other in (a_line(), a_line(tenant="others"), a_line(carrier="telnyx")):
        with pytest.raises(ConflictError) as caught:
            await lines.add(other)
        assert caught.value.code == "number-taken"
    with pytest.raises(ConflictError) as caught:
        await lines.save(replace(second, number=MADRID))
    assert caught.value.code == "number-taken"
    assert await lines.list(TENANT) == [first, second]


async def test_of_those_who_take_a_number_at_once_one_gets_it(lines: PhoneLineRepository) -> None:
    async def takes_it(line: PhoneLine) -> bool:
        try:
            await lines.add(line)
        except ConflictError:
            return False
        return True

    async with asyncio.TaskGroup() as group:
        attempts = [group.create_task(takes_it(a_line())) for _ in range(8)]
    assert sum(attempt.result() for attempt in attempts) == 1


async def test_a_line_is_changed(lines: PhoneLineRepository) -> None:
    line = a_line()
    await lines.add(line)
    changed = replace(line, number=LONDON, agent_id="b" * 32, label="", language=None, updated_at=30)
    await lines.save(changed)
    assert await lines.list(TENANT) == [changed]
    assert await lines.with_number("twilio", MADRID) is None


async def test_a_deleted_line_leaves_its_number_to_others(lines: PhoneLineRepository) -> None:
    line = a_line()
    await lines.add(line)
    await lines.delete(TENANT, line.id)
    assert await lines.list(TENANT) == []
    await lines.add(a_line(tenant="others"))


async def test_what_others_have_cannot_be_read_changed_or_deleted(lines: PhoneLineRepository) -> None:
    theirs = a_line(tenant="others")
    await lines.add(theirs)
    for line_id in (theirs.id, "0" * 32):
        mine = replace(theirs, id=line_id, tenant=TENANT, label="mine")
        for attempt in (lines.get(TENANT, line_id), lines.save(mine), lines.delete(TENANT, line_id)):
            with pytest.raises(NotFoundError):
                await attempt
    assert await lines.get("others", theirs.id) == theirs
