"""Provider accounts in memory, as their repository promises, for tests that need no database."""

from __future__ import annotations

from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.errors import ConfigurationError, ConflictError, NotFoundError
from backend.domain.value_objects.secret import Secret


class MemoryAccounts:
    """Implements ``ProviderAccountRepository``, without binding keys: who should not keep one would."""

    def __init__(self) -> None:
        self.keys: dict[tuple[str, str], Secret] = {}
        self.trouble_with_keys = ""
        self._accounts: dict[tuple[str, str], ProviderAccount] = {}

    async def all(self, tenant: str) -> list[ProviderAccount]:
        mine = [account for account in self._accounts.values() if account.tenant == tenant]
        return sorted(mine, key=lambda account: (account.created_at, account.id))

    async def get(self, tenant: str, account_id: str) -> ProviderAccount:
        if (tenant, account_id) not in self._accounts:
            raise NotFoundError("There is no such account.")
        return self._accounts[tenant, account_id]

    async def key_of(self, account: ProviderAccount) -> Secret | None:
        if (await self.get(account.tenant, account.id)).version != account.version:
            raise ConflictError("It has changed.", code="stale-version")
        if self.trouble_with_keys:
            raise ConfigurationError("The key cannot be read.", code=self.trouble_with_keys)
        return self.keys.get((account.tenant, account.id))

    async def add(self, account: ProviderAccount, key: Secret | None) -> None:
        if (account.tenant, account.id) in self._accounts:
            raise ConflictError("There is one.", code="account-exists")
        self._put(account, key)

    async def update(self, account: ProviderAccount, key: Secret | None) -> None:
        if (await self.get(account.tenant, account.id)).version != account.version - 1:
            raise ConflictError("It has changed.", code="stale-version")
        self._put(account, key)

    async def delete(self, tenant: str, account_id: str) -> None:
        await self.get(tenant, account_id)
        del self._accounts[tenant, account_id]
        self.keys.pop((tenant, account_id), None)

    def _put(self, account: ProviderAccount, key: Secret | None) -> None:
        place = account.tenant, account.id
        self._accounts[place] = account
        if key is not None:
            self.keys[place] = key
        elif not account.has_key:
            self.keys.pop(place, None)
