"""Orders whose call is not placed: it is forbidden, something is gone, or the carrier will not or cannot."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backend.domain.entities.outbound_call import OutboundStatus
from backend.domain.errors import ConflictError, FieldError, ProviderError
from backend.domain.ports.telephony_port import DialRequest
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.infrastructure.adapters.telephony.loopback.loopback_adapter import LoopbackAdapter
from backend.infrastructure.database.session import Database
from tests.support.outbound_orders import AMPLE, MADRID, an_order
from tests.support.outbound_rig import OutboundRig, dialling, wired
from tests.support.storage_builders import TENANT, an_agent

pytest_plugins = ["tests.support.outbound_fixtures"]

PREMIUM = PhoneNumber("+34806123456")


async def test_what_may_not_be_called_is_not_called(rig: OutboundRig) -> None:
    for number in (PREMIUM, PhoneNumber("+12125550100")):
        with pytest.raises(ConflictError) as caught:
            await rig.office.place(rig.wish(number))
        assert caught.value.code == "forbidden-number"
    assert await rig.all() == []
    # An order from before the owner changed the list is refused when its time comes.
    order = an_order(to=PREMIUM, carrier="loopback", agent_id=rig.agent_id)
    await rig.orders.add(order, AMPLE)
    rig.carrier.exchange.register(PREMIUM, rig.phones)
    await rig.pass_time(5)
    refused = await rig.the(order)
    assert (refused.status, refused.cause) == (OutboundStatus.REFUSED, "forbidden-number")
    assert rig.phones.dialled == []


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"agent_id": "0" * 32}, "not-found"),
        ({"carrier": "gone"}, "carrier-not-configured"),
        ({"caller_id": PhoneNumber("+34910000009")}, "line-gone"),
    ],
)
async def test_what_is_gone_when_the_time_comes_refuses_the_call(
    rig: OutboundRig, changes: dict[str, Any], cause: str
) -> None:
    order = an_order(**{"agent_id": rig.agent_id, "carrier": "loopback"} | changes)
    await rig.orders.add(order, AMPLE)
    await rig.pass_time(5)
    refused = await rig.the(order)
    assert (refused.status, refused.cause) == (OutboundStatus.REFUSED, cause)


async def test_the_number_to_call_with_is_chosen_or_asked_for(rig: OutboundRig) -> None:
    with pytest.raises(FieldError) as caught:
        await rig.office.place(rig.wish(caller_id=PhoneNumber("+34910000009")))
    assert (caught.value.field, caught.value.code) == ("from", "unknown-line")
    line = (await rig.lines.list(TENANT))[0]
    await rig.lines.add(replace(line, id="2" * 32, number=PhoneNumber("+34910000002"), agent_id="b" * 32))
    assert (await rig.office.place(rig.wish())).caller_id == MADRID  # the agent's own
    other = an_agent(id="c" * 32)
    await rig.agents.add(other)
    with pytest.raises(FieldError) as caught:
        await rig.office.place(replace(rig.wish(), agent_id=other.id))
    assert caught.value.code == "no-line"


async def test_a_number_that_the_carrier_refuses_is_not_tried_again(rig: OutboundRig) -> None:
    nobody = PhoneNumber("+34600000009")
    order = await rig.office.place(rig.wish(nobody, max_attempts=3))
    await rig.settled()
    refused = await rig.the(order)
    assert (refused.status, refused.cause) == (OutboundStatus.REFUSED, "number-refused")


class FailingCarrier(LoopbackAdapter):
    """A loopback whose dialling fails as ``error`` says."""

    error: ProviderError

    async def dial(self, request: DialRequest) -> str:
        raise self.error


@pytest.mark.parametrize(
    ("retryable", "status"), [(True, OutboundStatus.SCHEDULED), (False, OutboundStatus.FAILED)]
)
async def test_a_call_that_was_certainly_not_placed_is_tried_again(
    database: Database, retryable: bool, status: OutboundStatus
) -> None:
    carrier = FailingCarrier.__new__(FailingCarrier)
    carrier.error = ProviderError(
        "acme", "is slow", code="rate-limited", retryable=retryable, retry_after_ms=90_000
    )
    async with dialling(wired(database, carriers={"loopback": carrier})) as rig:
        order = await rig.office.place(rig.wish(max_attempts=2, retry_after_s=30))
        await rig.settled()
        failed = await rig.the(order)
        assert failed.status is status
        assert failed.attempts[0].cause == "rate-limited"
        assert failed.due_at == (rig.clock.wall_ms() + 90_000 if retryable else None)
