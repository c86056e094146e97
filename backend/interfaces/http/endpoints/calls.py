"""Opening calls from a browser."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from backend.domain.ports.ticket_port import TicketGrant
from backend.interfaces.http.deps import KeyDep, ServicesDep
from backend.interfaces.http.responses import WITH_BODY, problems
from backend.interfaces.http.schemas.calls import Ticket, TicketRequest

router = APIRouter(prefix="/calls", tags=["calls"])

TICKET_TTL_S: Final = 30


@router.post("/tickets", status_code=201, responses=WITH_BODY | problems(404))
async def create_ticket(wanted: TicketRequest, services: ServicesDep, key: KeyDep) -> Ticket:
    """Issue a ticket for one call to an agent, to be presented on `/ws/audio`."""
    agent = await services.agents.get(key.tenant, wanted.agent_id)
    grant = TicketGrant(tenant=key.tenant, agent_id=agent.id)
    ticket = await services.tickets.issue(grant, ttl_s=TICKET_TTL_S)
    return Ticket(ticket=ticket, expires_in_s=TICKET_TTL_S)
