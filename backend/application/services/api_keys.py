"""API keys of a tenant: made, listed, revoked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from backend.domain.errors import FieldError
from backend.domain.ports.api_key_port import ApiKey, ApiKeyRepository
from backend.domain.ports.clock_port import ClockPort
from backend.domain.value_objects.secret import Secret


@dataclass(frozen=True, slots=True)
class MintedKey:
    """A new key, and what is stored of it: see ``api_key_port``."""

    secret: Secret
    prefix: str
    digest: str = field(repr=False)


class ApiKeys:
    """What the holder of a key may do with the keys of its tenant."""

    def __init__(
        self,
        keys: ApiKeyRepository,
        clock: ClockPort,
        *,
        new_id: Callable[[], str],
        mint: Callable[[], MintedKey],
        forget: Callable[[str], None],
    ) -> None:
        """``forget`` makes whoever remembers the key with this id look it up again."""
        self._keys: Final = keys
        self._clock: Final = clock
        self._new_id: Final = new_id
        self._mint: Final = mint
        self._forget: Final = forget

    async def all(self, tenant: str) -> list[ApiKey]:
        """Return the tenant's keys, oldest first, with those that open nothing. Raises ``StorageError``."""
        return await self._keys.all(tenant)

    async def create(self, tenant: str, name: str, *, expires_at: int | None) -> tuple[ApiKey, Secret]:
        """Make a key and return it, and for the only time what it is.

        ``expires_at`` is Unix milliseconds. Raises ``FieldError`` (``in-the-past``), ``StorageError``.
        """
        now = self._clock.wall_ms()
        if expires_at is not None and expires_at <= now:
            raise FieldError("expires_at", "lies in the past", code="in-the-past")
        minted = self._mint()
        key = ApiKey(
            id=self._new_id(),
            tenant=tenant,
            name=name,
            prefix=minted.prefix,
            digest=minted.digest,
            created_at=now,
            expires_at=expires_at,
        )
        await self._keys.add(key)
        return key, minted.secret

    async def revoke(self, tenant: str, key_id: str) -> None:
        """Make the key open nothing: at once here, within seconds in other processes.

        Raises ``NotFoundError``, ``ConflictError`` (``last-key``), ``StorageError``.
        """
        await self._keys.revoke(tenant, key_id, at=self._clock.wall_ms())
        self._forget(key_id)
