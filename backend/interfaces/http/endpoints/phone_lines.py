"""Telephone numbers, who answers them, and the carriers that bring the calls."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi import Path as PathParameter

from backend.domain.errors import FieldError, NotFoundError
from backend.interfaces.http.deps import KeyDep, Services, ServicesDep
from backend.interfaces.http.responses import WITH_BODY, problems
from backend.interfaces.http.schemas.base import ID_PATTERN
from backend.interfaces.http.schemas.phone_lines import CarrierList, PhoneLine, PhoneLineDraft, PhoneLineList

router = APIRouter(prefix="/config", tags=["config"])

_ONE: Final = problems(404)


def _line_id(line_id: Annotated[str, PathParameter(json_schema_extra={"pattern": ID_PATTERN})]) -> str:
    if not re.fullmatch(ID_PATTERN, line_id):
        raise NotFoundError("There is no such number.")
    return line_id


LineIdDep = Annotated[str, Depends(_line_id)]


@router.get("/carriers")
async def list_carriers(services: ServicesDep, _key: KeyDep) -> CarrierList:
    """Tell which carriers there are, whether the server has an account there, and what to enter there."""
    return CarrierList(items=list(services.carriers))


@router.get("/numbers")
async def list_numbers(services: ServicesDep, key: KeyDep) -> PhoneLineList:
    """List the numbers, in order."""
    return PhoneLineList(items=[PhoneLine.of(line) for line in await services.phone_lines.list(key.tenant)])


@router.post("/numbers", status_code=201, responses=WITH_BODY | problems(409))
async def create_number(draft: PhoneLineDraft, services: ServicesDep, key: KeyDep) -> PhoneLine:
    """Have an agent answer a number; `number-taken` if one does already."""
    await _check(draft, services, key.tenant)
    now = services.clock.wall_ms()
    line = draft.to_domain(line_id=services.new_id(), tenant=key.tenant, created_at=now, updated_at=now)
    await services.phone_lines.add(line)
    return PhoneLine.of(line)


@router.get("/numbers/{line_id}", responses=_ONE)
async def read_number(line_id: LineIdDep, services: ServicesDep, key: KeyDep) -> PhoneLine:
    """Read one number."""
    return PhoneLine.of(await services.phone_lines.get(key.tenant, line_id))


@router.put("/numbers/{line_id}", responses=WITH_BODY | problems(404, 409))
async def replace_number(
    line_id: LineIdDep, draft: PhoneLineDraft, services: ServicesDep, key: KeyDep
) -> PhoneLine:
    """Replace a number; calls that are live go on as they began."""
    stored = await services.phone_lines.get(key.tenant, line_id)
    await _check(draft, services, key.tenant)
    line = draft.to_domain(
        line_id=line_id,
        tenant=key.tenant,
        created_at=stored.created_at,
        updated_at=max(stored.updated_at, services.clock.wall_ms()),
    )
    await services.phone_lines.save(line)
    return PhoneLine.of(line)


@router.delete("/numbers/{line_id}", status_code=204, responses=_ONE)
async def delete_number(line_id: LineIdDep, services: ServicesDep, key: KeyDep) -> None:
    """Remove a number: calls to it are turned away from now on."""
    await services.phone_lines.delete(key.tenant, line_id)


async def _check(draft: PhoneLineDraft, services: Services, tenant: str) -> None:
    """Raise ``FieldError`` if there is no such carrier or agent."""
    if draft.carrier not in {carrier.name for carrier in services.carriers}:
        raise FieldError("carrier", "there is no such carrier", code="unknown-carrier")
    try:
        agent = await services.agents.get(tenant, draft.agent_id)
    except NotFoundError:
        raise FieldError("agent_id", "there is no such agent", code="unknown-agent") from None
    if agent.is_archived:
        raise FieldError("agent_id", "the agent is archived and takes no calls", code="agent-archived")
