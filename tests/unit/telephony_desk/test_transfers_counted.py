"""What a transfer costs is counted from before its carrier is asked until it is known to be over."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from backend.domain.entities.telephone import Destination
from backend.domain.errors import LimitError, ProviderError
from backend.domain.ports.telephony_port import (
    CallProgressed,
    CarrierStatus,
    TransferEnded,
    TransferRequest,
)
from backend.domain.value_objects.phone_number import PhoneNumber
from tests.support.telephone_desk import AGENT, CALL, CARRIER, Desk, MemoryCarrier, ToldLine
from tests.support.virtual_time import run_virtual

SALES = Destination("sales", PhoneNumber("+34910000002"))
REFERENCE = "ref1"
BEGUN, OVER = ("begun", REFERENCE), ("over", REFERENCE)
JOINED = TransferEnded(CALL, REFERENCE, reached=True, leg_is_over=False)
ENDED = TransferEnded(CALL, REFERENCE, reached=True)
NOT_REACHED = TransferEnded(CALL, REFERENCE, reached=False)


async def put_through(desk: Desk) -> None:
    """Let a call begin and be put through."""
    await desk.connected()
    await desk.transfers.begin(desk.calls.of(CARRIER, CALL), SALES, "")


def test_a_transfer_too_many_is_not_begun_and_another_can_be() -> None:
    async def scene() -> None:
        desk = Desk()
        desk.legs.limit = LimitError("One too many.", code="calls-at-once", retry_after_ms=1)
        with pytest.raises(LimitError):
            await put_through(desk)
        assert desk.carrier.transfers == []
        assert desk.calls.of(CARRIER, CALL).transfer is None
        desk.legs.limit = None
        await desk.transfers.begin(desk.calls.of(CARRIER, CALL), SALES, "")
        assert [request.reference for request in desk.carrier.transfers] == ["ref2"]
        desk.calls.close()

    run_virtual(scene())


def test_what_the_carrier_refuses_costs_nothing() -> None:
    async def scene() -> None:
        desk = Desk()
        desk.carrier.fails = True
        with pytest.raises(ProviderError):
            await put_through(desk)
        assert desk.legs.told == [BEGUN, ("refused", REFERENCE)]
        desk.calls.close()

    run_virtual(scene())


def test_what_the_carrier_was_not_waited_for_may_have_begun() -> None:
    class SlowCarrier(MemoryCarrier):
        async def transfer(self, carrier_call_id: str, request: TransferRequest) -> None:
            await asyncio.sleep(60)

    async def scene() -> None:
        desk = Desk(carrier=SlowCarrier())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(15):
                await put_through(desk)
        assert desk.legs.told == [BEGUN]
        await desk.told(NOT_REACHED)
        assert desk.legs.told == [BEGUN, OVER]
        desk.calls.close()

    run_virtual(scene())


def test_two_who_speak_to_each_other_cost_until_they_are_done() -> None:
    async def scene() -> None:
        desk, line = Desk(), ToldLine()
        await put_through(desk)
        with desk.calls.of(CARRIER, CALL).on(line.live):
            await desk.told(JOINED)
        assert desk.legs.told == [BEGUN]
        await desk.told(ENDED)
        assert desk.legs.told == [BEGUN, OVER]
        desk.calls.close()

    run_virtual(scene())


def test_with_the_call_of_the_caller_the_transfer_ends() -> None:
    async def scene() -> None:
        desk = Desk()
        await put_through(desk)
        await desk.told(CallProgressed(CALL, CarrierStatus.COMPLETED))
        assert desk.legs.told == [BEGUN, OVER]

    run_virtual(scene())


def test_people_may_talk_longer_than_the_agent() -> None:
    async def scene() -> None:
        limits = replace(AGENT.turn_taking.limits, max_call_ms=120_000)
        desk = Desk()
        desk.agents.agents[AGENT.id] = replace(AGENT, turn_taking=replace(AGENT.turn_taking, limits=limits))
        await put_through(desk)
        assert desk.carrier.transfers[0].max_seconds == desk.legs.most_seconds == 3_600
        desk.calls.close()

    run_virtual(scene())
