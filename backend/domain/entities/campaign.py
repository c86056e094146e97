"""Many calls with one purpose, which are placed at a measured pace and at decent hours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar

from backend.domain.errors import ConflictError
from backend.domain.value_objects.calling_hours import CallingHours
from backend.domain.value_objects.phone_number import PhoneNumber


class CampaignStatus(StrEnum):
    """``finished``: all its calls came to an end. ``stopped``: none is placed any more."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FINISHED = "finished"

    @property
    def is_end(self) -> bool:
        """Whether it cannot go on."""
        return self in (CampaignStatus.STOPPED, CampaignStatus.FINISHED)


@dataclass(frozen=True, slots=True)
class Campaign:
    """``agent_id`` calls its contacts on our number ``caller_id``: at most ``calls_per_minute``, evenly, and
    ``at_once``, within ``hours``. Each contact is an ``OutboundCall`` with the campaign's id.

    Times are Unix milliseconds. Raises ``ValueError`` beyond a limit.
    """

    id: str
    tenant: str
    key_id: str
    name: str
    agent_id: str
    caller_id: PhoneNumber
    carrier: str
    hours: CallingHours
    created_at: int
    updated_at: int
    status: CampaignStatus = CampaignStatus.RUNNING
    calls_per_minute: int = 10
    at_once: int = 5
    max_attempts: int = 1
    retry_after_s: int = 3_600

    MAX_NAME: ClassVar = 80
    MOST_CONTACTS: ClassVar = 10_000
    MOST_PER_MINUTE: ClassVar = 600
    MOST_AT_ONCE: ClassVar = 1_000

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > self.MAX_NAME:
            raise ValueError(f"a campaign has a name of at most {self.MAX_NAME} characters")
        if not 1 <= self.calls_per_minute <= self.MOST_PER_MINUTE:
            raise ValueError(f"there are 1 to {self.MOST_PER_MINUTE} calls a minute")
        if not 1 <= self.at_once <= self.MOST_AT_ONCE:
            raise ValueError(f"there are 1 to {self.MOST_AT_ONCE} calls at once")

    @property
    def interval_ms(self) -> int:
        """The time from one call to the next."""
        return 60_000 // self.calls_per_minute

    def became(self, status: CampaignStatus, at: int) -> Campaign:
        """Return the campaign as it is asked to be. Raises ``ConflictError`` (``campaign-over``) if it has
        ended otherwise."""
        if status is self.status:
            return self
        if self.status.is_end:
            raise ConflictError("The campaign is over.", code="campaign-over")
        return replace(self, status=status, updated_at=max(at, self.updated_at))
