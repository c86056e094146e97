"""Who is asking, and how often: API keys and rate limits.

A key that was looked up is remembered for a few seconds, so that a busy console does not ask the
database on every request, while a revoked key still stops opening doors within ``CACHE_S``. Wrong keys are
not remembered (whoever sends them would decide what our memory holds); the rate limit stops them instead.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
import math
import time
from dataclasses import dataclass
from typing import Final

from limits import RateLimitItem, parse
from slowapi import Limiter
from slowapi.util import get_remote_address

from backend.domain.errors import StorageError
from backend.domain.ports.api_key_port import ApiKey, ApiKeyRepository
from backend.domain.ports.clock_port import ClockPort
from backend.domain.value_objects.instant import NS_PER_S
from backend.infrastructure.security.api_keys import digest_of, looks_like_key, prefix_of

CACHE_S: Final = 5
TOUCH_EVERY_MS: Final = 60_000
_MAX_REMEMBERED: Final = 1_024

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Remembered:
    key: ApiKey
    until_ns: int


class ApiKeyAuthenticator:
    """Tells whose key it is. Safe for concurrent use on one event loop."""

    def __init__(self, keys: ApiKeyRepository, clock: ClockPort) -> None:
        self._keys = keys
        self._clock = clock
        self._remembered: dict[str, _Remembered] = {}
        self._touched_at: dict[str, int] = {}

    async def authenticate(self, key: str) -> ApiKey | None:
        """Return what is known about ``key``, or None unless it is good now. Raises ``StorageError``."""
        if not looks_like_key(key):
            return None
        digest = digest_of(key)
        found = self._recall(digest) or await self._look_up(prefix_of(key), digest)
        if found is None or not found.is_valid(self._clock.wall_ms()):
            return None
        await self._touch(found)
        return found

    def forget(self, key_id: str) -> None:
        """Look the key up again before it opens anything."""
        for digest in [digest for digest, known in self._remembered.items() if known.key.id == key_id]:
            del self._remembered[digest]

    def _recall(self, digest: str) -> ApiKey | None:
        # A timing of this look-up tells about digests, which nobody can choose, not about keys.
        remembered = self._remembered.get(digest)
        if remembered is None or remembered.until_ns <= self._clock.monotonic_ns():
            return None
        return remembered.key

    async def _look_up(self, prefix: str, digest: str) -> ApiKey | None:
        asked_at = self._clock.monotonic_ns()
        found = None
        for candidate in await self._keys.with_prefix(prefix):
            if hmac.compare_digest(candidate.digest, digest):
                found = candidate
        self._remembered.pop(digest, None)
        if found is not None:
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.pop(next(iter(self._remembered)))
            self._remembered[digest] = _Remembered(found, asked_at + CACHE_S * NS_PER_S)
        return found

    async def _touch(self, key: ApiKey) -> None:
        now = self._clock.wall_ms()
        last = self._touched_at.get(key.id, key.last_used_at or 0)
        if 0 <= now - last < TOUCH_EVERY_MS:
            return
        self._touched_at[key.id] = now
        try:
            await self._keys.touch(key.id, at=now)
        except StorageError as error:
            # When it was last used is good to know; that it can be used matters more.
            _log.warning("could not record the use of an API key", extra={"code": error.code})


class ClientLimits:
    """How often one client may ask, counted in this process with slowapi's limiter.

    slowapi's own middleware is not used: it looks for handlers among ``app.routes``, where current FastAPI
    keeps included routers whole, and so lets every included route through; its 429 is not a problem
    document either.
    """

    def __init__(self, *, requests: str = "600/minute", failures: str = "20/minute") -> None:
        """Take limits in the notation of the ``limits`` package, such as ``600/minute``."""
        self._strategy = Limiter(key_func=get_remote_address).limiter
        self._requests = parse(requests)
        self._failures = parse(failures)

    def admit(self, client: str) -> int | None:
        """Count a request of the client at address ``client``.

        Return None if it may proceed, else the seconds to wait: it asked too often, or failed to
        authenticate too often.
        """
        bucket = _bucket_of(client)
        if not self._strategy.test(self._failures, "failures", bucket):
            return self._wait_s(self._failures, "failures", bucket)
        if not self._strategy.hit(self._requests, "requests", bucket):
            return self._wait_s(self._requests, "requests", bucket)
        return None

    def note_failure(self, client: str) -> None:
        """Count a wrong key presented by ``client``."""
        self._strategy.hit(self._failures, "failures", _bucket_of(client))

    def _wait_s(self, limit: RateLimitItem, *identifiers: str) -> int:
        resets_at = self._strategy.get_window_stats(limit, *identifiers).reset_time
        return max(1, math.ceil(resets_at - time.time()))


def _bucket_of(client: str) -> str:
    """Return who counts as one client: an IPv4 address, or the /64 network that an IPv6 host owns."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if address.version == 4:
        return client
    return str(ipaddress.ip_network((int(address), 64), strict=False).network_address)
