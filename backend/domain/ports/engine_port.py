"""What some engines can do besides their work, whatever their port.

An engine that a service far away stands behind may offer these; whoever wants them asks with ``isinstance``.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from backend.domain.value_objects.language import Language


@runtime_checkable
class Warmable(Protocol):
    """An engine that is quicker if it is told that a call has begun."""

    async def warm_up(self, language: Language) -> None:
        """Get ready to work, by opening a connection for one. Costs no money, may be cancelled, and keeps its
        troubles to itself: the work that follows tells them."""
        ...


@runtime_checkable
class Checkable(Protocol):
    """An engine whose credentials can be tried."""

    async def check(self) -> None:
        """Find out with one cheap request whether the service accepts us, as it would in a call.

        Returns within ten seconds. Raises ``ProviderError``: ``auth-failed`` for a wrong key,
        ``model-not-found`` for a model that there is not, or what its work would raise.
        """
        ...
