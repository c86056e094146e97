"""Calls that we place, as a client orders and reads them."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field

from backend.application.services.telephony.outbound.placing import CallWish
from backend.domain.entities import outbound_call as domain
from backend.domain.entities.outbound_call import OutboundStatus
from backend.domain.ports.api_key_port import ApiKey
from backend.domain.ports.outbound_port import OutboundFilter, OutboundSummary
from backend.domain.value_objects.answerer import Answerer
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.interfaces.http.schemas.base import TEXT_PATTERN, Id, RequestModel, ResponseModel, UnixMs
from backend.interfaces.http.schemas.telephone import Number
from backend.interfaces.http.schemas.tickets import Variables

# The last millisecond of the year 9999: later ones are no dates.
LAST_MS: Final = 253_402_300_799_999
IDEMPOTENCY_PATTERN: Final = r"^[A-Za-z0-9._:-]{1,100}$"

OurNumber = Annotated[
    Number | None,
    Field(description="one of our numbers; without it the agent's own, or the only one there is"),
]
MaxAttempts = Annotated[int, Field(ge=1, le=domain.OutboundCall.MOST_ATTEMPTS)]
RetryAfter = Annotated[
    int,
    Field(
        ge=domain.OutboundCall.LEAST_RETRY_AFTER_S,
        le=domain.OutboundCall.MOST_RETRY_AFTER_S,
        description="how long to wait after the first attempt that found the line busy or nobody there; "
        "twice as long after each further one",
    ),
]


class OutboundCallDraft(RequestModel):
    """A call to be placed, at once or later."""

    agent_id: Id
    to: Number
    from_: OurNumber = Field(None, alias="from")
    variables: Variables = Field(default={})
    not_before: Annotated[int, Field(ge=0, le=LAST_MS)] | None = Field(None, description="Unix time in ms")
    max_attempts: MaxAttempts = 1
    retry_after_s: RetryAfter = 300
    idempotency_key: Annotated[str, Field(max_length=100, pattern=IDEMPOTENCY_PATTERN)] | None = Field(
        None, description="orders with the same one place one call"
    )

    def to_domain(self, key: ApiKey) -> CallWish:
        """Return what the holder of ``key`` wants."""
        return CallWish(
            tenant=key.tenant,
            key_id=key.id,
            agent_id=self.agent_id,
            to=PhoneNumber(self.to),
            caller_id=None if self.from_ is None else PhoneNumber(self.from_),
            variables=self.variables,
            not_before=self.not_before,
            max_attempts=self.max_attempts,
            retry_after_s=self.retry_after_s,
            idempotency_key=self.idempotency_key,
        )


class OutboundAttempt(ResponseModel):
    """One dialling. `outcome` is how far it has come."""

    at: UnixMs
    outcome: OutboundStatus
    cause: str = Field(description="why we gave it up; empty if we did not")
    answerer: Answerer | None = Field(description="who answered, if the carrier listened")
    answered_at: UnixMs | None
    ended_at: UnixMs | None


class OutboundCall(ResponseModel):
    """An order and what has become of it."""

    id: Id
    status: OutboundStatus
    cause: str = Field(description="why it was refused, cancelled or given up; empty otherwise")
    agent_id: Id
    to: str
    from_: str = Field(serialization_alias="from")
    variables: dict[str, str]
    due_at: UnixMs | None = Field(description="when it is dialled (again); null if it does not wait")
    max_attempts: int
    retry_after_s: int
    attempts: list[OutboundAttempt]
    call_id: Id | None = Field(description="the conversation, in the history")
    campaign_id: Id | None
    idempotency_key: str | None
    created_at: UnixMs

    @classmethod
    def of(cls, summary: OutboundSummary) -> Self:
        """Return what a client sees of an order."""
        order = summary.order
        return cls(
            id=order.id,
            status=order.status,
            cause=order.cause,
            agent_id=order.agent_id,
            to=order.to.value,
            from_=order.caller_id.value,
            variables=dict(order.variables),
            due_at=order.due_at,
            max_attempts=order.max_attempts,
            retry_after_s=order.retry_after_s,
            attempts=[_attempt(attempt) for attempt in order.attempts],
            call_id=None if summary.call_id is None else summary.call_id.value,
            campaign_id=order.campaign_id,
            idempotency_key=order.idempotency_key,
            created_at=order.created_at,
        )


class OutboundCallList(ResponseModel):
    """A page of orders; ``next_cursor`` is null on the last page."""

    items: list[OutboundCall]
    next_cursor: str | None


class OutboundPageQuery(RequestModel):
    """Which page of orders."""

    model_config = ConfigDict(strict=False)

    status: OutboundStatus | None = None
    limit: int = Field(50, ge=1, le=200)
    cursor: Annotated[str, Field(max_length=200, pattern=TEXT_PATTERN)] | None = Field(
        None, description="`next_cursor` of the page before"
    )


class OutboundQuery(OutboundPageQuery):
    """Which page of which orders."""

    agent_id: Id | None = None
    campaign_id: Id | None = None
    in_campaign: bool | None = Field(None, description="only those of campaigns, or only the others")

    @property
    def where(self) -> OutboundFilter:
        """Which orders."""
        return OutboundFilter(self.status, self.agent_id, self.campaign_id, self.in_campaign)


def _attempt(attempt: domain.Attempt) -> OutboundAttempt:
    return OutboundAttempt(
        at=attempt.at,
        outcome=attempt.status,
        cause=attempt.cause,
        answerer=attempt.answerer,
        answered_at=attempt.answered_at,
        ended_at=attempt.ended_at,
    )
