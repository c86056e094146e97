"""Where API keys are kept.

The key itself is never stored: it is shown once, when it is made. What is stored is a ``prefix`` to find
it by and a ``digest`` to prove it with; whoever looks a key up compares digests in constant time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known about a key. All times are Unix milliseconds.

    ``prefix`` is the public beginning of the key, ``digest`` a one-way function of all of it (hexadecimal;
    kept out of ``repr``). ``expires_at`` None means never; ``revoked_at`` None means still good.
    Raises ``ValueError`` when id, tenant, prefix or digest is empty.
    """

    id: str
    tenant: str
    name: str
    prefix: str
    digest: str = field(repr=False)
    created_at: int
    expires_at: int | None = None
    revoked_at: int | None = None
    last_used_at: int | None = None

    def __post_init__(self) -> None:
        for name in ("id", "tenant", "prefix", "digest"):
            if not getattr(self, name):
                raise ValueError(f"an API key needs a {name}")

    def is_valid(self, now: int) -> bool:
        """Whether the key opens anything at ``now``: neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class ApiKeyRepository(Protocol):
    """All API keys. All methods raise ``StorageError`` when the database refuses."""

    async def is_empty(self) -> bool:
        """Whether no key was ever made: this is the first start."""
        ...

    async def add(self, key: ApiKey) -> None:
        """Store a new key. Raises ``ConflictError`` if its id or digest exists."""
        ...

    async def with_prefix(self, prefix: str) -> list[ApiKey]:
        """Return the keys of all tenants that begin with exactly ``prefix``, good or not; usually one."""
        ...

    async def all(self, tenant: str) -> list[ApiKey]:
        """Return the tenant's keys, oldest first, revoked ones too."""
        ...

    async def touch(self, key_id: str, *, at: int) -> None:
        """Record that the key was used at ``at``; never moves the record back. Unknown ids are ignored."""
        ...

    async def revoke(self, tenant: str, key_id: str, *, at: int) -> None:
        """Make the key open nothing from ``at`` on; the first revocation stands.

        Raises ``NotFoundError``, or ``ConflictError`` (``last-key``) if no other key of the tenant would be
        good at ``at``.
        """
        ...
