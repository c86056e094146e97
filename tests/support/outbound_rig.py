"""Calls that we place, on a real database: the loopback carrier, telephones with a script, a clock by hand.

Nothing runs by itself: a test asks the runner for its turns, as if time had passed in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from backend.application.services.call_registry import CallRegistry
from backend.application.services.telephony.outbound.campaigning import CampaignOffice
from backend.application.services.telephony.outbound.dialler import Dialler, Dialling
from backend.application.services.telephony.outbound.our_lines import OurLines
from backend.application.services.telephony.outbound.placing import CallWish, OutboundOrders
from backend.application.services.telephony.outbound.runner import OutboundRunner
from backend.application.services.telephony.outbound.tracking import OutboundTracking
from backend.domain.entities.outbound_call import OutboundCall
from backend.domain.entities.phone_line import PhoneLine
from backend.domain.ports.outbound_port import DialLimits, OutboundFilter
from backend.domain.ports.telephony_port import CarrierStatus, DialRequest, TelephonyPort, TransferRequest
from backend.domain.value_objects.dial_plan import DialPlan
from backend.domain.value_objects.language import SPANISH
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.telephony.loopback.loopback_adapter import LoopbackAdapter
from backend.infrastructure.database.repositories.sqlalchemy_repositories import (
    SqlAgentRepository,
    SqlCampaigns,
    SqlOutboundCalls,
    SqlPhoneCallHistory,
    SqlPhoneLineRepository,
)
from backend.infrastructure.database.session import Database
from backend.interfaces.http.deps import Outbound
from tests.support.memory import ManualClock
from tests.support.outbound_orders import AMPLE, ANYBODY, MADRID
from tests.support.storage_builders import TENANT, an_agent, new_id

ALL = OutboundFilter()
PUBLIC_URL = "https://calls.example.com"
BUSY, NO_ANSWER, RINGING = CarrierStatus.BUSY, CarrierStatus.NO_ANSWER, CarrierStatus.RINGING


@dataclass
class ScriptedPhones:
    """The telephones of everybody: what each does when it rings is in ``script``, in order, as the statuses
    that its carrier tells; then it rings for ever."""

    script: list[list[CarrierStatus]] = field(default_factory=list)
    dialled: list[DialRequest] = field(default_factory=list)
    calls: dict[str, str] = field(default_factory=dict)  # by reference
    hung_up: list[str] = field(default_factory=list)
    untold: list[tuple[str, CarrierStatus]] = field(default_factory=list)
    rang: asyncio.Event = field(default_factory=asyncio.Event)

    def rings(self, carrier_call_id: str, request: DialRequest) -> None:
        self.rang.set()
        self.dialled.append(request)
        self.calls[request.reference] = carrier_call_id
        if self.script:
            self.untold += [(request.reference, status) for status in self.script.pop(0)]

    def was_hung_up(self, carrier_call_id: str) -> None:
        self.hung_up.append(carrier_call_id)

    def was_put_through(self, carrier_call_id: str, request: TransferRequest) -> None:
        raise NotImplementedError

    def heard_keys(self, carrier_call_id: str, keys: str) -> None:
        raise NotImplementedError


@dataclass(frozen=True)
class OutboundRig:
    """Everything that places calls."""

    clock: ManualClock
    registry: CallRegistry
    carrier: LoopbackAdapter
    phones: ScriptedPhones
    agents: SqlAgentRepository
    lines: SqlPhoneLineRepository
    orders: SqlOutboundCalls
    campaigns: SqlCampaigns
    dialler: Dialler
    tracking: OutboundTracking
    office: OutboundOrders
    campaign_office: CampaignOffice
    runner: OutboundRunner
    plan: DialPlan
    agent_id: str = ""

    @property
    def services(self) -> Outbound:
        """What the API uses of it."""
        return Outbound(self.office, self.orders, self.campaign_office, self.plan)

    def wish(self, to: PhoneNumber = ANYBODY, **changes: object) -> CallWish:
        """Return a wish for a call of the agent to somebody, now."""
        return CallWish(TENANT, "k" * 32, self.agent_id, to, **changes)  # type: ignore[arg-type]

    async def the(self, order: OutboundCall) -> OutboundCall:
        """Return ``order`` as it is now."""
        return (await self.orders.get(order.tenant, order.id)).order

    async def all(self) -> list[OutboundCall]:
        """Return the first two hundred orders."""
        page = await self.orders.page(TENANT, where=ALL, limit=200)
        return [item.order for item in page.items]

    async def settled(self) -> None:
        """Wait until the carrier has been asked, and let it tell what it knows."""
        await self.dialler.settle(30)
        untold, self.phones.untold[:] = list(self.phones.untold), []
        for reference, status in untold:
            await self.tracking.progressed(reference, status)

    async def pass_time(self, seconds: float) -> None:
        """Let the runner work for so long."""
        left_ms = round(seconds * 1_000)
        while left_ms > 0:
            wait_ms = min(left_ms, await self.runner.turn())
            await self.settled()
            self.clock.advance(wait_ms / 1_000)
            left_ms -= wait_ms


def wired(
    database: Database,
    *,
    clock: ManualClock | None = None,
    limits: DialLimits = AMPLE,
    prefixes: tuple[str, ...] = ("+34",),
    max_calls: int = 1_000,
    carriers: Mapping[str, TelephonyPort] | None = None,
    make_id: Callable[[], str] = new_id,
    process: str = "me",
) -> OutboundRig:
    """Return a rig on a database that has its schema, with no agent and no line yet."""
    clock = clock or ManualClock()
    registry = CallRegistry(max_calls)
    phones = ScriptedPhones()
    carrier = LoopbackAdapter(Secret("s" * 32), PUBLIC_URL)
    carriers = carriers or {"loopback": carrier}
    agents, lines = SqlAgentRepository(database), SqlPhoneLineRepository(database)
    orders, campaigns = SqlOutboundCalls(database), SqlCampaigns(database)
    plan, wake = DialPlan(prefixes), asyncio.Event()
    dialler = Dialler(
        Dialling(
            orders=orders,
            agents=agents,
            lines=lines,
            carriers=carriers,
            plan=plan,
            limits=limits,
            registry=registry,
            clock=clock,
            new_id=make_id,
            process=process,
        )
    )
    tracking = OutboundTracking(
        orders,
        lines,
        SqlPhoneCallHistory(database),
        dialler,
        clock,
        process=process,
        changed=wake.set,
    )
    ours = OurLines(lines, carriers)
    return OutboundRig(
        clock=clock,
        registry=registry,
        carrier=carrier,
        phones=phones,
        agents=agents,
        lines=lines,
        orders=orders,
        campaigns=campaigns,
        dialler=dialler,
        tracking=tracking,
        office=OutboundOrders(
            orders, agents, ours, dialler, plan=plan, limits=limits, clock=clock, new_id=make_id
        ),
        campaign_office=CampaignOffice(
            campaigns, agents, ours, clock=clock, new_id=make_id, changed=wake.set
        ),
        runner=OutboundRunner(orders, campaigns, dialler, tracking, clock=clock, wake=wake),
        plan=plan,
        agent_id="a" * 32,
    )


@asynccontextmanager
async def dialling(rig: OutboundRig, *numbers: PhoneNumber) -> AsyncIterator[OutboundRig]:
    """Give ``rig`` an agent and a line, and ``numbers`` telephones; dial within the block."""
    await rig.agents.add(an_agent(id=rig.agent_id))
    await rig.lines.add(
        PhoneLine(new_id(), TENANT, MADRID, "loopback", rig.agent_id, language=SPANISH, created_at=1)
    )
    for number in numbers or (ANYBODY,):
        rig.carrier.exchange.register(number, rig.phones)
    async with rig.dialler.running():
        yield rig
