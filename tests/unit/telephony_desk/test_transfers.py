"""Callers are put through to whom they may be, and come back when nobody is there."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from backend.domain.entities.call import Direction, EndCause
from backend.domain.entities.telephone import Destination
from backend.domain.errors import ConflictError, ProviderError
from backend.domain.ports.channel_port import LineClosed, TransferRefused
from backend.domain.ports.telephony_port import (
    CallProgressed,
    CallUnattended,
    CarrierStatus,
    Connect,
    HangUpCall,
    NoInstruction,
    TransferEnded,
    TransferRequest,
    Whisper,
    WhisperWanted,
)
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.language import SPANISH
from backend.domain.value_objects.phone_number import PhoneNumber
from tests.support.telephone_desk import AGENT, CALL, CARRIER, MADRID, Desk, ToldLine, a_phone_call
from tests.support.virtual_time import run_virtual

SALES = Destination("sales", PhoneNumber("+34910000002"), is_warm=True)
REFERENCE = "ref1"
REACHED = TransferEnded(CALL, REFERENCE, True)
NOT_REACHED = TransferEnded(CALL, REFERENCE, False)


async def transferring(desk: Desk, summary: str = "Pedro wants a price.") -> None:
    """Let a call begin and be put through."""
    await desk.connected()
    await desk.transfers.begin(desk.calls.of(CARRIER, CALL), SALES, summary)


def test_a_caller_is_put_through_and_the_destination_is_told_about_it() -> None:
    async def scene() -> None:
        desk = Desk()
        await desk.connected()
        phone = desk.calls.of(CARRIER, CALL)
        phone.language = SPANISH
        await desk.transfers.begin(phone, SALES, "Pedro pregunta un precio.")
        assert desk.carrier.transfers == [
            TransferRequest(SALES, MADRID, REFERENCE, "Pedro pregunta un precio.", SPANISH, max_seconds=3_600)
        ]
        assert await desk.told(WhisperWanted(REFERENCE)) == Whisper("Pedro pregunta un precio.", SPANISH)
        assert await desk.told(WhisperWanted("ref2")) == NoInstruction()
        desk.calls.close()

    run_virtual(scene())


@pytest.mark.parametrize(
    "number", ["+34806123456", "+881612345678", "+442079460958", "+18095550100", "+34112112"]
)
def test_a_model_that_always_obeys_dials_no_forbidden_number(number: str) -> None:
    async def scene() -> None:
        desk = Desk(prefixes=("+34", "+1"))
        await desk.connected()
        phone = desk.calls.of(CARRIER, CALL)
        with pytest.raises(ConflictError) as caught:
            await desk.transfers.begin(phone, replace(SALES, number=PhoneNumber(number)), "")
        assert caught.value.code == "forbidden-number"
        assert desk.carrier.transfers == []
        assert phone.transfer is None
        desk.calls.close()

    run_virtual(scene())


def test_nothing_is_dialled_unless_it_is_listed() -> None:
    async def scene() -> None:
        desk = Desk(prefixes=())
        with pytest.raises(ConflictError):
            await transferring(desk)
        assert desk.carrier.transfers == []
        desk.calls.close()

    run_virtual(scene())


def test_a_caller_is_put_through_to_one_at_a_time() -> None:
    async def scene() -> None:
        desk = Desk()
        await transferring(desk)
        with pytest.raises(ConflictError) as caught:
            await desk.transfers.begin(desk.calls.of(CARRIER, CALL), SALES, "")
        assert caught.value.code == "transfer-under-way"
        assert len(desk.carrier.transfers) == 1
        desk.calls.close()

    run_virtual(scene())


def test_a_carrier_that_refuses_leaves_the_way_free_for_another_try() -> None:
    async def scene() -> None:
        desk = Desk()
        desk.carrier.fails = True
        with pytest.raises(ProviderError):
            await transferring(desk)
        desk.carrier.fails = False
        await desk.transfers.begin(desk.calls.of(CARRIER, CALL), SALES, "")
        assert await desk.told(WhisperWanted(REFERENCE)) == NoInstruction()
        assert len(desk.carrier.transfers) == 1
        desk.calls.close()

    run_virtual(scene())


def test_the_destination_sees_our_number_whoever_called_whom() -> None:
    async def scene() -> None:
        desk = Desk()
        grant = await desk.connected()
        phone = desk.calls.of(CARRIER, CALL)
        phone.grant = replace(
            grant, direction=Direction.OUTBOUND, caller="+34910000003", called="+34600000001"
        )
        await desk.transfers.begin(phone, SALES, "")
        assert desk.carrier.transfers[0].caller_id == PhoneNumber("+34910000003")
        desk.calls.close()

    run_virtual(scene())


def test_while_the_carrier_has_the_caller_it_is_left_alone() -> None:
    async def scene() -> None:
        desk = Desk()
        await transferring(desk)
        desk.calls.of(CARRIER, CALL).last = a_phone_call(desk, EndCause.TRANSFERRED)
        assert await desk.told(CallUnattended(CALL)) == NoInstruction()
        desk.calls.close()

    run_virtual(scene())


def test_a_line_that_stays_is_told_that_somebody_else_has_the_caller_now() -> None:
    async def scene() -> None:
        desk, line = Desk(), ToldLine()
        await transferring(desk)
        with desk.calls.of(CARRIER, CALL).on(line.live):
            for _ in range(2):
                assert await desk.told(REACHED) == NoInstruction()
        assert line.told == [LineClosed(EndCause.TRANSFERRED)]
        desk.calls.close()

    run_virtual(scene())


def test_a_line_that_stays_is_told_that_nobody_is_there() -> None:
    async def scene() -> None:
        desk, line = Desk(), ToldLine()
        await transferring(desk)
        phone = desk.calls.of(CARRIER, CALL)
        with phone.on(line.live):
            line.heard_at = desk.clock.monotonic_ns()
            for _ in range(2):
                assert await desk.told(NOT_REACHED) == NoInstruction()
            assert line.told == [TransferRefused("not-reached")]
            await desk.transfers.begin(phone, SALES, "again")  # is possible
        desk.calls.close()

    run_virtual(scene())


def test_a_caller_whom_the_carrier_took_away_is_connected_again_when_nobody_is_there() -> None:
    async def scene() -> None:
        desk = Desk()
        await transferring(desk)
        desk.calls.of(CARRIER, CALL).last = a_phone_call(desk, EndCause.TRANSFERRED)
        desk.calls.of(CARRIER, CALL).free_place()
        first = await desk.told(NOT_REACHED)
        assert isinstance(first, Connect)
        assert await desk.told(NOT_REACHED) == first
        grant = await desk.tickets.redeem(first.ticket)
        assert grant is not None
        assert grant.continues == CallId("c" * 32)
        assert len(desk.registry) == 1
        desk.calls.close()

    run_virtual(scene())


def test_a_transfer_that_fails_at_once_waits_for_the_line_to_end() -> None:
    async def scene() -> None:
        desk, line = Desk(), ToldLine()
        await transferring(desk)
        phone = desk.calls.of(CARRIER, CALL)
        await asyncio.sleep(2)  # the stream ended, and with it what came on the line

        async def lives() -> None:
            with phone.on(line.live):
                await asyncio.sleep(1)
                phone.last = a_phone_call(desk, EndCause.TRANSFERRED)

        async with asyncio.TaskGroup() as group:
            group.create_task(lives())
            await asyncio.sleep(0.1)
            grant = await desk.connected(NOT_REACHED)
        assert grant.continues == CallId("c" * 32)
        assert line.told == []
        desk.calls.close()

    run_virtual(scene())


def test_a_transfer_is_not_forgotten_in_a_restart() -> None:
    async def scene() -> None:
        desk = Desk()
        await transferring(desk)
        desk.calls.close()
        desk.history.calls.append(a_phone_call(desk, EndCause.TRANSFERRED))
        desk.restart()
        assert await desk.told(REACHED) == NoInstruction()
        grant = await desk.connected(NOT_REACHED)
        assert (grant.continues, grant.agent_id) == (CallId("c" * 32), AGENT.id)
        desk.calls.close()
        desk.restart()
        await asyncio.sleep(181)
        assert await desk.told(NOT_REACHED) == HangUpCall()

    run_virtual(scene())


def test_who_hangs_up_while_it_rings_is_gone() -> None:
    async def scene() -> None:
        desk = Desk()
        await transferring(desk)
        desk.calls.of(CARRIER, CALL).last = a_phone_call(desk, EndCause.TRANSFERRED)
        await desk.told(CallProgressed(CALL, CarrierStatus.COMPLETED))
        assert await desk.told(NOT_REACHED) == HangUpCall()
        assert await desk.told(WhisperWanted(REFERENCE)) == NoInstruction()
        assert len(desk.registry) == 0

    run_virtual(scene())
