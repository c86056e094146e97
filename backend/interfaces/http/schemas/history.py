"""What is asked of the history: which calls, in which order, and what people write beside them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field

from backend.domain.entities.call import CallStatus, Direction, EndCause
from backend.domain.ports.persistence_port import CallFilter, CallOrder, CallSort
from backend.interfaces.http.schemas.base import LINE_PATTERN, TEXT_PATTERN, Id, RequestModel

# Beyond this a number is not exact in a browser, and no clock shows it.
_MAX_UNIX_MS = 2**53 - 1

QueryTime = Annotated[int, Field(ge=0, le=_MAX_UNIX_MS)]
Tag = Annotated[str, Field(min_length=1, max_length=40, pattern=LINE_PATTERN)]


class SortOrder(StrEnum):
    """Which way the history is sorted."""

    DESC = "desc"
    ASC = "asc"


class ExportFormat(StrEnum):
    """What an export is written in."""

    CSV = "csv"
    JSON = "json"


class CallSelection(RequestModel):
    """Which calls, in which order; what is left out narrows nothing."""

    # Numbers and enumerations arrive as text in a query.
    model_config = ConfigDict(strict=False)

    q: Annotated[str, Field(max_length=200, pattern=TEXT_PATTERN)] | None = Field(
        None,
        description="Words that were said or noted, whatever their accents and case. All of them must occur; "
        "one of three letters or more may be the beginning of a word.",
    )
    since: QueryTime | None = Field(None, alias="from", description="Calls that began then or later")
    until: QueryTime | None = Field(None, alias="to", description="Calls that began before")
    agent_id: Id | None = None
    status: CallStatus | None = None
    end_cause: EndCause | None = None
    direction: Direction | None = None
    tag: Tag | None = None
    sort: CallSort = Field(
        CallSort.STARTED_AT,
        description="`voice_to_voice_ms` is the median of a call. Calls without such a value come last.",
    )
    order: SortOrder = SortOrder.DESC

    @property
    def where(self) -> CallFilter:
        """Which calls."""
        return CallFilter(
            agent_id=self.agent_id,
            status=self.status,
            search=self.q or None,
            since=self.since,
            until=self.until,
            end_cause=self.end_cause,
            direction=self.direction,
            tag=self.tag,
        )

    @property
    def sorted_by(self) -> CallOrder:
        """In which order."""
        return CallOrder(self.sort, is_ascending=self.order is SortOrder.ASC)


class CallQuery(CallSelection):
    """Which page of which calls."""

    limit: int = Field(50, ge=1, le=200)
    cursor: Annotated[str, Field(max_length=200, pattern=TEXT_PATTERN)] | None = Field(
        None, description="`next_cursor` of the page before, which was asked for in the same words"
    )


class ExportQuery(CallSelection):
    """All calls that are selected, in one file."""

    format: ExportFormat


class CallNotes(RequestModel):
    """What people write beside a call; what is left out stays as it is."""

    note: Annotated[str, Field(max_length=4_000, pattern=TEXT_PATTERN)] | None = None
    tags: Annotated[list[Tag], Field(max_length=20)] | None = Field(
        None, description="One that is there twice is kept once"
    )
