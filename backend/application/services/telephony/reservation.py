"""A place among the live calls that is kept for one whose audio has yet to come."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

from backend.application.services.call_registry import CallRegistry


class Reservation:
    """A place that is kept for a call until its audio comes, for ``seconds`` at most.

    Raises ``VictoriaError`` (``busy``) if there is none.
    """

    def __init__(self, registry: CallRegistry, seconds: float) -> None:
        self._place = ExitStack()
        self._place.enter_context(registry.place())
        self._is_held = True
        self._timer = asyncio.get_running_loop().call_later(seconds, self.free)

    def take(self) -> ExitStack | None:
        """Return the place, to be freed by whoever takes it; None if it was free again already."""
        self._timer.cancel()
        if not self._is_held:
            return None
        self._is_held = False
        return self._place.pop_all()

    def free(self) -> None:
        """Give the place back if nobody has taken it. Idempotent."""
        self._timer.cancel()
        self._is_held = False
        self._place.close()
