"""Somebody calls one of our numbers: who answers, and who is told to call again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from backend.domain.entities.call import Direction
from backend.domain.ports.telephony_port import (
    Apologise,
    CallOffered,
    CallProgressed,
    CarrierStatus,
    Connect,
    HangUpCall,
    Instruction,
    NoInstruction,
    TurnAway,
)
from backend.domain.ports.ticket_port import PhoneGrant
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from tests.support.telephone_desk import (
    AGENT,
    CALL,
    CALLER,
    CARRIER,
    LINE,
    MADRID,
    OFFER,
    Desk,
    MemoryAgents,
    MemoryLines,
    a_phone_call,
)
from tests.support.virtual_time import run_virtual

Scene = Callable[[], Coroutine[Any, Any, None]]


def played(scene: Scene) -> None:
    run_virtual(scene())


def test_the_number_decides_who_answers() -> None:
    async def scene() -> None:
        desk = Desk(lines=MemoryLines(replace(LINE, language=SPANISH)))
        assert await desk.connected() == PhoneGrant(
            tenant="home",
            agent_id=AGENT.id,
            carrier=CARRIER,
            carrier_call_id=CALL,
            direction=Direction.INBOUND,
            caller=CALLER,
            called=MADRID.value,
            language=SPANISH,
        )
        desk.calls.close()

    played(scene)


def test_the_carrier_ends_a_call_that_we_do_not_end() -> None:
    async def scene() -> None:
        desk = Desk()
        instruction = await desk.told(OFFER)
        assert isinstance(instruction, Connect)
        longest_s = AGENT.turn_taking.limits.max_call_ms / 1_000
        assert longest_s < instruction.max_seconds <= longest_s + 120
        desk.calls.close()

    played(scene)


@pytest.mark.parametrize(
    "desk_of",
    [
        lambda: Desk(lines=MemoryLines()),
        lambda: Desk(lines=MemoryLines(replace(LINE, carrier="other"))),
        lambda: Desk(agents=MemoryAgents()),
        lambda: Desk(agents=MemoryAgents(replace(AGENT, tenant="others"))),
        lambda: Desk(agents=MemoryAgents(replace(AGENT, is_archived=True))),
    ],
    ids=["no line", "of another carrier", "no agent", "of another tenant", "archived"],
)
def test_a_number_that_nobody_answers_is_not_in_service(desk_of: Callable[[], Desk]) -> None:
    async def scene() -> None:
        desk = desk_of()
        assert await desk.told(OFFER) == TurnAway(is_busy=False)
        assert len(desk.registry) == 0

    played(scene)


@pytest.mark.parametrize("called", ["sip:ana@example.com", "", "34910000001", "+34 910", "anonymous"])
def test_what_is_no_number_is_not_in_service(called: str) -> None:
    async def scene() -> None:
        desk = Desk()
        assert await desk.told(CallOffered(CALL, CALLER, called)) == TurnAway(is_busy=False)
        assert desk.lines.asked == 0

    played(scene)


@pytest.mark.parametrize(
    ("language", "own", "spoken", "words"),
    [
        (None, ENGLISH, ENGLISH, "all our lines are busy"),
        (None, Language("es-MX"), Language("es-MX"), "líneas están ocupadas"),
        (SPANISH, ENGLISH, SPANISH, "líneas están ocupadas"),
        (None, Language("fr"), ENGLISH, "all our lines are busy"),
    ],
)
@pytest.mark.parametrize("why", ["full", "draining"])
def test_one_call_too_many_hears_an_apology_in_its_language(
    why: str, language: Language | None, own: Language, spoken: Language, words: str
) -> None:
    async def scene() -> None:
        desk = Desk(
            max_calls=0 if why == "full" else 10,
            lines=MemoryLines(replace(LINE, language=language)),
            agents=MemoryAgents(replace(AGENT, language=own)),
        )
        desk.registry.is_draining = why == "draining"
        apology = await desk.told(OFFER)
        assert isinstance(apology, Apologise)
        assert words in apology.text
        assert apology.language == spoken
        assert len(desk.registry) == 0

    played(scene)


def test_the_same_call_offered_ten_times_gets_one_ticket() -> None:
    async def scene() -> None:
        desk = Desk()
        instructions: list[Instruction] = []

        async def offer() -> None:
            instructions.append(await desk.told(OFFER))

        async with asyncio.TaskGroup() as group:
            for _ in range(5):
                group.create_task(offer())
        for _ in range(5):
            await offer()
        assert len({instruction.ticket for instruction in instructions}) == 1  # type: ignore[union-attr]
        assert len(desk.registry) == 1
        assert desk.lines.asked == 1
        desk.calls.close()

    played(scene)


def test_a_call_that_was_answered_before_a_restart_gets_no_second_ticket() -> None:
    async def scene() -> None:
        desk = Desk()
        desk.history.calls.append(a_phone_call(desk))
        assert await desk.told(OFFER) == NoInstruction()
        assert len(desk.registry) == 0

    played(scene)


def test_a_place_is_kept_for_who_was_let_in() -> None:
    async def scene() -> None:
        desk = Desk(max_calls=1)
        assert isinstance(await desk.told(OFFER), Connect)
        assert isinstance(await desk.told(replace(OFFER, carrier_call_id="AC2")), Apologise)
        await desk.told(CallProgressed(CALL, CarrierStatus.CANCELLED))
        assert isinstance(await desk.told(replace(OFFER, carrier_call_id="AC3")), Connect)
        desk.calls.close()
        assert len(desk.registry) == 0

    played(scene)


def test_a_place_is_kept_as_long_as_its_ticket_is_good() -> None:
    async def scene() -> None:
        desk = Desk(max_calls=1)
        instruction = await desk.told(OFFER)
        assert isinstance(instruction, Connect)
        await asyncio.sleep(59)
        assert len(desk.registry) == 1
        await asyncio.sleep(1.1)
        assert len(desk.registry) == 0
        assert await desk.tickets.redeem(instruction.ticket) is None

    played(scene)


def test_a_call_that_ended_before_it_was_answered_gets_no_ticket() -> None:
    async def scene() -> None:
        desk = Desk()
        async with asyncio.TaskGroup() as group:
            offering = group.create_task(desk.told(OFFER))
            await asyncio.sleep(0.005)  # while the number is looked up
            await desk.told(CallProgressed(CALL, CarrierStatus.CANCELLED))
        assert offering.result() == HangUpCall()
        assert len(desk.registry) == 0

    played(scene)
