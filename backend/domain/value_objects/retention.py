"""How long calls are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Retention:
    """A tenant's wish: after ``days`` a call goes with all that belongs to it, after ``recordings_days`` its
    recording. Counted from the start of the call; None keeps for ever.

    Raises ``ValueError`` for less than a day or more than ten years.
    """

    days: int | None = None
    recordings_days: int | None = None

    MAX_DAYS: ClassVar = 3_650

    def __post_init__(self) -> None:
        for name, days in (("days", self.days), ("recordings_days", self.recordings_days)):
            if days is not None and not 1 <= days <= self.MAX_DAYS:
                raise ValueError(f"{name} is between 1 and {self.MAX_DAYS}")
