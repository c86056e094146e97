"""Campaigns, as a client makes and reads them."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from backend.application.services.telephony.outbound import contacts as sheets
from backend.application.services.telephony.outbound.campaigning import CampaignSummary, CampaignWish
from backend.domain.entities import campaign as domain
from backend.domain.entities.campaign import CampaignStatus
from backend.domain.entities.outbound_call import OutboundStatus
from backend.domain.errors import FieldError
from backend.domain.ports.api_key_port import ApiKey
from backend.domain.value_objects import calling_hours
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.interfaces.http.schemas.base import (
    LINE_PATTERN,
    TEXT_PATTERN,
    Id,
    RequestModel,
    ResponseModel,
    UnixMs,
)
from backend.interfaces.http.schemas.outbound import MaxAttempts, OurNumber, RetryAfter
from backend.interfaces.http.schemas.telephone import Number
from backend.interfaces.http.schemas.tickets import Variables

MOST_CSV: Final = 900_000  # characters; a body has a megabyte
TIME_PATTERN: Final = r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$"
END_PATTERN: Final = r"^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"
ZONE_PATTERN: Final = r"^[A-Za-z][A-Za-z0-9_+/-]{0,63}$"

_NOT_NULL: Final[JsonDict] = {"not": {"type": "null"}}
_HAS_CONTACTS: Final[JsonDict] = {
    "oneOf": [{"required": [name], "properties": {name: _NOT_NULL}} for name in ("csv", "contacts")]
}


class CallingHours(RequestModel):
    """When people may be called, by the clocks of `zone`. They begin before they end, on one day."""

    zone: str = Field(max_length=64, pattern=ZONE_PATTERN, description="IANA, such as Europe/Madrid")
    weekdays: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1, max_length=7)] = Field(
        list(calling_hours.MONDAY_TO_FRIDAY),
        description="1 is Monday",
        json_schema_extra={"uniqueItems": True},
    )
    from_: str = Field("09:00", alias="from", max_length=5, pattern=TIME_PATTERN)
    to: str = Field("20:00", max_length=5, pattern=END_PATTERN, description="until before then; up to 24:00")

    def to_domain(self) -> calling_hours.CallingHours:
        """Return the value object. Raises ``FieldError``."""
        try:
            calling_hours.zone_of(self.zone)
        except ValueError as error:
            raise FieldError("hours.zone", str(error), code="unknown-zone") from None
        try:
            return calling_hours.CallingHours(
                self.zone, tuple(sorted(self.weekdays)), _minute(self.from_), _minute(self.to)
            )
        except ValueError as error:
            raise FieldError("hours", str(error), code="bad-hours") from None


class CampaignContact(RequestModel):
    """Somebody to call, and what is known of them."""

    number: Number
    variables: Variables = Field(default={})


class CampaignDraft(RequestModel):
    """A campaign to be made: with its contacts as they are, or as a CSV file.

    In the file one column is called `number`, `phone`, `to` or `telefono`; the others become variables.
    """

    model_config = ConfigDict(json_schema_extra=_HAS_CONTACTS)

    name: str = Field(min_length=1, max_length=domain.Campaign.MAX_NAME, pattern=LINE_PATTERN)
    agent_id: Id
    from_: OurNumber = Field(None, alias="from")
    csv: Annotated[str, Field(max_length=MOST_CSV, pattern=TEXT_PATTERN)] | None = None
    contacts: Annotated[list[CampaignContact], Field(max_length=domain.Campaign.MOST_CONTACTS)] | None = None
    hours: CallingHours
    calls_per_minute: int = Field(10, ge=1, le=domain.Campaign.MOST_PER_MINUTE)
    at_once: int = Field(5, ge=1, le=domain.Campaign.MOST_AT_ONCE)
    max_attempts: MaxAttempts = 1
    retry_after_s: RetryAfter = 3_600

    @model_validator(mode="after")
    def _has_contacts(self) -> Self:
        if (self.csv is None) is (self.contacts is None):
            raise ValueError("either csv or contacts is required")
        return self

    def to_domain(self, key: ApiKey) -> CampaignWish:
        """Return what the holder of ``key`` wants. Raises ``FieldError``."""
        return CampaignWish(
            tenant=key.tenant,
            key_id=key.id,
            name=self.name,
            agent_id=self.agent_id,
            caller_id=None if self.from_ is None else PhoneNumber(self.from_),
            hours=self.hours.to_domain(),
            calls_per_minute=self.calls_per_minute,
            at_once=self.at_once,
            max_attempts=self.max_attempts,
            retry_after_s=self.retry_after_s,
        )

    def listed(self) -> list[sheets.Contact]:
        """Return the contacts that were not in a file."""
        return [sheets.Contact(PhoneNumber(each.number), each.variables) for each in self.contacts or []]


class CampaignQuery(RequestModel):
    """Whether a campaign is made, or only looked at."""

    model_config = ConfigDict(strict=False)

    dry_run: bool = False


class RowProblem(ResponseModel):
    """What is wrong in a line of the file, or with a contact; the first is 1."""

    line: int
    code: str
    reason: str


class CampaignPreview(ResponseModel):
    """What a campaign would be. Nothing is stored."""

    contacts: int
    duplicates: int = Field(description="left out")
    columns: list[str] = Field(description="the variables of the file")
    sample: list[CampaignContact] = Field(description="the first contacts")
    errors: list[RowProblem] = Field(description="the first hundred")
    wrong: int = Field(description="how many errors there are; a campaign is made only if there is none")

    @classmethod
    def of(cls, sheet: sheets.ContactSheet) -> Self:
        """Return what a client sees of a file."""
        return cls(
            contacts=len(sheet.contacts),
            duplicates=sheet.duplicates,
            columns=list(sheet.columns),
            sample=[
                CampaignContact(number=each.number.value, variables=dict(each.variables))
                for each in sheet.contacts[:5]
            ],
            errors=[RowProblem(line=each.line, code=each.code, reason=each.reason) for each in sheet.errors],
            wrong=sheet.wrong,
        )


class Campaign(ResponseModel):
    """A campaign as it is stored. `counts` has how many of its calls have come how far."""

    id: Id
    name: str
    status: CampaignStatus
    agent_id: Id
    from_: str = Field(serialization_alias="from")
    hours: CallingHours
    calls_per_minute: int
    at_once: int
    max_attempts: int
    retry_after_s: int
    counts: dict[OutboundStatus, int]
    total: int
    created_at: UnixMs
    updated_at: UnixMs

    @classmethod
    def of(cls, summary: CampaignSummary) -> Self:
        """Return what a client sees of a campaign: all but its tenant."""
        campaign = summary.campaign
        return cls(
            id=campaign.id,
            name=campaign.name,
            status=campaign.status,
            agent_id=campaign.agent_id,
            from_=campaign.caller_id.value,
            hours=_hours(campaign.hours),
            calls_per_minute=campaign.calls_per_minute,
            at_once=campaign.at_once,
            max_attempts=campaign.max_attempts,
            retry_after_s=campaign.retry_after_s,
            counts=dict(summary.counts),
            total=sum(summary.counts.values()),
            created_at=campaign.created_at,
            updated_at=campaign.updated_at,
        )


class CampaignList(ResponseModel):
    """All campaigns, newest first."""

    items: list[Campaign]


def _minute(time: str) -> int:
    hour, minute = time.split(":")
    return int(hour) * 60 + int(minute)


def _hours(hours: calling_hours.CallingHours) -> CallingHours:
    return CallingHours.model_construct(
        zone=hours.zone,
        weekdays=list(hours.weekdays),
        from_=_time(hours.from_minute),
        to=_time(hours.to_minute),
    )


def _time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
