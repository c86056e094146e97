"""Campaigns: many calls with one purpose."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as PathParameter
from starlette.responses import JSONResponse, Response, StreamingResponse

from backend.application.services.telephony.outbound.contacts import (
    ContactSheet,
    check_contacts,
    read_contacts,
)
from backend.domain.entities.campaign import CampaignStatus
from backend.domain.errors import NotFoundError
from backend.domain.ports.outbound_port import OutboundCalls, OutboundFilter, OutboundPage
from backend.interfaces.http.campaign_csv import head, lines
from backend.interfaces.http.deps import KeyDep, Services, ServicesDep
from backend.interfaces.http.problems import problem
from backend.interfaces.http.responses import WITH_BODY, problems
from backend.interfaces.http.schemas.base import ID_PATTERN
from backend.interfaces.http.schemas.campaigns import (
    Campaign,
    CampaignDraft,
    CampaignList,
    CampaignPreview,
    CampaignQuery,
)
from backend.interfaces.http.schemas.outbound import OutboundCall, OutboundCallList, OutboundPageQuery
from backend.interfaces.http.schemas.problem import FieldError

router = APIRouter(prefix="/campaigns", tags=["campaigns"])

_PAGE: Final = 200
_PREVIEW: Final[dict[int | str, dict[str, Any]]] = {
    200: {"model": CampaignPreview, "description": "With `dry_run`: what it would be"}
}
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "One call a line; UTF-8 with a byte order mark, RFC 4180",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }
}


def _campaign_id(
    campaign_id: Annotated[str, PathParameter(json_schema_extra={"pattern": ID_PATTERN})],
) -> str:
    if not re.fullmatch(ID_PATTERN, campaign_id):
        raise NotFoundError("There is no such campaign.")
    return campaign_id


CampaignIdDep = Annotated[str, Depends(_campaign_id)]


@router.post("", status_code=201, response_model=Campaign, responses=_PREVIEW | WITH_BODY | problems(409))
async def create_campaign(
    draft: CampaignDraft,
    query: Annotated[CampaignQuery, Query()],
    request: Request,
    services: ServicesDep,
    key: KeyDep,
) -> Response:
    """Make a campaign, which begins at once if its hours let it.

    Wholly or not at all: 422 `bad-contacts` names the lines that cannot be used. With `dry_run` nothing is
    stored and the lines are only told.
    """
    wish = draft.to_domain(key)
    sheet = _sheet(draft, services)
    if query.dry_run:
        await services.outbound.campaigns.check(wish)
        return JSONResponse(CampaignPreview.of(sheet).model_dump(mode="json"))
    if sheet.wrong:
        place = "contacts" if draft.csv is None else "csv"
        errors = [FieldError(field=f"{place}.{each.line}", message=each.reason) for each in sheet.errors]
        detail = f"{sheet.wrong} of the contacts cannot be used; nobody is called."
        return problem(request.scope, 422, detail, code="bad-contacts", errors=errors)
    made = Campaign.of(await services.outbound.campaigns.create(wish, sheet.contacts))
    return JSONResponse(made.model_dump(mode="json", by_alias=True), status_code=201)


@router.get("")
async def list_campaigns(services: ServicesDep, key: KeyDep) -> CampaignList:
    """List all campaigns, newest first."""
    summaries = await services.outbound.campaigns.summaries(key.tenant)
    return CampaignList(items=[Campaign.of(summary) for summary in summaries])


@router.get("/{campaign_id}", responses=problems(404))
async def read_campaign(campaign_id: CampaignIdDep, services: ServicesDep, key: KeyDep) -> Campaign:
    """Read one campaign, and how many of its calls have come how far."""
    return Campaign.of(await services.outbound.campaigns.summary(key.tenant, campaign_id))


@router.post("/{campaign_id}/pause", responses=problems(404, 409))
async def pause_campaign(campaign_id: CampaignIdDep, services: ServicesDep, key: KeyDep) -> Campaign:
    """Let nobody be called for a while; calls that are live go on. `campaign-over` if it has ended."""
    return await _become(services, key.tenant, campaign_id, CampaignStatus.PAUSED)


@router.post("/{campaign_id}/resume", responses=problems(404, 409))
async def resume_campaign(campaign_id: CampaignIdDep, services: ServicesDep, key: KeyDep) -> Campaign:
    """Go on with a campaign. `campaign-over` if it has ended."""
    return await _become(services, key.tenant, campaign_id, CampaignStatus.RUNNING)


@router.post("/{campaign_id}/stop", responses=problems(404, 409))
async def stop_campaign(campaign_id: CampaignIdDep, services: ServicesDep, key: KeyDep) -> Campaign:
    """Have nobody called any more, for good; calls that are live go on."""
    return await _become(services, key.tenant, campaign_id, CampaignStatus.STOPPED)


@router.get("/{campaign_id}/calls", responses=problems(400, 404, 422))
async def list_campaign_calls(
    campaign_id: CampaignIdDep,
    query: Annotated[OutboundPageQuery, Query()],
    services: ServicesDep,
    key: KeyDep,
) -> OutboundCallList:
    """List a campaign's calls, in the order of its contacts."""
    await services.outbound.campaigns.summary(key.tenant, campaign_id)
    where = OutboundFilter(status=query.status, campaign_id=campaign_id)
    page = await services.outbound.orders.page(
        key.tenant, where=where, limit=query.limit, cursor=query.cursor
    )
    return OutboundCallList(
        items=[OutboundCall.of(item) for item in page.items], next_cursor=page.next_cursor
    )


@router.get("/{campaign_id}/export", response_class=Response, responses=_FILE | problems(404))
async def export_campaign(campaign_id: CampaignIdDep, services: ServicesDep, key: KeyDep) -> Response:
    """Take what has become of a campaign's calls away in one CSV file."""
    await services.outbound.campaigns.summary(key.tenant, campaign_id)
    results = _Results(services.outbound.orders, key.tenant, campaign_id)
    await results.begin()
    return StreamingResponse(
        results,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="campaign.csv"'},
    )


class _Results:
    """Reads page after page. An iterator without a frame of its own: nothing to close."""

    def __init__(self, orders: OutboundCalls, tenant: str, campaign_id: str) -> None:
        self._orders = orders
        self._tenant = tenant
        self._where = OutboundFilter(campaign_id=campaign_id)
        self._page: OutboundPage | None = None
        self._text = head()

    async def begin(self) -> None:
        """Read the first page, so that what fails at once is told as an error."""
        self._page = await self._read(None)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        page = self._page
        if page is None:
            raise StopAsyncIteration
        text, self._text = self._text + lines(page.items), b""
        self._page = None if page.next_cursor is None else await self._read(page.next_cursor)
        return text

    async def _read(self, cursor: str | None) -> OutboundPage:
        return await self._orders.page(self._tenant, where=self._where, limit=_PAGE, cursor=cursor)


def _sheet(draft: CampaignDraft, services: Services) -> ContactSheet:
    plan = services.outbound.plan
    return check_contacts(draft.listed(), plan) if draft.csv is None else read_contacts(draft.csv, plan)


async def _become(services: Services, tenant: str, campaign_id: str, status: CampaignStatus) -> Campaign:
    return Campaign.of(await services.outbound.campaigns.become(tenant, campaign_id, status))
