"""From an order to its end: dialling, what carriers tell, retries, cancelling, restarts."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.domain.entities.call import Call, Direction, EndCause
from backend.domain.entities.outbound_call import OutboundStatus
from backend.domain.entities.telephone import Telephone
from backend.domain.errors import ConflictError, FieldError, LimitError, ProviderError
from backend.domain.ports.telephony_port import CarrierStatus, DialRequest, MachineDetection
from backend.domain.value_objects.answerer import Answerer, OnMachine
from backend.domain.value_objects.language import SPANISH
from backend.domain.value_objects.phone_number import PhoneNumber
from backend.infrastructure.adapters.telephony.loopback.loopback_adapter import LoopbackAdapter
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.session import Database
from tests.support.outbound_orders import AMPLE, ANYBODY, MADRID, an_attempt, an_order
from tests.support.outbound_rig import OutboundRig, dialling, wired
from tests.support.storage_builders import TENANT, a_call, an_agent

BUSY, NO_ANSWER, RINGING = CarrierStatus.BUSY, CarrierStatus.NO_ANSWER, CarrierStatus.RINGING
PREMIUM = PhoneNumber("+34806123456")


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


async def test_the_same_idempotency_key_dials_once(rig: OutboundRig) -> None:
    first = await rig.office.place(rig.wish(idempotency_key="bill-7"))
    again = await rig.office.place(rig.wish(idempotency_key="bill-7"))
    assert again.id == first.id
    await rig.settled()
    assert len(rig.phones.dialled) == 1
    with pytest.raises(ConflictError) as caught:
        await rig.office.place(rig.wish(PhoneNumber("+34600000002"), idempotency_key="bill-7"))
    assert caught.value.code == "idempotency-mismatch"


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


async def test_what_a_dead_process_was_dialling_has_failed(database: Database) -> None:
    before = wired(database, process="dead")
    dialling_order = an_order(carrier="loopback").begun(an_attempt(process="dead"))
    ringing = an_order(carrier="loopback").begun(replace(an_attempt(process="dead"), carrier_call_id="CA1"))
    for order in (dialling_order, ringing):
        await before.orders.add(order, AMPLE)
    rig = wired(database, limits=replace(AMPLE, at_once=2))
    await rig.runner.turn()
    failed = await rig.the(dialling_order)
    assert (failed.status, failed.cause) == (OutboundStatus.FAILED, "process-died")
    assert failed.attempts[0].charged_s == 0
    assert (await rig.the(ringing)).status is OutboundStatus.DIALLING
    # If the carrier has placed the call after all, whoever answers is not connected.
    assert await rig.tracking.answered(failed.attempts[0].reference, "CA2") is None
    # The call that rings goes on with us.
    reference = ringing.attempts[0].reference
    assert await rig.tracking.answered(reference, "CA1") is not None


async def test_a_carrier_that_says_nothing_does_not_keep_the_place(rig: OutboundRig) -> None:
    order = await rig.office.place(rig.wish())
    await rig.settled()
    await rig.pass_time(119)
    assert (await rig.the(order)).under_way is not None
    await rig.pass_time(10)
    failed = await rig.the(order)
    assert (failed.status, failed.cause) == (OutboundStatus.FAILED, "carrier-silent")
    assert len(rig.phones.hung_up) == 1


async def test_a_call_is_over_when_its_conversation_is_even_if_the_carrier_is_silent(
    rig: OutboundRig, database: Database, tmp_path: Path
) -> None:
    async with SqlCallLog(database, tmp_path) as log:
        for cause, status in (
            (EndCause.AGENT_HUNG_UP, OutboundStatus.COMPLETED),
            (EndCause.TRANSFERRED, OutboundStatus.LIVE),
            (EndCause.CONNECTION_LOST, OutboundStatus.LIVE),
        ):
            order = await rig.office.place(rig.wish())
            await rig.settled()
            reference = rig.phones.dialled[-1].reference
            carrier_call_id = rig.phones.calls[reference]
            await rig.tracking.answered(reference, carrier_call_id)
            call = conversation(rig, carrier_call_id)
            await log.open(call)
            await rig.runner.turn()
            assert (await rig.the(order)).status is OutboundStatus.LIVE
            await log.close(call.end(cause, at=rig.clock.wall_ms(), duration_ms=5_000))
            await rig.pass_time(30)
            assert (await rig.the(order)).status is status
            assert (await rig.orders.get(TENANT, order.id)).call_id == call.id
        await rig.pass_time(1_900 + 125)
        assert {each.status for each in await rig.all()} == {OutboundStatus.COMPLETED}


def conversation(rig: OutboundRig, carrier_call_id: str) -> Call:
    return replace(
        a_call(started_at=rig.clock.wall_ms()),
        direction=Direction.OUTBOUND,
        carrier="loopback",
        carrier_call_id=carrier_call_id,
    )


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
