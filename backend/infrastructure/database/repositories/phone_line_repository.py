"""Telephone numbers in the database."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError

from backend.domain.entities.phone_line import PhoneLine
from backend.domain.errors import ConflictError, NotFoundError, StorageError
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.infrastructure.database.inserts import insert_new
from backend.infrastructure.database.models import PhoneLineModel
from backend.infrastructure.database.session import Database


class SqlPhoneLineRepository:
    """Implements ``PhoneLineRepository``. The database itself keeps a number from having two lines."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    async def add(self, line: PhoneLine) -> None:
        """Store a new line. Raises ``ConflictError`` (``number-taken``) if its number is in use."""
        async with self._database.writing() as session:
            if not await insert_new(session, PhoneLineModel, _row(line)):
                raise _taken()

    async def get(self, tenant: str, line_id: str) -> PhoneLine:
        """Return a line. Raises ``NotFoundError``."""
        query = select(PhoneLineModel).where(*_is(tenant, line_id))
        async with self._database.reading() as session:
            row = await session.scalar(query)
        if row is None:
            raise _not_found()
        return _line(row)

    async def save(self, line: PhoneLine) -> None:
        """Store a changed line. Raises ``NotFoundError``, ``ConflictError`` (``number-taken``)."""
        query = update(PhoneLineModel).where(*_is(line.tenant, line.id)).values(**_row(line))
        async with self._database.writing() as session:
            try:
                changed = await session.scalar(query.returning(PhoneLineModel.id))
            except IntegrityError:  # of what is changed, only the number is unique
                raise _taken() from None
        if changed is None:
            raise _not_found()

    async def delete(self, tenant: str, line_id: str) -> None:
        """Forget a line. Raises ``NotFoundError``."""
        query = delete(PhoneLineModel).where(*_is(tenant, line_id))
        async with self._database.writing() as session:
            if not await session.scalar(query.returning(PhoneLineModel.id)):
                raise _not_found()

    async def list(self, tenant: str) -> list[PhoneLine]:
        """Return the tenant's lines, by number."""
        query = select(PhoneLineModel).where(PhoneLineModel.tenant == tenant).order_by(PhoneLineModel.number)
        async with self._database.reading() as session:
            return [_line(row) for row in await session.scalars(query)]

    async def with_number(self, carrier: str, number: PhoneNumber) -> PhoneLine | None:
        """Return the line of whichever tenant that has ``number`` at ``carrier``."""
        query = select(PhoneLineModel).where(
            PhoneLineModel.number == number.value, PhoneLineModel.carrier == carrier
        )
        async with self._database.reading() as session:
            row = await session.scalar(query)
        return None if row is None else _line(row)


def _is(tenant: str, line_id: str) -> tuple[ColumnElement[bool], ...]:
    return PhoneLineModel.tenant == tenant, PhoneLineModel.id == line_id


def _row(line: PhoneLine) -> dict[str, object]:
    return {
        "id": line.id,
        "tenant": line.tenant,
        "number": line.number.value,
        "carrier": line.carrier,
        "agent_id": line.agent_id,
        "label": line.label,
        "language": None if line.language is None else line.language.tag,
        "created_at": line.created_at,
        "updated_at": line.updated_at,
    }


def _line(row: PhoneLineModel) -> PhoneLine:
    try:
        return PhoneLine(
            id=row.id,
            tenant=row.tenant,
            number=PhoneNumber(row.number),
            carrier=row.carrier,
            agent_id=row.agent_id,
            label=row.label,
            language=None if row.language is None else Language(row.language),
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
    except ValueError as error:
        raise StorageError(
            "A stored telephone number cannot be read.", code="unreadable", retryable=False
        ) from error


def _taken() -> ConflictError:
    return ConflictError("This number has a line already.", code="number-taken")


def _not_found() -> NotFoundError:
    return NotFoundError("There is no such number.")
