"""Legs of transfers on a real database: what they take of the limits, and when they give it back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from backend.application.services.telephony.outbound.events import OutboundEvents
from backend.application.services.telephony.outbound.legs import CountedLegs
from backend.domain.entities.call import Call, Direction, EndCause
from backend.domain.entities.outbound_call import OutboundCall, OutboundStatus
from backend.domain.entities.telephone import Destination
from backend.domain.errors import LimitError, NotFoundError, StorageError
from backend.domain.ports.outbound_port import DialLimits
from backend.domain.ports.telephony_port import CarrierStatus, TransferRequest
from backend.domain.ports.ticket_port import PhoneGrant
from backend.domain.value_objects.answerer import Answerer
from backend.domain.value_objects.language import SPANISH
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.session import Database
from tests.support.outbound_orders import AMPLE, ANYBODY, MADRID
from tests.support.outbound_rig import OutboundRig
from tests.support.storage_builders import TENANT, a_call, new_id

pytest_plugins = ["tests.support.outbound_fixtures"]

CALL = "CA1"
LONGEST_S = 600
GRANT = PhoneGrant(
    tenant=TENANT,
    agent_id="a" * 32,
    carrier="loopback",
    carrier_call_id=CALL,
    direction=Direction.INBOUND,
    caller="+34600000009",
    called=MADRID.value,
)


class FullDisk:
    """``OutboundEvents`` that nothing can be stored of."""

    async def answered(self, reference: str, carrier_call_id: str) -> PhoneGrant | None:
        raise StorageError("The disk is full.")

    async def progressed(self, reference: str, status: CarrierStatus) -> None:
        raise StorageError("The disk is full.")

    async def answerer(self, reference: str, answerer: Answerer) -> None:
        raise StorageError("The disk is full.")


def legs_of(
    rig: OutboundRig, limits: DialLimits = AMPLE, *, events: OutboundEvents | None = None
) -> CountedLegs:
    return CountedLegs(
        rig.orders,
        events or rig.tracking,
        limits=limits,
        clock=rig.clock,
        new_id=new_id,
        process="me",
        longest_min=LONGEST_S // 60,
    )


def a_request(reference: str = "leg") -> TransferRequest:
    return TransferRequest(
        Destination("Sales", ANYBODY), MADRID, reference, "", SPANISH, max_seconds=LONGEST_S
    )


async def under_way(rig: OutboundRig) -> list[OutboundCall]:
    return [summary.order for summary in await rig.orders.under_way()]


async def refusal_of(legs: CountedLegs, reference: str = "next") -> str | None:
    """Return the code of the limit that refuses one more leg, None if it begins."""
    try:
        await legs.begin(GRANT, a_request(reference))
    except LimitError as error:
        return error.code
    return None


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (replace(AMPLE, per_minute=2, per_minute_of_key=1), "calls-per-minute"),
        (replace(AMPLE, at_once=2), "calls-at-once"),
        (replace(AMPLE, minutes_per_day=50), "minutes-per-day"),
    ],
)
async def test_transfers_and_orders_share_the_limits(rig: OutboundRig, limits: DialLimits, code: str) -> None:
    await rig.office.place(rig.wish())  # half an hour at most
    legs = legs_of(rig, limits)
    assert await refusal_of(legs, "first") is None
    assert await refusal_of(legs) == code
    (order, leg) = sorted(await under_way(rig), key=lambda each: each.key_id, reverse=True)
    assert (order.key_id, leg.key_id) == ("k" * 32, "")
    assert (leg.to, leg.caller_id, leg.attempts[0].charged_s) == (ANYBODY, MADRID, LONGEST_S)


async def test_a_leg_is_no_order_of_anybodys(rig: OutboundRig) -> None:
    await legs_of(rig).begin(GRANT, a_request())
    (leg,) = await under_way(rig)
    assert await rig.all() == []
    with pytest.raises(NotFoundError):
        await rig.orders.get(TENANT, leg.id)
    with pytest.raises(NotFoundError):
        await rig.office.cancel(TENANT, leg.id)


async def test_what_is_over_takes_the_minutes_that_have_begun(rig: OutboundRig) -> None:
    limits = replace(AMPLE, at_once=1, minutes_per_day=12)
    legs = legs_of(rig, limits)
    await legs.begin(GRANT, a_request())
    rig.clock.advance(61)
    for _ in range(2):
        await legs.over("leg")
    assert await under_way(rig) == []
    assert await refusal_of(legs, "second") is None  # two minutes, and ten that it may last
    await legs.over("second")
    assert await refusal_of(legs) == "minutes-per-day"  # one has begun


async def test_what_the_carrier_refused_takes_nothing_but_its_place_in_the_minute(rig: OutboundRig) -> None:
    legs = legs_of(rig, replace(AMPLE, at_once=1, per_minute=1, minutes_per_day=10))
    await legs.begin(GRANT, a_request())
    await legs.refused("leg")
    assert await under_way(rig) == []
    assert await refusal_of(legs) == "calls-per-minute"
    rig.clock.advance(60)
    assert await refusal_of(legs) is None


async def test_a_leg_lasts_as_long_as_is_set_and_never_longer_than_a_day(rig: OutboundRig) -> None:
    assert legs_of(rig).most_seconds == LONGEST_S
    assert legs_of(rig, replace(AMPLE, minutes_per_day=2)).most_seconds == 120


async def test_news_of_what_was_never_begun_change_nothing(rig: OutboundRig) -> None:
    legs = legs_of(rig)
    await legs.over("unknown")
    await legs.refused("unknown")
    assert await under_way(rig) == []


async def test_an_end_that_cannot_be_stored_is_left_to_be_noticed(rig: OutboundRig) -> None:
    legs = legs_of(rig, events=FullDisk())
    await legs.begin(GRANT, a_request())
    await legs.over("leg")
    assert len(await under_way(rig)) == 1


async def test_a_leg_whose_end_nobody_tells_ends_when_it_must_have(rig: OutboundRig) -> None:
    await legs_of(rig).begin(GRANT, a_request())
    await rig.pass_time(LONGEST_S + 115)
    (leg,) = await under_way(rig)
    assert leg.status is OutboundStatus.LIVE
    await rig.pass_time(20)
    assert await under_way(rig) == []


@pytest.mark.parametrize(
    ("cause", "is_over"),
    [
        (EndCause.CALLER_HUNG_UP, True),
        (EndCause.AGENT_HUNG_UP, True),
        (EndCause.TRANSFERRED, False),
        (EndCause.CONNECTION_LOST, False),
    ],
)
async def test_a_leg_is_over_when_the_caller_has_left(
    rig: OutboundRig, database: Database, tmp_path: Path, cause: EndCause, is_over: bool
) -> None:
    async with SqlCallLog(database, tmp_path) as log:
        call = a_conversation(rig)
        await log.open(call)
        await legs_of(rig).begin(GRANT, a_request())
        await rig.pass_time(30)
        assert len(await under_way(rig)) == 1
        await log.close(call.end(cause, at=rig.clock.wall_ms(), duration_ms=5_000))
        await rig.pass_time(30)
        assert (await under_way(rig) == []) is is_over


def a_conversation(rig: OutboundRig) -> Call:
    return replace(a_call(started_at=rig.clock.wall_ms()), carrier="loopback", carrier_call_id=CALL)
