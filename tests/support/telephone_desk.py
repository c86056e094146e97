"""The telephone's desk with everything around it in memory, for tests in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from backend.application.services.call_registry import CallRegistry
from backend.application.services.telephony.answering import Answering
from backend.application.services.telephony.desk import TelephoneDesk
from backend.application.services.telephony.outbound.events import OutboundEvents
from backend.application.services.telephony.phone_calls import Live, PhoneCalls
from backend.application.services.telephony.resuming import Resuming
from backend.application.services.telephony.transfers import Transfers
from backend.domain.entities.agent import Agent
from backend.domain.entities.call import Call, Direction, EndCause
from backend.domain.entities.phone_line import PhoneLine
from backend.domain.errors import LimitError, NotFoundError, ProviderError
from backend.domain.ports.carrier_media_port import MediaProtocol
from backend.domain.ports.channel_port import Incoming
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.telephony_port import (
    CallOffered,
    CarrierEvent,
    CarrierReply,
    CarrierRequest,
    Connect,
    DialRequest,
    Instruction,
    TransferRequest,
)
from backend.domain.ports.ticket_port import PhoneGrant
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn
from backend.domain.value_objects.dial_plan import DialPlan
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.infrastructure.adapters.telephony.loopback.loopback_media import LoopbackMedia
from backend.infrastructure.tickets.in_process import InProcessTickets
from tests.support.virtual_time import LoopClock

CARRIER = "acme"
CALL = "AC1"
CALLER = "+34600000001"
MADRID = PhoneNumber("+34910000001")
AGENT = Agent(id="a" * 32, tenant="home", name="Ana", prompt="You answer.", first_message="Hello.")
LINE = PhoneLine(id="1" * 32, tenant="home", number=MADRID, carrier=CARRIER, agent_id=AGENT.id)
OFFER = CallOffered(CALL, CALLER, MADRID.value)


class MemoryLines:
    """A ``PhoneLineRepository`` for reading; ``asked`` counts how often it was."""

    def __init__(self, *lines: PhoneLine) -> None:
        self.lines = list(lines)
        self.asked = 0

    async def with_number(self, carrier: str, number: PhoneNumber) -> PhoneLine | None:
        self.asked += 1
        await asyncio.sleep(0.01)
        return next((line for line in self.lines if (line.carrier, line.number) == (carrier, number)), None)

    async def add(self, line: PhoneLine) -> None:
        raise NotImplementedError

    async def get(self, tenant: str, line_id: str) -> PhoneLine:
        raise NotImplementedError

    async def save(self, line: PhoneLine) -> None:
        raise NotImplementedError

    async def delete(self, tenant: str, line_id: str) -> None:
        raise NotImplementedError

    async def list(self, tenant: str) -> list[PhoneLine]:
        raise NotImplementedError


class MemoryAgents:
    """An ``AgentRepository`` for reading."""

    def __init__(self, *agents: Agent) -> None:
        self.agents = {agent.id: agent for agent in agents}

    async def get(self, tenant: str, agent_id: str) -> Agent:
        await asyncio.sleep(0.01)
        agent = self.agents.get(agent_id)
        if agent is None or agent.tenant != tenant:
            raise NotFoundError("There is no such agent.")
        return agent

    async def all(self, tenant: str) -> list[Agent]:
        raise NotImplementedError

    async def add(self, agent: Agent) -> None:
        raise NotImplementedError

    async def update(self, agent: Agent) -> None:
        raise NotImplementedError

    async def archive(self, tenant: str, agent_id: str, *, is_archived: bool) -> Agent:
        raise NotImplementedError

    async def delete(self, tenant: str, agent_id: str) -> None:
        raise NotImplementedError


class MemoryHistory:
    """A ``PhoneCallHistory``."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.said: dict[CallId, list[ConversationTurn]] = {}

    async def latest(self, carrier: str, carrier_call_id: str) -> Call | None:
        await asyncio.sleep(0.01)
        wanted = carrier, carrier_call_id
        found = [call for call in self.calls if (call.carrier, call.carrier_call_id) == wanted]
        return found[-1] if found else None

    async def get(self, tenant: str, call_id: CallId) -> Call:
        for call in self.calls:
            if (call.tenant, call.id) == (tenant, call_id):
                return call
        raise NotFoundError("There is no such call.")

    async def turns(self, call: Call) -> Sequence[ConversationTurn]:
        return self.said.get(call.id, [])


class MemoryCarrier:
    """A ``TelephonyPort`` that takes every order and remembers it; everything is signed ``yes``."""

    name = CARRIER

    def __init__(self, *, signs_upgrades: bool = True) -> None:
        self.signs_upgrades = signs_upgrades
        self.events: dict[bytes, CarrierEvent] = {}
        self.transfers: list[TransferRequest] = []
        self.hung_up: list[str] = []
        self.answered: list[Instruction] = []
        self.fails = False

    def is_authentic(self, request: CarrierRequest) -> bool:
        return request.headers.get("x-signature") == f"yes {request.url}"

    def parse(self, request: CarrierRequest) -> CarrierEvent | None:
        return self.events.get(request.body)

    async def answer(self, event: CarrierEvent, instruction: Instruction) -> CarrierReply:
        self._check()
        self.answered.append(instruction)
        return CarrierReply(type(instruction).__name__.encode(), "text/acme")

    def media(self) -> MediaProtocol:
        return LoopbackMedia()

    async def dial(self, request: DialRequest) -> str:
        raise NotImplementedError

    async def hang_up(self, carrier_call_id: str) -> None:
        self._check()
        self.hung_up.append(carrier_call_id)

    async def transfer(self, carrier_call_id: str, request: TransferRequest) -> None:
        self._check()
        self.transfers.append(request)

    async def send_keys(self, carrier_call_id: str, keys: str) -> None:
        raise NotImplementedError

    async def check(self) -> None:
        raise NotImplementedError

    async def webhook_of(self, number: PhoneNumber) -> str | None:
        raise NotImplementedError

    async def aclose(self) -> None:
        raise NotImplementedError

    def _check(self) -> None:
        if self.fails:
            raise ProviderError(CARRIER, "is out of order", code="service-failed")


class MemoryLegs:
    """``TransferLegs`` that remembers what it was told, by reference; ``limit`` refuses the next ones."""

    most_seconds = 3_600

    def __init__(self) -> None:
        self.limit: LimitError | None = None
        self.told: list[tuple[str, str]] = []

    async def begin(self, grant: PhoneGrant, request: TransferRequest) -> None:
        if self.limit is not None:
            raise self.limit
        self.told.append(("begun", request.reference))

    async def refused(self, reference: str) -> None:
        self.told.append(("refused", reference))

    async def over(self, reference: str) -> None:
        self.told.append(("over", reference))


class ToldLine:
    """A line that only remembers what it was told; ``heard_at`` is when it carried audio, in nanoseconds."""

    def __init__(self) -> None:
        self.told: list[Incoming] = []
        self.heard_at = 0

    @property
    def live(self) -> Live:
        """The line, as the desk knows it."""
        return Live(self, lambda: self.heard_at)

    def tell(self, incoming: Incoming) -> None:
        self.told.append(incoming)


@dataclass
class Desk:
    """The desk and all that it uses. Make it in a running loop."""

    max_calls: int = 10
    lines: MemoryLines = field(default_factory=lambda: MemoryLines(LINE))
    agents: MemoryAgents = field(default_factory=lambda: MemoryAgents(AGENT))
    history: MemoryHistory = field(default_factory=MemoryHistory)
    carrier: MemoryCarrier = field(default_factory=MemoryCarrier)
    prefixes: tuple[str, ...] = ("+34",)
    outbound: OutboundEvents | None = None
    clock: ClockPort = field(default_factory=LoopClock)

    def __post_init__(self) -> None:
        self.registry = CallRegistry(self.max_calls)
        self.tickets = InProcessTickets[PhoneGrant](self.clock)
        self.restart()

    def restart(self) -> None:
        """Forget everything that a process forgets when it dies."""
        numbers = count(1)
        self.calls = PhoneCalls(self.clock)
        self.legs = MemoryLegs()
        plan = DialPlan(self.prefixes)
        self.transfers = Transfers({CARRIER: self.carrier}, plan, self.legs, lambda: f"ref{next(numbers)}")
        answering = Answering(self.lines, self.agents, self.history, self.tickets, self.registry)
        resuming = Resuming(answering, self.history, self.clock)
        self.desk = TelephoneDesk(self.calls, answering, resuming, self.transfers, self.outbound)

    async def told(self, event: CarrierEvent) -> Instruction:
        """Return what the carrier is to do about ``event``."""
        return await self.desk.decide(CARRIER, event)

    async def connected(self, event: CarrierEvent = OFFER) -> PhoneGrant:
        """Let ``event`` happen, which leads to a connection; return what its ticket grants."""
        instruction = await self.told(event)
        assert isinstance(instruction, Connect), instruction
        grant = await self.tickets.redeem(instruction.ticket)
        assert grant is not None
        return grant


def a_phone_call(desk: Desk, cause: EndCause | None = EndCause.CONNECTION_LOST, **changes: Any) -> Call:
    """Return a conversation in the carrier's call, ended just now with ``cause``; None: still live."""
    now = desk.clock.wall_ms()
    call = Call(
        CallId("c" * 32),
        AGENT,
        Direction.INBOUND,
        now - 60_000,
        caller=CALLER,
        called=MADRID.value,
        carrier=CARRIER,
        carrier_call_id=CALL,
    )
    call = replace(call, **changes)
    return call if cause is None else call.end(cause, at=now, duration_ms=60_000)
