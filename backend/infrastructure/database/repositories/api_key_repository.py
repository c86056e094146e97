"""API keys in the database."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Final

from sqlalchemy import or_, select, update

from backend.domain.errors import ConflictError, NotFoundError
from backend.domain.ports.api_key_port import ApiKey
from backend.infrastructure.database.inserts import insert_new
from backend.infrastructure.database.models import ApiKeyModel
from backend.infrastructure.database.session import Database


class SqlApiKeyRepository:
    """Implements ``ApiKeyRepository``."""

    def __init__(self, database: Database) -> None:
        self._database: Final = database

    async def is_empty(self) -> bool:
        """Whether no key was ever made: this is the first start."""
        async with self._database.reading() as session:
            return await session.scalar(select(ApiKeyModel.id).limit(1)) is None

    async def add(self, key: ApiKey) -> None:
        """Store a new key. Raises ``ConflictError`` if its id or digest exists."""
        async with self._database.writing() as session:
            if not await insert_new(session, ApiKeyModel, asdict(key)):
                raise ConflictError("This API key exists.", code="key-exists")

    async def with_prefix(self, prefix: str) -> list[ApiKey]:
        """Return the keys of all tenants that begin with exactly ``prefix``, good or not; usually one."""
        query = select(ApiKeyModel).where(ApiKeyModel.prefix == prefix).order_by(ApiKeyModel.id)
        async with self._database.reading() as session:
            return [_key(row) for row in await session.scalars(query)]

    async def all(self, tenant: str) -> list[ApiKey]:
        """Return the tenant's keys, oldest first, revoked ones too."""
        query = (
            select(ApiKeyModel)
            .where(ApiKeyModel.tenant == tenant)
            .order_by(ApiKeyModel.created_at, ApiKeyModel.id)
        )
        async with self._database.reading() as session:
            return [_key(row) for row in await session.scalars(query)]

    async def touch(self, key_id: str, *, at: int) -> None:
        """Record that the key was used at ``at``; never moves the record back. Unknown ids are ignored."""
        unused_since = or_(ApiKeyModel.last_used_at.is_(None), ApiKeyModel.last_used_at < at)
        query = update(ApiKeyModel).where(ApiKeyModel.id == key_id, unused_since).values(last_used_at=at)
        async with self._database.writing() as session:
            await session.execute(query)

    async def revoke(self, tenant: str, key_id: str, *, at: int) -> None:
        """Make the key open nothing from ``at`` on; the first revocation stands.

        Raises ``NotFoundError``, or ``ConflictError`` (``last-key``) if no other key of the tenant would be
        good at ``at``.
        """
        # Locked in one order: of two who revoke the last two keys at once, the second sees the first.
        query = (
            select(ApiKeyModel).where(ApiKeyModel.tenant == tenant).order_by(ApiKeyModel.id).with_for_update()
        )
        async with self._database.writing() as session:
            rows = {row.id: row for row in await session.scalars(query)}
            revoked = rows.pop(key_id, None)
            if revoked is None:
                raise NotFoundError("There is no such API key.")
            if not _key(revoked).is_valid(at):
                revoked.revoked_at = at if revoked.revoked_at is None else revoked.revoked_at
            elif any(_key(row).is_valid(at) for row in rows.values()):
                revoked.revoked_at = at
            else:
                raise ConflictError("This is the last key that is good; make another first.", code="last-key")


def _key(row: ApiKeyModel) -> ApiKey:
    return ApiKey(**{field.name: getattr(row, field.name) for field in fields(ApiKey)})
