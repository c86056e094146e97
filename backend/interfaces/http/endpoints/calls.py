"""Opening calls from a browser."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from backend.domain.entities import agent as domain
from backend.domain.ports.api_key_port import ApiKey
from backend.domain.ports.ticket_port import TicketGrant
from backend.domain.use_cases.start_call import check_takes_calls
from backend.interfaces.http.deps import KeyDep, Services, ServicesDep
from backend.interfaces.http.known_engines import refuse_unknown_engines
from backend.interfaces.http.responses import WITH_BODY, problems
from backend.interfaces.http.schemas.agents import AgentDraft
from backend.interfaces.http.schemas.tickets import Ticket, TicketRequest

router = APIRouter(prefix="/calls", tags=["calls"])

TICKET_TTL_S: Final = 30


@router.post("/tickets", status_code=201, responses=WITH_BODY | problems(404, 409))
async def create_ticket(wanted: TicketRequest, services: ServicesDep, key: KeyDep) -> Ticket:
    """Issue a ticket for one call, to be presented on `/ws/audio`: to an agent (`agent-archived` if it takes
    none), or to a draft that is saved nowhere."""
    stored = None
    if wanted.agent_id is not None:
        stored = await services.agents.get(key.tenant, wanted.agent_id)
    draft = None
    if wanted.draft is not None:
        draft = await _tried(wanted.draft, stored, services, key)
    elif stored is not None:
        check_takes_calls(stored)
    callee = draft or stored
    assert callee is not None, "the schema lets nobody ask for no one"
    grant = TicketGrant(key.tenant, callee.id, draft=draft, variables=wanted.variables)
    ticket = await services.tickets.issue(grant, ttl_s=TICKET_TTL_S)
    return Ticket(ticket=ticket, expires_in_s=TICKET_TTL_S)


async def _tried(
    draft: AgentDraft, stored: domain.Agent | None, services: Services, key: ApiKey
) -> domain.Agent:
    """Return the agent that would answer if ``draft`` were saved over ``stored``, or as a new one.

    Raises ``FieldError`` (``unknown-engine``).
    """
    now = services.clock.wall_ms()
    agent = draft.to_domain(
        agent_id=services.new_id() if stored is None else stored.id,
        tenant=key.tenant,
        version=1 if stored is None else stored.version,
        created_at=now if stored is None else stored.created_at,
        updated_at=now,
    )
    await refuse_unknown_engines(services, agent, within="draft.")
    return agent
