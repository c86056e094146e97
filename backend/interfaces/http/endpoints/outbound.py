"""Calls that we place."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi import Path as PathParameter
from starlette.exceptions import HTTPException

from backend.domain.errors import NotFoundError
from backend.domain.ports.outbound_port import OutboundSummary
from backend.interfaces.http.deps import KeyDep, ServicesDep
from backend.interfaces.http.responses import WITH_BODY, problems
from backend.interfaces.http.schemas.base import ID_PATTERN
from backend.interfaces.http.schemas.outbound import (
    OutboundCall,
    OutboundCallDraft,
    OutboundCallList,
    OutboundQuery,
)

router = APIRouter(prefix="/calls", tags=["calls"])


def _order_id(order_id: Annotated[str, PathParameter(json_schema_extra={"pattern": ID_PATTERN})]) -> str:
    if order_id == "tickets":  # a route of its own, which knows one method
        raise HTTPException(405, headers={"Allow": "POST"})
    if not re.fullmatch(ID_PATTERN, order_id):
        raise NotFoundError("There is no such call.")
    return order_id


OrderIdDep = Annotated[str, Depends(_order_id)]


@router.post("", status_code=201, responses=WITH_BODY | problems(409))
async def place_call(draft: OutboundCallDraft, services: ServicesDep, key: KeyDep) -> OutboundCall:
    """Have an agent call somebody, at once or later.

    `forbidden-number` for one that may not be called from here; 429 with `Retry-After` and the limit's name
    for a call too many: `key-calls-per-minute`, `calls-per-minute`, `calls-at-once`, `minutes-per-day`,
    `lines-busy`.
    """
    order = await services.outbound.office.place(draft.to_domain(key))
    return OutboundCall.of(OutboundSummary(order))


@router.get("", responses=problems(400, 422))
async def list_placed_calls(
    query: Annotated[OutboundQuery, Query()], services: ServicesDep, key: KeyDep
) -> OutboundCallList:
    """List the calls that were ordered, newest first."""
    page = await services.outbound.orders.page(
        key.tenant, where=query.where, limit=query.limit, cursor=query.cursor
    )
    return OutboundCallList(
        items=[OutboundCall.of(item) for item in page.items], next_cursor=page.next_cursor
    )


@router.get("/{order_id}", responses=problems(404))
async def read_placed_call(order_id: OrderIdDep, services: ServicesDep, key: KeyDep) -> OutboundCall:
    """Read what has become of an order."""
    return OutboundCall.of(await services.outbound.orders.get(key.tenant, order_id))


@router.delete("/{order_id}", responses=problems(404, 409))
async def cancel_call(order_id: OrderIdDep, services: ServicesDep, key: KeyDep) -> OutboundCall:
    """Take an order back; a telephone that rings falls silent. `call-live` and `call-over` if it is too
    late."""
    return OutboundCall.of(await services.outbound.office.cancel(key.tenant, order_id))
