"""Orders whose end nobody tells: a process that died, a carrier that is silent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from backend.domain.entities.call import Call, Direction, EndCause
from backend.domain.entities.outbound_call import OutboundStatus
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.session import Database
from tests.support.outbound_orders import AMPLE, an_attempt, an_order
from tests.support.outbound_rig import OutboundRig, wired
from tests.support.storage_builders import TENANT, a_call

pytest_plugins = ["tests.support.outbound_fixtures"]


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
