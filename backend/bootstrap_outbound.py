"""Calls that we place, put together: a part of the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backend.application.services.call_registry import CallRegistry
from backend.application.services.telephony.outbound.campaigning import CampaignOffice
from backend.application.services.telephony.outbound.dialler import Dialler, Dialling
from backend.application.services.telephony.outbound.legs import CountedLegs
from backend.application.services.telephony.outbound.our_lines import OurLines
from backend.application.services.telephony.outbound.placing import OutboundOrders
from backend.application.services.telephony.outbound.runner import OutboundRunner
from backend.application.services.telephony.outbound.tracking import OutboundTracking
from backend.bootstrap_storage import Storage
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.outbound_port import DialLimits
from backend.domain.ports.telephony_port import TelephonyPort
from backend.domain.value_objects.dial_plan import DialPlan
from backend.infrastructure.config.settings import Settings
from backend.infrastructure.database.repositories.sqlalchemy_repositories import (
    SqlCampaigns,
    SqlOutboundCalls,
    SqlPhoneCallHistory,
)
from backend.interfaces.http.deps import Outbound


@dataclass(frozen=True, slots=True)
class PlacedCalls:
    """Everything that has to do with calls that we place: ``services`` for the API, ``events`` for the desk,
    ``legs`` for its transfers, and the ``runner``, which has to run for anything to be dialled."""

    services: Outbound
    events: OutboundTracking
    legs: CountedLegs
    runner: OutboundRunner


def build_outbound(
    settings: Settings,
    storage: Storage,
    carriers: Mapping[str, TelephonyPort],
    *,
    registry: CallRegistry,
    clock: ClockPort,
    new_id: Callable[[], str],
) -> PlacedCalls:
    """Return what places calls at ``carriers``, not yet running."""
    orders, campaigns = SqlOutboundCalls(storage.database), SqlCampaigns(storage.database)
    plan = DialPlan(settings.dial_prefixes)
    limits = DialLimits(
        per_minute_of_key=settings.dial_calls_per_minute,
        per_minute=settings.dial_calls_per_minute,
        at_once=settings.dial_calls_at_once,
        minutes_per_day=settings.dial_minutes_per_day,
    )
    process, wake = new_id(), asyncio.Event()
    dialler = Dialler(
        Dialling(
            orders=orders,
            agents=storage.agents,
            lines=storage.phone_lines,
            carriers=carriers,
            plan=plan,
            limits=limits,
            registry=registry,
            clock=clock,
            new_id=new_id,
            process=process,
        )
    )
    tracking = OutboundTracking(
        orders,
        storage.phone_lines,
        SqlPhoneCallHistory(storage.database),
        dialler,
        clock,
        process=process,
        changed=wake.set,
    )
    lines = OurLines(storage.phone_lines, carriers)
    office = OutboundOrders(
        orders, storage.agents, lines, dialler, plan=plan, limits=limits, clock=clock, new_id=new_id
    )
    campaign_office = CampaignOffice(
        campaigns, storage.agents, lines, clock=clock, new_id=new_id, changed=wake.set
    )
    return PlacedCalls(
        services=Outbound(office, orders, campaign_office, plan),
        events=tracking,
        legs=CountedLegs(
            orders,
            tracking,
            limits=limits,
            clock=clock,
            new_id=new_id,
            process=process,
            longest_min=settings.dial_transfer_minutes,
        ),
        runner=OutboundRunner(orders, campaigns, dialler, tracking, clock=clock, wake=wake),
    )
