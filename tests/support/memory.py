"""Small real implementations of ports, kept in memory, for tests that need no database."""

from __future__ import annotations

from dataclasses import replace

from backend.domain.errors import ConflictError, NotFoundError
from backend.domain.ports.api_key_port import ApiKey
from backend.domain.value_objects.instant import NS_PER_MS


class ManualClock:
    """A ``ClockPort`` that stands still until it is told to go on."""

    def __init__(self, wall_ms: int = 1_700_000_000_000) -> None:
        self._monotonic_ns = 0
        self._wall_ms = wall_ms

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self._monotonic_ns += round(seconds * 1_000) * NS_PER_MS
        self._wall_ms += round(seconds * 1_000)

    def monotonic_ns(self) -> int:
        return self._monotonic_ns

    def wall_ms(self) -> int:
        return self._wall_ms


class MemoryApiKeys:
    """An ``ApiKeyRepository`` that counts how often it is asked."""

    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}
        self.lookups = 0
        self.touches: list[tuple[str, int]] = []

    async def is_empty(self) -> bool:
        return not self._keys

    async def add(self, key: ApiKey) -> None:
        if key.id in self._keys or any(key.digest == other.digest for other in self._keys.values()):
            raise ConflictError(f"API key {key.id} exists")
        self._keys[key.id] = key

    async def with_prefix(self, prefix: str) -> list[ApiKey]:
        self.lookups += 1
        return [key for key in self._keys.values() if key.prefix == prefix]

    async def all(self, tenant: str) -> list[ApiKey]:
        return [key for key in self._keys.values() if key.tenant == tenant]

    async def touch(self, key_id: str, *, at: int) -> None:
        if key_id in self._keys:
            self.touches.append((key_id, at))
            last = max(at, self._keys[key_id].last_used_at or 0)
            self._keys[key_id] = replace(self._keys[key_id], last_used_at=last)

    async def revoke(self, tenant: str, key_id: str, *, at: int) -> None:
        key = self._keys.get(key_id)
        if key is None or key.tenant != tenant:
            raise NotFoundError(f"there is no API key {key_id}")
        others = [other for other in self._keys.values() if other.tenant == tenant and other.id != key_id]
        if key.is_valid(at) and not any(other.is_valid(at) for other in others):
            raise ConflictError("this is the last good key", code="last-key")
        self._keys[key_id] = replace(key, revoked_at=key.revoked_at or at)
