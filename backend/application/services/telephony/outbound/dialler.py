"""Dialling: from an order that is due to a call at its carrier.

An attempt is stored before its carrier is asked, with all that it may cost. Should the process die in
between, the attempt is given up later, and if the carrier places the call all the same, whoever answers is
not connected. So nobody is called twice by accident, and no limit is passed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from backend.application.services.call_registry import CallRegistry
from backend.domain.entities.agent import Agent
from backend.domain.entities.outbound_call import Attempt, OutboundCall, OutboundStatus
from backend.domain.errors import ConflictError, LimitError, NotFoundError, ProviderError, VictoriaError
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.outbound_port import DialLimits, OutboundCalls
from backend.domain.ports.persistence_port import AgentRepository
from backend.domain.ports.phone_line_port import PhoneLineRepository
from backend.domain.ports.telephony_port import DialRequest, MachineDetection, TelephonyPort
from backend.domain.use_cases.start_call import check_takes_calls
from backend.domain.value_objects.answerer import OnMachine
from backend.domain.value_objects.dial_plan import DialPlan

RING_S: Final = 30
DIAL_S: Final = 20  # a carrier's REST answers within one or two
_FINISHES_WITHIN_S: Final = 5
_BUSY_MS: Final = 10_000
# By our own clock a call ends sooner; the carrier's is for when we are gone.
_CARRIER_MARGIN_S: Final = 60

_DETECTION: Final = {
    OnMachine.HANG_UP: MachineDetection.DETECT,
    OnMachine.LEAVE_MESSAGE: MachineDetection.GREETING_END,
    OnMachine.CONTINUE: MachineDetection.OFF,
}
# What carriers say of numbers that they will not call (for us), whenever we ask.
_REFUSALS: Final = frozenset({"number-refused", "caller-id-refused"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Dialling:
    """What dialling uses. ``carriers`` are by name; ``process`` names this process in the attempts."""

    orders: OutboundCalls
    agents: AgentRepository
    lines: PhoneLineRepository
    carriers: Mapping[str, TelephonyPort]
    plan: DialPlan
    limits: DialLimits
    registry: CallRegistry
    clock: ClockPort
    new_id: Callable[[], str]
    process: str


class Dialler:
    """Begins attempts and has the carriers place them, each in a task of ``running``."""

    def __init__(self, dialling: Dialling) -> None:
        self._with: Final = dialling
        self._group: asyncio.TaskGroup | None = None
        self._dials: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.TaskGroup]:
        """Dial what is started within the block, in the group that it yields; carriers that are being asked
        at its end get some seconds to answer."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                yield group
            finally:
                self._group = None
                await self.settle(_FINISHES_WITHIN_S)
                for dial in self._dials:
                    dial.cancel()

    async def settle(self, seconds: float) -> None:
        """Wait until all carriers that are being asked have answered, for ``seconds`` at most."""
        if self._dials:
            await asyncio.wait(self._dials, timeout=seconds)

    def check_free(self) -> None:
        """Raise ``LimitError`` (``lines-busy``) if this process could not serve one more call."""
        if self._group is None or self._with.registry.is_full:
            raise LimitError("All lines are busy.", code="lines-busy", retry_after_ms=_BUSY_MS)

    def attempt_with(self, agent: Agent) -> Attempt:
        """Return an attempt that begins now, of a call as long as ``agent`` lets calls be."""
        longest_s = agent.turn_taking.limits.max_call_ms // 1_000 + _CARRIER_MARGIN_S
        return Attempt(
            self._with.new_id(),
            self._with.clock.wall_ms(),
            reserved_s=min(longest_s, self._with.limits.minutes_per_day * 60),
            process=self._with.process,
        )

    async def dial_due(self, order: OutboundCall) -> None:
        """Begin the next attempt of an order that waits. Raises ``LimitError``, ``StorageError``."""
        self.check_free()
        try:
            agent = await self._agent_for(order)
        except (ConflictError, NotFoundError) as error:
            await self._with.orders.change(order.id, _refusing(error.code))
            return
        begun = await self._with.orders.begin(order.id, self.attempt_with(agent), self._with.limits)
        if begun is not None:
            self.start(begun)

    def start(self, order: OutboundCall) -> None:
        """Have the attempt of ``order`` that is under way placed; returns at once."""
        assert self._group is not None, "check_free was not asked"
        self._dials = {dial for dial in self._dials if not dial.done()}
        self._dials.add(self._group.create_task(self._dial(order), name=f"dial {order.id}"))

    async def hang_up(self, order: OutboundCall, carrier_call_id: str) -> None:
        """End a call of ``order`` if its carrier can be reached; else it ends when it is answered."""
        carrier = self._with.carriers.get(order.carrier)
        try:
            if carrier is not None and carrier_call_id:
                await carrier.hang_up(carrier_call_id)
        except ProviderError as error:
            _log.warning("a call could not be hung up", extra={"order": order.id, "code": error.code})

    async def _agent_for(self, order: OutboundCall) -> Agent:
        """Return who calls. Raises ``NotFoundError``, ``ConflictError`` if the order cannot be carried out as
        things are now."""
        self._with.plan.check(order.to)
        if order.carrier not in self._with.carriers:
            raise ConflictError("The carrier is not configured.", code="carrier-not-configured")
        line = await self._with.lines.with_number(order.carrier, order.caller_id)
        if line is None or line.tenant != order.tenant:
            raise ConflictError("The number to call with is ours no more.", code="line-gone")
        agent = await self._with.agents.get(order.tenant, order.agent_id)
        check_takes_calls(agent)
        return agent

    async def _dial(self, order: OutboundCall) -> None:
        attempt = order.under_way
        assert attempt is not None, "only what has been begun is dialled"
        try:
            await self._place(order, attempt)
        except VictoriaError as error:
            # The storage: the attempt stays as it is and is given up later, as if we had died.
            _log.warning("a call was not placed", extra={"order": order.id, "code": error.code})
        except Exception:
            # A bug ends this attempt, not the server with its live calls.
            _log.exception("dialling was ended by a bug", extra={"order": order.id})

    async def _place(self, order: OutboundCall, attempt: Attempt) -> None:
        try:
            agent = await self._agent_for(order)
            request = DialRequest(
                to=order.to,
                caller_id=order.caller_id,
                reference=attempt.reference,
                max_seconds=attempt.reserved_s,
                ring_seconds=RING_S,
                detection=_DETECTION[agent.telephone.on_machine],
            )
            async with asyncio.timeout(DIAL_S):
                carrier_call_id = await self._with.carriers[order.carrier].dial(request)
        except (ConflictError, NotFoundError) as error:
            await self._give_up(attempt, OutboundStatus.REFUSED, error.code)
        except TimeoutError:
            await self._give_up(attempt, OutboundStatus.FAILED, "carrier-timeout")
        except ProviderError as error:
            await self._was_not_placed(order, attempt, error)
        else:
            placed = await self._with.orders.change_of(
                attempt.reference, lambda each: each.placed(attempt.reference, carrier_call_id)
            )
            if placed is None or placed.under_way is None:  # it was cancelled, or given up, meanwhile
                await self.hang_up(order, carrier_call_id)

    async def _was_not_placed(self, order: OutboundCall, attempt: Attempt, error: ProviderError) -> None:
        """Adapters' errors are retryable only if the call was certainly not placed."""
        if error.code in _REFUSALS:
            await self._give_up(attempt, OutboundStatus.REFUSED, error.code)
            return
        again_at = None
        if error.retryable:
            again_at = self._with.clock.wall_ms() + max(error.retry_after_ms or 0, order.wait_ms)
        await self._give_up(attempt, OutboundStatus.FAILED, error.code, again_at=again_at)

    async def _give_up(
        self, attempt: Attempt, status: OutboundStatus, cause: str, *, again_at: int | None = None
    ) -> None:
        now = self._with.clock.wall_ms()
        await self._with.orders.change_of(
            attempt.reference,
            lambda order: order.given_up(attempt.reference, status, cause, now, again_at=again_at),
        )


def _refusing(cause: str) -> Callable[[OutboundCall], OutboundCall]:
    def refused(order: OutboundCall) -> OutboundCall:
        return order.refused(cause) if order.status is OutboundStatus.SCHEDULED else order

    return refused
