"""Answering calls: who answers, whether there is room, and the ticket for the media socket.

A place is kept from the moment that the carrier is told to connect, so that whoever was let in is served. A
call that is refused leaves nothing behind: no row, no place, no ticket.
"""

from __future__ import annotations

import logging
from typing import Final

from backend.application.services.call_registry import CallRegistry
from backend.application.services.telephony.phone_calls import PhoneCall
from backend.application.services.telephony.reservation import Reservation
from backend.application.services.telephony.words import all_lines_busy
from backend.domain.entities.agent import Agent
from backend.domain.entities.call import Direction
from backend.domain.entities.phone_line import PhoneLine
from backend.domain.errors import ConflictError, NotFoundError, VictoriaError
from backend.domain.ports.persistence_port import AgentRepository
from backend.domain.ports.phone_call_port import PhoneCallHistory
from backend.domain.ports.phone_line_port import PhoneLineRepository
from backend.domain.ports.telephony_port import (
    CallOffered,
    Connect,
    HangUpCall,
    Instruction,
    NoInstruction,
    TurnAway,
)
from backend.domain.ports.ticket_port import PhoneGrant, TicketPort
from backend.domain.use_cases.start_call import check_takes_calls
from backend.domain.value_objects.phone_number import PhoneNumber

TICKET_TTL_S: Final = 60
# By our own clock a call ends sooner; the carrier's is for when we are gone.
_CARRIER_MARGIN_S: Final = 60

_log = logging.getLogger(__name__)


class Answering:
    """Lets calls in. All methods raise ``StorageError``."""

    def __init__(
        self,
        lines: PhoneLineRepository,
        agents: AgentRepository,
        history: PhoneCallHistory,
        tickets: TicketPort[PhoneGrant],
        registry: CallRegistry,
    ) -> None:
        self._lines = lines
        self._agents = agents
        self._history = history
        self._tickets = tickets
        self._registry = registry

    async def offered(self, phone: PhoneCall, event: CallOffered) -> Instruction:
        """Return what becomes of a call to one of our numbers; the same if it is offered again."""
        if phone.answer is None:
            phone.answer = await self._answer_to(phone, event)
        return phone.answer

    async def connect_agent(self, phone: PhoneCall, grant: PhoneGrant) -> Instruction:
        """Return how to connect a call, which ``grant`` is about, with its agent."""
        agent = await self._agent(grant.tenant, grant.agent_id)
        if agent is None:
            return HangUpCall()
        return await self.connect(phone, grant, agent)

    async def connect(self, phone: PhoneCall, grant: PhoneGrant, agent: Agent) -> Instruction:
        """Return how to connect a call with ``agent``, as it is to be for this call; an apology if it is one
        too many."""
        language = grant.language or agent.language
        phone.language = language
        if phone.has_ended:
            return HangUpCall()
        try:
            reservation = Reservation(self._registry, TICKET_TTL_S)
        except VictoriaError:
            return all_lines_busy(language)
        try:
            ticket = await self._tickets.issue(grant, ttl_s=TICKET_TTL_S)
        except BaseException:
            reservation.free()
            raise
        phone.expect(grant, reservation)
        return Connect(ticket, agent.turn_taking.limits.max_call_ms // 1_000 + _CARRIER_MARGIN_S)

    async def _answer_to(self, phone: PhoneCall, event: CallOffered) -> Instruction:
        line = await self._line(phone.carrier, event.called)
        agent = None if line is None else await self._agent(line.tenant, line.agent_id)
        if line is None or agent is None:
            return TurnAway(is_busy=False)
        if await self._history.latest(phone.carrier, phone.id) is not None:
            return NoInstruction()  # it has been answered: somebody tells us again what the carrier once told
        grant = PhoneGrant(
            tenant=line.tenant,
            agent_id=agent.id,
            carrier=phone.carrier,
            carrier_call_id=phone.id,
            direction=Direction.INBOUND,
            caller=event.caller,
            called=event.called,
            language=line.language,
        )
        return await self.connect(phone, grant, agent)

    async def _line(self, carrier: str, called: str) -> PhoneLine | None:
        try:
            number = PhoneNumber(called)
        except ValueError:
            return None  # a SIP address, or whatever else a carrier's account may have besides numbers
        return await self._lines.with_number(carrier, number)

    async def _agent(self, tenant: str, agent_id: str) -> Agent | None:
        try:
            agent = await self._agents.get(tenant, agent_id)
            check_takes_calls(agent)
        except (NotFoundError, ConflictError) as error:
            _log.warning("nobody answers a number", extra={"agent_id": agent_id, "code": error.code})
            return None
        return agent
