"""Is there speech now?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class VadStream(Protocol):
    """One caller's audio on its way through a voice activity detector."""

    @property
    def window_samples(self) -> int:
        """How many samples a window holds at this stream's rate."""
        ...

    def accept(self, window: bytes) -> None:
        """Take the next window: PCM16 little-endian, exactly ``window_samples`` samples.

        Returns at once. The window's probability goes to ``on_probability``: once for each window, in
        order, on the event loop's thread, during this call or a few milliseconds later (engines batch
        the windows of several streams).
        """
        ...

    def reset(self) -> None:
        """Forget the past, as after a long silence; windows already accepted still report."""
        ...

    def close(self) -> None:
        """Free the stream. ``on_probability`` is not called again. Idempotent."""
        ...


class VadPort(Protocol):
    """A voice activity detector that any number of calls share."""

    @property
    def rates(self) -> frozenset[int]:
        """Sample rates (Hz) that it takes natively."""
        ...

    def open(self, rate: int, on_probability: Callable[[float], None]) -> VadStream:
        """Begin a stream at ``rate`` Hz; ``on_probability`` gets speech probabilities in [0, 1].

        Raises ``ValueError`` for a rate not in ``rates``. Must be called on the event loop's thread.
        """
        ...
