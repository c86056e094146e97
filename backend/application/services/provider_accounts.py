"""A tenant's accounts at providers: what may be stored, whether a key may stay, and whether it works.

Keys go in and are used; they never come out of here. A key belongs to the address that it was entered for: an
account that moves (another kind, another base URL or region) needs it again. That rule is told here, with the
field to blame; that it holds even if somebody forgets it is the repository's doing, which binds keys to
addresses.
"""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, quote_plus

from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.errors import CallerError, ConfigurationError, ConflictError, FieldError, ProviderError
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.provider_account_port import ProviderAccountRepository
from backend.domain.ports.provider_kind_port import ProviderKind, ProviderKinds
from backend.domain.value_objects.instant import NS_PER_MS, NS_PER_S
from backend.domain.value_objects.secret import HIDDEN, Secret

MAX_TRIALS: Final = 10  # of a tenant, within …
TRIAL_WINDOW_S: Final = 60

_UNREADABLE: Final = "secret-unreadable"


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """An account as its owner writes it. ``key``: None says nothing of one, empty that there is none."""

    id: str
    kind: str
    settings: Mapping[str, str]
    key: Secret | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """How a test went. ``code`` and ``detail`` say what failed ("ok" and nothing if all is well)."""

    ok: bool
    code: str
    detail: str
    elapsed_ms: int


class ProviderAccounts:
    """All that can be done with provider accounts.

    ``changed`` is told a tenant whose accounts are others now, before the change is answered; it keeps its
    troubles to itself. ``reserved`` are names that engines of this server have already.
    All methods raise what ``ProviderAccountRepository`` raises, besides what they say.
    """

    def __init__(
        self,
        repository: ProviderAccountRepository,
        kinds: ProviderKinds,
        clock: ClockPort,
        *,
        changed: Callable[[str], Awaitable[None]],
        reserved: frozenset[str] = frozenset({"auto"}),
    ) -> None:
        self._repository: Final = repository
        self._kinds: Final = kinds
        self._clock: Final = clock
        self._changed: Final = changed
        self._reserved: Final = reserved
        self._trials: Final[dict[str, deque[int]]] = {}

    async def all(self, tenant: str) -> list[ProviderAccount]:
        """Return the tenant's accounts, oldest first."""
        return await self._repository.all(tenant)

    async def create(self, tenant: str, draft: AccountDraft) -> ProviderAccount:
        """Store a new account. Raises ``FieldError`` (``key-needed`` for a key that is missing)."""
        account = self._checked(tenant, draft)
        await self._repository.add(account, draft.key or None)
        await self._changed(tenant)
        return account

    async def replace(self, tenant: str, draft: AccountDraft, *, version: int) -> ProviderAccount:
        """Replace version ``version`` of an account. A key of which nothing is said stays, going nowhere new.

        Raises ``FieldError`` (``key-needed`` if it does go elsewhere, or is missing), ``ConflictError``
        (``stale-version``).
        """
        stored = await self._repository.get(tenant, draft.id)
        if stored.version != version:
            raise ConflictError(
                f"The account is at version {stored.version}; you have changed version {version}.",
                code="stale-version",
            )
        account = replace(
            self._checked(tenant, draft, stored),
            version=version + 1,
            created_at=stored.created_at,
            updated_at=max(stored.updated_at, self._clock.wall_ms()),
        )
        await self._repository.update(account, draft.key or None)
        await self._changed(tenant)
        return account

    async def delete(self, tenant: str, account_id: str) -> None:
        """Remove an account and its key, whether or not agents name it."""
        await self._repository.delete(tenant, account_id)
        await self._changed(tenant)

    def admit_trial(self, tenant: str) -> int | None:
        """Count a test; return None if it may proceed, else how many seconds to wait.

        A test spends the time, and perhaps the money, of somebody else's server, and could be misused to
        guess keys or to knock on doors.
        """
        now = self._clock.monotonic_ns()
        recent = self._trials.setdefault(tenant, deque())
        while recent and now - recent[0] >= TRIAL_WINDOW_S * NS_PER_S:
            recent.popleft()
        if len(recent) >= MAX_TRIALS:
            remaining_ns = recent[0] + TRIAL_WINDOW_S * NS_PER_S - now
            return -(-remaining_ns // NS_PER_S)
        recent.append(now)
        return None

    async def test(self, tenant: str, account_id: str) -> Trial:
        """Find out whether a stored account works, with the key that is stored."""
        account = await self._repository.get(tenant, account_id)
        try:
            key = await self._repository.key_of(account)
        except ConfigurationError as error:
            if error.code != _UNREADABLE:
                raise  # the server's owner has to mend it, and the message is for nobody else
            return Trial(ok=False, code=error.code, detail=error.message, elapsed_ms=0)
        return await self._try_out(account, key)

    async def test_draft(self, tenant: str, draft: AccountDraft) -> Trial:
        """Find out whether an account would work, and store nothing. Raises ``FieldError``."""
        return await self._try_out(self._checked(tenant, draft), draft.key or None)

    async def _try_out(self, account: ProviderAccount, key: Secret | None) -> Trial:
        started_at = self._clock.monotonic_ns()
        code, detail = "ok", ""
        try:
            await self._kinds.try_out(account, key)
        except ProviderError as error:
            code, detail = error.code, _without(key, error.message)
        elapsed_ms = (self._clock.monotonic_ns() - started_at) // NS_PER_MS
        return Trial(ok=code == "ok", code=code, detail=detail, elapsed_ms=elapsed_ms)

    def _checked(
        self, tenant: str, draft: AccountDraft, stored: ProviderAccount | None = None
    ) -> ProviderAccount:
        """Return the account that ``draft`` makes, as it would be stored now. Raises ``FieldError``."""
        if draft.id in self._reserved:
            raise FieldError("id", "an engine of this server has this name", code="reserved-name")
        now = self._clock.wall_ms()
        account = ProviderAccount(
            draft.id, tenant, draft.kind, draft.settings, created_at=now, updated_at=now
        )
        kind = self._kind_of(account)
        if kind is None:
            raise FieldError("kind", "there is no such kind of provider", code="unknown-kind")
        self._kinds.check(account)
        keeps_key = draft.key is None and stored is not None and stored.has_key
        if stored is not None and keeps_key and (moved := self._what_moved(stored, account, kind)):
            raise FieldError(
                "key",
                f"{moved} has changed, and the key was for what it was: enter the key again, or an empty one",
                code="key-needed",
            )
        has_key = keeps_key or bool(draft.key)
        if kind.needs_key and not has_key:
            raise FieldError("key", f"{kind.name} needs a key", code="key-needed")
        return replace(account, has_key=has_key)

    def _kind_of(self, account: ProviderAccount) -> ProviderKind | None:
        try:
            return self._kinds.of(account)
        except CallerError:
            return None

    def _what_moved(self, old: ProviderAccount, new: ProviderAccount, kind: ProviderKind) -> str | None:
        """Return the field by which ``new``, of ``kind``, sends its key elsewhere than ``old``; else None."""
        if old.kind != new.kind:
            return "kind"
        before = dict(kind.address_of(old))
        for name, value in kind.address_of(new):
            if before[name] != value:
                return f"settings.{name}"
        return None


def _without(key: Secret | None, text: str) -> str:
    """Return ``text`` without ``key``, should a provider have repeated it to us in one of the usual forms."""
    if not key:
        return text
    plain = key.reveal()
    encoded = base64.b64encode(plain.encode()).decode()
    forms = {plain, quote(plain), quote(plain, safe=""), quote_plus(plain), encoded}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, HIDDEN)
    return text
