"""Watching live calls."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from backend.domain.ports.ticket_port import WatchGrant
from backend.interfaces.http.deps import KeyDep, ServicesDep
from backend.interfaces.http.schemas.live import LiveTicket

router = APIRouter(prefix="/live", tags=["live"])

TICKET_TTL_S: Final = 30


@router.post("/tickets", status_code=201)
async def create_live_ticket(services: ServicesDep, key: KeyDep) -> LiveTicket:
    """Issue a ticket for one view of the tenant's live calls, to be presented on `/ws/live`."""
    ticket = await services.live_tickets.issue(WatchGrant(key.tenant), ttl_s=TICKET_TTL_S)
    return LiveTicket(ticket=ticket, expires_in_s=TICKET_TTL_S)
