"""Provider accounts in the database, and their keys, which only this module encrypts and decrypts.

A key is bound to its tenant, account, kind and *address*: the settings that decide where it is sent, as its
kind names them. All of that is taken from the account that somebody holds in hand when the key is opened, so
a key that was entered for one address cannot be had for another, neither by changing the account nor by
editing its row.
"""

from __future__ import annotations

import asyncio
import json
from typing import Final

from sqlalchemy import ColumnElement, delete, select, update

from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.errors import CallerError, ConfigurationError, ConflictError, NotFoundError, StorageError
from backend.domain.ports.provider_kind_port import ProviderKinds
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.database.inserts import insert_new
from backend.infrastructure.database.models import ProviderAccountModel
from backend.infrastructure.database.session import Database
from backend.infrastructure.security.secret_box import SecretBox, unreadable


class SqlProviderAccountRepository:
    """Implements ``ProviderAccountRepository``. One statement decides each write.

    Besides what the port says, methods that store or open a key raise ``ConfigurationError`` (``master-key``)
    if the master key cannot be used.
    """

    def __init__(self, database: Database, box: SecretBox, kinds: ProviderKinds) -> None:
        self._database: Final = database
        self._box: Final = box
        self._kinds: Final = kinds

    async def all(self, tenant: str) -> list[ProviderAccount]:
        """Return the tenant's accounts, oldest first."""
        query = (
            select(ProviderAccountModel)
            .where(ProviderAccountModel.tenant == tenant)
            .order_by(ProviderAccountModel.created_at, ProviderAccountModel.id)
        )
        async with self._database.reading() as session:
            return [_account(row) for row in await session.scalars(query)]

    async def get(self, tenant: str, account_id: str) -> ProviderAccount:
        """Return one account. Raises ``NotFoundError``."""
        return _account(await self._row(tenant, account_id))

    async def key_of(self, account: ProviderAccount) -> Secret | None:
        """Return the key that was stored with ``account``, None if there is none.

        Raises ``NotFoundError``, ``ConflictError`` (``stale-version``), ``ConfigurationError``
        (``secret-unreadable``).
        """
        row = await self._row(account.tenant, account.id)
        if row.version != account.version:
            raise _stale()
        if row.sealed_key is None:
            return None
        return await asyncio.to_thread(self._box.open, row.sealed_key, self._binding_of(account))

    async def add(self, account: ProviderAccount, key: Secret | None) -> None:
        """Store a new account. Raises ``ConflictError`` (``account-exists``)."""
        row = {**_columns(account), "sealed_key": await self._sealed(account, key)}
        async with self._database.writing() as session:
            if not await insert_new(session, ProviderAccountModel, row):
                raise ConflictError(f"There is an account {account.id!r} already.", code="account-exists")

    async def update(self, account: ProviderAccount, key: Secret | None) -> None:
        """Replace the account whose version is ``account.version - 1``.

        ``key`` None keeps the stored key if ``account.has_key``, else forgets it. Raises ``NotFoundError``,
        ``ConflictError`` (``stale-version``).
        """
        columns = _columns(account)
        if key is not None or not account.has_key:
            columns["sealed_key"] = await self._sealed(account, key)
        mine = _is(account.tenant, account.id)
        replace = (
            update(ProviderAccountModel)
            .where(*mine, ProviderAccountModel.version == account.version - 1)
            .values(**columns)
        )
        async with self._database.writing() as session:
            if await session.scalar(replace.returning(ProviderAccountModel.id)):
                return
            if await session.scalar(select(ProviderAccountModel.id).where(*mine)):
                raise _stale()
        raise _not_found()

    async def delete(self, tenant: str, account_id: str) -> None:
        """Remove the account and its key. Raises ``NotFoundError``."""
        query = delete(ProviderAccountModel).where(*_is(tenant, account_id))
        async with self._database.writing() as session:
            if not await session.scalar(query.returning(ProviderAccountModel.id)):
                raise _not_found()

    async def reseal(self) -> int:
        """Encrypt with the current master key what an earlier one has encrypted, all of it or nothing.

        Return how many keys that were. Keys that cannot be read stay as they are, for whoever finds their
        master key. Raises ``StorageError``.
        """
        resealed = 0
        query = select(ProviderAccountModel).where(ProviderAccountModel.sealed_key.is_not(None))
        async with self._database.writing() as session:
            for row in await session.scalars(query.with_for_update()):
                sealed = await asyncio.to_thread(self._resealed, _account(row), row.sealed_key or "")
                if sealed is not None:
                    row.sealed_key = sealed
                    resealed += 1
        return resealed

    def _resealed(self, account: ProviderAccount, sealed: str) -> str | None:
        """Return the key encrypted anew, None if there is nothing to do or nothing to be done."""
        if self._box.is_current(sealed):
            return None
        try:
            binding = self._binding_of(account)
            return self._box.seal(self._box.open(sealed, binding), binding)
        except ConfigurationError:
            return None

    async def _sealed(self, account: ProviderAccount, key: Secret | None) -> str | None:
        if key is None:
            return None
        return await asyncio.to_thread(self._box.seal, key, self._binding_of(account))

    def _binding_of(self, account: ProviderAccount) -> bytes:
        """Return, without ambiguity, to whom a key belongs and where it may go."""
        try:
            address = self._kinds.of(account).address_of(account)
        except CallerError as error:
            raise unreadable(f"there is no kind of provider {account.kind!r}") from error
        return json.dumps([account.tenant, account.id, account.kind, address]).encode()

    async def _row(self, tenant: str, account_id: str) -> ProviderAccountModel:
        query = select(ProviderAccountModel).where(*_is(tenant, account_id))
        async with self._database.reading() as session:
            row = await session.scalar(query)
        if row is None:
            raise _not_found()
        return row


def _is(tenant: str, account_id: str) -> tuple[ColumnElement[bool], ...]:
    return ProviderAccountModel.tenant == tenant, ProviderAccountModel.id == account_id


def _columns(account: ProviderAccount) -> dict[str, object]:
    """Return the account's row without its key."""
    return {
        "tenant": account.tenant,
        "id": account.id,
        "kind": account.kind,
        "settings": dict(account.settings),
        "version": account.version,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
    }


def _account(row: ProviderAccountModel) -> ProviderAccount:
    try:
        return ProviderAccount(
            id=row.id,
            tenant=row.tenant,
            kind=row.kind,
            settings=row.settings,
            has_key=row.sealed_key is not None,
            version=row.version,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
    except (ValueError, TypeError, AttributeError) as error:
        raise StorageError(
            "A stored provider account cannot be read.", code="unreadable", retryable=False
        ) from error


def _stale() -> ConflictError:
    return ConflictError("Someone else has saved this account meanwhile.", code="stale-version")


def _not_found() -> NotFoundError:
    return NotFoundError("There is no such account.")
