"""How long calls are kept, as a client writes and reads it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from backend.domain.value_objects import retention
from backend.interfaces.http.schemas.base import RequestModel

Days = Annotated[int, Field(ge=1, le=retention.Retention.MAX_DAYS)]


class Retention(RequestModel):
    """After how many days calls are deleted with everything, and after how many their recordings; null keeps
    them for ever."""

    days: Days | None
    recordings_days: Days | None

    def to_domain(self) -> retention.Retention:
        """Return the value object."""
        return retention.Retention(self.days, self.recordings_days)

    @classmethod
    def of(cls, kept: retention.Retention) -> Retention:
        """Return what a client sees of ``kept``."""
        return cls.model_construct(days=kept.days, recordings_days=kept.recordings_days)
