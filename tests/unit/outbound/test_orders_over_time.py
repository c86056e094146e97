"""From an order to its end: when it is dialled, what carriers tell of it, and when it is tried again."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from backend.domain.entities.call import Direction
from backend.domain.entities.outbound_call import OutboundStatus
from backend.domain.entities.telephone import Telephone
from backend.domain.errors import ConflictError, LimitError
from backend.domain.ports.telephony_port import CarrierStatus, MachineDetection
from backend.domain.value_objects.answerer import Answerer, OnMachine
from backend.domain.value_objects.language import SPANISH
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.infrastructure.database.session import Database
from tests.support.outbound_orders import AMPLE, ANYBODY, MADRID, an_attempt, an_order
from tests.support.outbound_rig import BUSY, NO_ANSWER, RINGING, OutboundRig, dialling, wired
from tests.support.storage_builders import TENANT

pytest_plugins = ["tests.support.outbound_fixtures"]


async def test_a_call_is_dialled_rings_is_answered_and_ends(rig: OutboundRig) -> None:
    order = await rig.office.place(rig.wish(variables={"name": "José"}))
    assert order.status is OutboundStatus.DIALLING
    await rig.settled()
    (request,) = rig.phones.dialled
    assert (request.to, request.caller_id) == (ANYBODY, MADRID)
    assert request.max_seconds == 30 * 60 + 60  # a minute more than our own clock lets it last
    call = rig.phones.calls[request.reference]

    await rig.tracking.progressed(request.reference, RINGING)
    assert (await rig.the(order)).status is OutboundStatus.RINGING

    grant = await rig.tracking.answered(request.reference, call)
    assert grant is not None
    assert (grant.tenant, grant.agent_id, grant.carrier) == (TENANT, rig.agent_id, "loopback")
    assert (grant.carrier_call_id, grant.direction) == (call, Direction.OUTBOUND)
    assert (grant.caller, grant.called) == (MADRID.value, ANYBODY.value)
    assert (grant.language, grant.variables, grant.order_id) == (SPANISH, {"name": "José"}, order.id)
    await rig.tracking.answerer(request.reference, Answerer.HUMAN)

    rig.clock.advance(95)
    await rig.tracking.progressed(request.reference, CarrierStatus.COMPLETED)
    over = await rig.the(order)
    assert over.status is OutboundStatus.COMPLETED
    assert over.attempts[0].answerer is Answerer.HUMAN
    assert over.attempts[0].charged_s == 120
    assert await rig.tracking.answered(request.reference, call) is None  # told again, much later


async def test_an_answer_may_come_before_the_carrier_has_named_its_call(rig: OutboundRig) -> None:
    order = an_order(carrier="loopback").begun(an_attempt())
    await rig.orders.add(order, AMPLE)
    reference = order.attempts[0].reference
    assert await rig.tracking.answered(reference, "CA1") is not None
    assert await rig.tracking.answered(reference, "CA2") is None  # that is another call
    assert await rig.tracking.answered("nobody", "CA1") is None


@pytest.mark.parametrize("outcome", [BUSY, NO_ANSWER])
async def test_who_is_not_reached_is_called_again_and_later_each_time(
    rig: OutboundRig, outcome: CarrierStatus
) -> None:
    rig.phones.script = [[RINGING, outcome]] * 3
    order = await rig.office.place(rig.wish(max_attempts=3, retry_after_s=60))
    await rig.settled()
    assert (await rig.the(order)).status is OutboundStatus.SCHEDULED
    await rig.pass_time(59)
    assert len(rig.phones.dialled) == 1
    await rig.pass_time(6)
    assert len(rig.phones.dialled) == 2
    await rig.pass_time(115)
    assert len(rig.phones.dialled) == 2  # twice as long
    await rig.pass_time(15)
    assert len(rig.phones.dialled) == 3
    over = await rig.the(order)
    assert over.status.value == outcome.value
    assert [attempt.status.value for attempt in over.attempts] == [outcome.value] * 3
    await rig.pass_time(3_600)
    assert len(rig.phones.dialled) == 3


async def test_a_call_waits_for_its_time(rig: OutboundRig) -> None:
    order = await rig.office.place(rig.wish(not_before=rig.clock.wall_ms() + 60_000))
    assert order.status is OutboundStatus.SCHEDULED
    await rig.pass_time(59)
    assert rig.phones.dialled == []
    await rig.pass_time(6)
    assert len(rig.phones.dialled) == 1


async def test_the_same_idempotency_key_dials_once(rig: OutboundRig) -> None:
    first = await rig.office.place(rig.wish(idempotency_key="bill-7"))
    again = await rig.office.place(rig.wish(idempotency_key="bill-7"))
    assert again.id == first.id
    await rig.settled()
    assert len(rig.phones.dialled) == 1
    with pytest.raises(ConflictError) as caught:
        await rig.office.place(rig.wish(PhoneNumber("+34600000002"), idempotency_key="bill-7"))
    assert caught.value.code == "idempotency-mismatch"


@pytest.mark.parametrize(
    ("on_machine", "detection"),
    [
        (OnMachine.HANG_UP, MachineDetection.DETECT),
        (OnMachine.LEAVE_MESSAGE, MachineDetection.GREETING_END),
        (OnMachine.CONTINUE, MachineDetection.OFF),
    ],
)
async def test_the_agent_says_whether_the_carrier_listens_for_machines(
    rig: OutboundRig, on_machine: OnMachine, detection: MachineDetection
) -> None:
    agent = await rig.agents.get(TENANT, rig.agent_id)
    telephone = Telephone(on_machine=on_machine, voicemail="Call us back.")
    await rig.agents.update(replace(agent, telephone=telephone, version=2))
    await rig.office.place(rig.wish())
    await rig.settled()
    assert rig.phones.dialled[0].detection is detection


async def test_nobody_is_called_whom_we_could_not_speak_to(database: Database) -> None:
    async with dialling(wired(database, max_calls=1)) as rig:
        with rig.registry.place():
            with pytest.raises(LimitError) as caught:
                await rig.office.place(rig.wish())
            assert caught.value.code == "lines-busy"
            await rig.office.place(rig.wish(not_before=rig.clock.wall_ms() + 1_000))
            await rig.pass_time(60)
            assert rig.phones.dialled == []  # it waits, and is not refused
        await rig.pass_time(15)
        assert len(rig.phones.dialled) == 1


async def test_what_waits_is_dialled_as_the_limits_let_it(database: Database) -> None:
    async with dialling(wired(database, limits=replace(AMPLE, per_minute=2))) as rig:
        for _ in range(5):
            await rig.office.place(rig.wish(not_before=rig.clock.wall_ms() + 1_000))
        dialled = []
        for _ in range(3):
            await rig.pass_time(60)
            dialled.append(len(rig.phones.dialled))
        assert dialled == [2, 4, 5]


async def test_a_runner_that_runs_dials_what_is_due(database: Database) -> None:
    async with dialling(wired(database)) as rig:
        pass  # it has its agent, its line and its telephones now
    await rig.orders.add(an_order(carrier="loopback", agent_id=rig.agent_id), AMPLE)
    async with rig.runner.running():
        await asyncio.wait_for(rig.phones.rang.wait(), 10)
        await rig.settled()
    (order,) = await rig.all()
    assert order.under_way is not None
    assert order.under_way.carrier_call_id in rig.phones.calls.values()
