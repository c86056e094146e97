"""Where the tenants' accounts at providers are kept, with their keys."""

from __future__ import annotations

from typing import Protocol

from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.value_objects.secret import Secret


class ProviderAccountRepository(Protocol):
    """All provider accounts; the keys are encrypted where they lie, and bound to their account.

    All methods raise ``StorageError`` when the database refuses.
    """

    async def all(self, tenant: str) -> list[ProviderAccount]:
        """Return the tenant's accounts, oldest first."""
        ...

    async def get(self, tenant: str, account_id: str) -> ProviderAccount:
        """Return one account. Raises ``NotFoundError``."""
        ...

    async def key_of(self, account: ProviderAccount) -> Secret | None:
        """Return the key that was stored with ``account``, None if there is none.

        Raises ``NotFoundError``; ``ConflictError`` (``stale-version``) if the account has been changed since
        it was read, so that a key never goes where its account no longer points; ``ConfigurationError``
        (``secret-unreadable``) if it was encrypted with another master key or has been tampered with.
        """
        ...

    async def add(self, account: ProviderAccount, key: Secret | None) -> None:
        """Store a new account. Raises ``ConflictError`` (``account-exists``)."""
        ...

    async def update(self, account: ProviderAccount, key: Secret | None) -> None:
        """Replace the account whose version is ``account.version - 1``.

        ``key`` None keeps the stored key if ``account.has_key``, else forgets it. Raises ``NotFoundError``,
        ``ConflictError`` (``stale-version``).
        """
        ...

    async def delete(self, tenant: str, account_id: str) -> None:
        """Remove the account and its key. Raises ``NotFoundError``."""
        ...
