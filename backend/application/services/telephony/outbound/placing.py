"""Ordering calls, and cancelling what was ordered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from backend.application.services.telephony.outbound.dialler import Dialler
from backend.application.services.telephony.outbound.our_lines import OurLines
from backend.domain.entities.agent import Agent
from backend.domain.entities.outbound_call import OutboundCall
from backend.domain.errors import ConflictError, FieldError, NotFoundError
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.outbound_port import DialLimits, OutboundCalls, OutboundSummary
from backend.domain.ports.persistence_port import AgentRepository
from backend.domain.value_objects.dial_plan import DialPlan
from backend.domain.value_objects.phone_number import PhoneNumber


@dataclass(frozen=True, slots=True)
class CallWish:
    """A call that somebody wants placed: now, or not before ``not_before`` (Unix ms).

    ``caller_id`` None leaves it to us which of our numbers is used. Of wishes with the same
    ``idempotency_key`` one is granted.
    """

    tenant: str
    key_id: str
    agent_id: str
    to: PhoneNumber
    caller_id: PhoneNumber | None = None
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    not_before: int | None = None
    max_attempts: int = 1
    retry_after_s: int = 300
    idempotency_key: str | None = None


async def calling_agent(agents: AgentRepository, tenant: str, agent_id: str) -> Agent:
    """Return the agent that is to call. Raises ``FieldError`` if there is none or it takes no calls."""
    try:
        agent = await agents.get(tenant, agent_id)
    except NotFoundError:
        raise FieldError("agent_id", "there is no such agent", code="unknown-agent") from None
    if agent.is_archived:
        raise FieldError("agent_id", "the agent is archived and makes no calls", code="agent-archived")
    return agent


class OutboundOrders:
    """Takes orders for single calls. All methods raise ``StorageError``."""

    def __init__(
        self,
        orders: OutboundCalls,
        agents: AgentRepository,
        lines: OurLines,
        dialler: Dialler,
        *,
        plan: DialPlan,
        limits: DialLimits,
        clock: ClockPort,
        new_id: Callable[[], str],
    ) -> None:
        self._orders: Final = orders
        self._agents: Final = agents
        self._lines: Final = lines
        self._dialler: Final = dialler
        self._plan: Final = plan
        self._limits: Final = limits
        self._clock: Final = clock
        self._new_id: Final = new_id

    async def place(self, wish: CallWish) -> OutboundCall:
        """Return the order for a call, which is being dialled if it is due.

        Raises ``FieldError`` (``unknown-agent``, ``agent-archived``, ``unknown-line``, ``no-line``),
        ``ConflictError`` (``forbidden-number``, ``carrier-not-configured``, ``idempotency-mismatch``) and
        ``LimitError``; then nothing is stored.
        """
        self._plan.check(wish.to)
        agent = await calling_agent(self._agents, wish.tenant, wish.agent_id)
        line = await self._lines.to_call_with(wish.tenant, wish.agent_id, wish.caller_id)
        now = self._clock.wall_ms()
        order = OutboundCall(
            id=self._new_id(),
            tenant=wish.tenant,
            key_id=wish.key_id,
            agent_id=wish.agent_id,
            to=wish.to,
            caller_id=line.number,
            carrier=line.carrier,
            created_at=now,
            due_at=max(now, wish.not_before or 0),
            variables=wish.variables,
            max_attempts=wish.max_attempts,
            retry_after_s=wish.retry_after_s,
            idempotency_key=wish.idempotency_key,
        )
        if order.due_at == now:
            self._dialler.check_free()
            order = order.begun(self._dialler.attempt_with(agent))
        stored = await self._orders.add(order, self._limits)
        if stored.id != order.id:
            return _same(stored, order)
        if stored.under_way is not None:
            self._dialler.start(stored)
        return stored

    async def cancel(self, tenant: str, order_id: str) -> OutboundSummary:
        """Take an order back; a telephone that rings falls silent.

        Raises ``NotFoundError``, ``ConflictError`` (``call-live``, ``call-over``).
        """
        before = await self._orders.get(tenant, order_id)
        order = await self._orders.change(order_id, lambda each: each.cancelled(self._clock.wall_ms()))
        attempt = before.order.under_way
        if attempt is not None:
            # By now the carrier may have told us its name for the call.
            known = next(each for each in order.attempts if each.reference == attempt.reference)
            await self._dialler.hang_up(order, known.carrier_call_id)
        return OutboundSummary(order, before.call_id)


def _same(stored: OutboundCall, wanted: OutboundCall) -> OutboundCall:
    """Return the order that was there. Raises ``ConflictError`` if it is for another call."""
    if (stored.agent_id, stored.to, stored.variables) != (wanted.agent_id, wanted.to, wanted.variables):
        raise ConflictError("This key was used for another call.", code="idempotency-mismatch")
    return stored
