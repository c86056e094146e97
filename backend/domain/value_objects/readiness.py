"""Whether an engine can serve a call now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReadinessState(StrEnum):
    """``preparing`` engines become ready by themselves; ``unavailable`` ones need the owner."""

    READY = "ready"
    PREPARING = "preparing"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Readiness:
    """State of an engine for one language; ``detail`` is one plain sentence for the owner (English),
    ``progress`` runs from 0 to 1 while preparing, if it is known."""

    state: ReadinessState
    detail: str = ""
    progress: float | None = None

    @property
    def is_ready(self) -> bool:
        """Whether a call can use the engine now."""
        return self.state is ReadinessState.READY


READY = Readiness(ReadinessState.READY)
