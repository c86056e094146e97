"""Some engines of a chain, asked one after the other for one piece of work.

An engine that fails at once is asked once more before the next one is (see ``retry``), unless so many calls
have failed with it that its breaker has opened.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Generic

from backend.application.services.circuit_breaker import Probe
from backend.application.services.fallback.chain import Chain, Link, PortT
from backend.application.services.fallback.retry import retry_s
from backend.domain.errors import ProviderError


class Line(Generic[PortT]):
    """Whose turn it is. ``links`` is not empty; ``is_second``: its first has been asked once already."""

    def __init__(self, chain: Chain[PortT], links: Iterable[Link[PortT]], *, is_second: bool = False) -> None:
        self._chain = chain
        self._waiting = deque(links)
        self._loop = asyncio.get_running_loop()
        self._is_new = True
        self._due_since = 0.0
        self._probes: list[Probe] = []
        self.is_second = is_second
        self.asked_at = 0.0  # the loop's time

    @property
    def asked(self) -> Link[PortT]:
        """Whose turn it is."""
        return self._waiting[0]

    @property
    def heir(self) -> Link[PortT] | None:
        """Who is asked next if the present one fails."""
        return self._waiting[1] if len(self._waiting) > 1 else None

    def ask(self) -> Link[PortT]:
        """Return the engine that is to be asked now."""
        link = self.asked
        self._probes = self._chain.begun(link)
        self.asked_at = self._loop.time()
        if self._is_new:
            self._due_since, self._is_new = self.asked_at, False
        return link

    def due(self, wait_ms: float) -> float | None:
        """Return when (the loop's time) the engine must have begun, if it may take ``wait_ms`` in all; None
        if there is nobody to ask instead."""
        return None if self.heir is None else self._due_since + wait_ms / 1_000

    def succeeded(self) -> None:
        """The engine that was asked has done its work."""
        self._chain.succeeded(self.asked)

    def failed(self, error: ProviderError) -> float | None:
        """The engine that was asked has failed: return after how many seconds to ask again, and ``ask``
        returns whom; None if there is nobody left."""
        link, heir = self.asked, self.heir
        self._chain.failed(link, error)
        pause_s = None
        if not self.is_second and self._chain.is_trusted(link):
            pause_s = retry_s(error, self._loop.time() - self.asked_at)
        if pause_s is not None:
            self.is_second = True
            self._chain.tell(link, error, link)
            return pause_s
        self._chain.tell(link, error, heir)
        self._waiting.popleft()
        self.is_second, self._is_new = False, True
        return None if heir is None else 0.0

    def broke_off(self, error: ProviderError) -> None:
        """The engine that was asked has failed, and nobody takes over: it had begun, or was given up."""
        self._chain.failed(self.asked, error)
        self._chain.tell(self.asked, error, None)

    def close(self) -> None:
        """Nobody waits any more. What an engine that neither failed nor succeeded has done until now says
        nothing about it, and the next attempt may find out."""
        for probe in self._probes:
            probe.give_back()
