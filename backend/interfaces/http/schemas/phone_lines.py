"""Telephone numbers and carriers, as a client writes and reads them."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field

from backend.domain.entities import phone_line as domain
from backend.domain.value_objects.language import Language
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.interfaces.http.schemas.agents import LanguageTag
from backend.interfaces.http.schemas.base import Id, RequestModel, ResponseModel, UnixMs
from backend.interfaces.http.schemas.telephone import Number

CARRIER_PATTERN: Final = r"^[a-z]{1,20}$"
_LABEL_PATTERN: Final = r"^[^\u0000-\u001f\u007f]*$"

CarrierName = Annotated[
    str, Field(max_length=20, pattern=CARRIER_PATTERN, description="one of `GET /api/config/carriers`")
]
Label = Annotated[str, Field(max_length=domain.PhoneLine.MAX_LABEL, pattern=_LABEL_PATTERN)]


class PhoneLineDraft(RequestModel):
    """A number, and who answers it. Without `language` that is the agent's own."""

    number: Number
    carrier: CarrierName
    agent_id: Id
    label: Label = ""
    language: LanguageTag | None = None

    def to_domain(self, *, line_id: str, tenant: str, created_at: int, updated_at: int) -> domain.PhoneLine:
        """Return the line."""
        return domain.PhoneLine(
            id=line_id,
            tenant=tenant,
            number=PhoneNumber(self.number),
            carrier=self.carrier,
            agent_id=self.agent_id,
            label=self.label,
            language=None if self.language is None else Language(self.language),
            created_at=created_at,
            updated_at=updated_at,
        )


class PhoneLine(ResponseModel):
    """A number as it is stored."""

    id: Id
    number: str
    carrier: str
    agent_id: Id
    label: str
    language: str | None
    created_at: UnixMs
    updated_at: UnixMs

    @classmethod
    def of(cls, line: domain.PhoneLine) -> Self:
        """Return what a client sees of ``line``: all but its tenant."""
        return cls(
            id=line.id,
            number=line.number.value,
            carrier=line.carrier,
            agent_id=line.agent_id,
            label=line.label,
            language=None if line.language is None else line.language.tag,
            created_at=line.created_at,
            updated_at=line.updated_at,
        )


class PhoneLineList(ResponseModel):
    """All numbers of a tenant, in order."""

    items: list[PhoneLine]


class Carrier(ResponseModel):
    """A carrier that this server can speak with, and what to enter there."""

    name: str
    configured: bool = Field(description="the server has an account there")
    webhook_url: str | None = Field(description="for incoming calls; null while the server has no address")
    status_url: str | None = Field(description="for status changes; null if the carrier wants only the other")
    missing: list[str] = Field(description="the settings that are needed before it is configured")


class CarrierList(ResponseModel):
    """All carriers, by name."""

    items: list[Carrier]
