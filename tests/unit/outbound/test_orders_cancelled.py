"""Cancelling an order: before its telephone rings, while it rings, and when it is too late."""

from __future__ import annotations

import pytest

from backend.domain.entities.outbound_call import OutboundStatus
from backend.domain.errors import ConflictError
from backend.domain.ports.telephony_port import CarrierStatus
from tests.support.outbound_rig import NO_ANSWER, RINGING, OutboundRig
from tests.support.storage_builders import TENANT

pytest_plugins = ["tests.support.outbound_fixtures"]


async def test_a_ringing_telephone_falls_silent_when_its_call_is_cancelled(rig: OutboundRig) -> None:
    order = await rig.office.place(rig.wish(max_attempts=3))
    await rig.settled()
    reference = rig.phones.dialled[0].reference
    await rig.tracking.progressed(reference, RINGING)
    cancelled = await rig.office.cancel(TENANT, order.id)
    assert cancelled.order.status is OutboundStatus.CANCELLED
    assert rig.phones.hung_up == [rig.phones.calls[reference]]
    # Whatever the carrier makes of it, and whoever took the call at that very moment.
    for status in (CarrierStatus.CANCELLED, NO_ANSWER, CarrierStatus.COMPLETED):
        await rig.tracking.progressed(reference, status)
    assert await rig.tracking.answered(reference, rig.phones.calls[reference]) is None
    assert (await rig.the(order)).status is OutboundStatus.CANCELLED
    await rig.office.cancel(TENANT, order.id)
    assert len(rig.phones.hung_up) == 1


async def test_a_call_that_is_cancelled_while_the_carrier_is_asked_is_hung_up(rig: OutboundRig) -> None:
    order = await rig.office.place(rig.wish())
    await rig.office.cancel(TENANT, order.id)  # before the dialling has had its turn
    await rig.settled()
    assert rig.phones.hung_up == list(rig.phones.calls.values())


async def test_who_speaks_is_not_cancelled(rig: OutboundRig) -> None:
    order = await rig.office.place(rig.wish())
    await rig.settled()
    reference = rig.phones.dialled[0].reference
    await rig.tracking.answered(reference, rig.phones.calls[reference])
    with pytest.raises(ConflictError) as caught:
        await rig.office.cancel(TENANT, order.id)
    assert caught.value.code == "call-live"
    await rig.tracking.progressed(reference, CarrierStatus.COMPLETED)
    with pytest.raises(ConflictError) as caught:
        await rig.office.cancel(TENANT, order.id)
    assert caught.value.code == "call-over"
