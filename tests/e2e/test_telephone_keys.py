"""Menus that an agent gets through by pressing keys: tones, as the carrier's side receives them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import pairwise

import numpy as np
import pytest
import pytest_asyncio

from tests.support.speech import flite
from tests.support.telephony.brain import Line
from tests.support.telephony.exchange import Exchange, an_exchange
from tests.support.telephony.handset import RATE, Handset
from tests.support.tones import Press, presses_heard

pytestmark = [pytest.mark.speech, pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]

# ITU-T Q.24: receivers want 40 ms of each key, and as much silence between two. What lies on the way there
# may take some of that, so we give at least twice as much.
LEAST_MS, MOST_MS = 80, 120
PAUSE_MS = 500  # what a ``w`` is to carriers; on top of the silence that is between two keys anyway
MENU = "for sales press one"
NUMBER = "1234567890"
SPOKEN_BEFORE = "I choose sales."
SPOKEN_AFTER = "Thank you very much."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def exchange(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Exchange]:
    async with an_exchange(tmp_path_factory.mktemp("exchange"), hears=MENU) as made:
        yield made


def keys_of(presses: Sequence[Press]) -> str:
    return "".join(press.key for press in presses)


def as_pressed(presses: Sequence[Press], *, pauses: int = 0) -> bool:
    """Whether each key lasted as long as it should, and so did the silence before the next."""
    lasted = [press.ends_ms - press.begins_ms for press in presses]
    between = [after.begins_ms - before.ends_ms - pauses * PAUSE_MS for before, after in pairwise(presses)]
    return all(LEAST_MS <= each <= MOST_MS for each in (*lasted, *between))


async def has_heard_keys(handset: Handset, count: int, *, since: int) -> None:
    """Wait until ``count`` keys were pressed after ``since``."""
    async with asyncio.timeout(10):
        while len(presses_heard(handset.heard()[since:], RATE)) < count:  # noqa: ASYNC110 (an ear is asked)
            await asyncio.sleep(0.1)


async def gets_through(exchange: Exchange, carrier: str) -> None:
    """Two menus, one after the other, and then somebody to thank."""
    script = [
        Line(SPOKEN_BEFORE, "press_keys", {"keys": "12#"}),
        # Not before it is asked for: menus are deaf while they speak.
        Line("", "press_keys", {"keys": "0ww*"}),
        Line(SPOKEN_AFTER),
    ]
    number = await exchange.number(carrier, f"menus {carrier}", script)
    caller = exchange.caller()
    async with exchange.carriers[carrier].call(caller, number) as leg:
        handset = leg.handset
        greeted = await handset.is_answered(since=0)
        asked, answered = [greeted], []
        for _ in script:
            asked.append(await handset.has_said(flite(MENU)))
            answered.append(await handset.is_answered(since=handset.now, quiet_s=1.4))
        heard = handset.heard()
    (call,) = await exchange.ended(caller)

    presses = presses_heard(heard, RATE)
    assert keys_of(presses) == "12#0*"
    first, second = presses[:3], presses[3:]
    assert as_pressed(first)
    assert as_pressed(second, pauses=2)
    # What was said before the first keys is over when they begin; what is said after the last has none.
    assert handset.loud_ms(asked[1], first[0].begins_ms * RATE // 1_000) > 600
    assert first[-1].ends_ms * RATE // 1_000 < asked[2] < second[0].begins_ms * RATE // 1_000
    assert second[-1].ends_ms * RATE // 1_000 < asked[3]
    assert handset.loud_ms(asked[3], answered[-1]) > 600

    said = [turn["heard"].strip() for turn in call["transcript"] if turn["role"] == "agent"]
    assert said == ["Hello.", f"{SPOKEN_BEFORE} [keys 1 2 #]", "[keys 0 w w *]", SPOKEN_AFTER]
    assert leg.errors == []
    caller_side, agent_side = await exchange.recording(call)
    assert presses_heard(caller_side, RATE) == []
    assert_lie_alike(presses, presses_heard(agent_side, RATE))


def assert_lie_alike(heard: Sequence[Press], recorded: Sequence[Press]) -> None:
    """The recording has the keys where the line had them."""
    assert keys_of(recorded) == keys_of(heard)
    offsets = [there.begins_ms - here.begins_ms for here, there in zip(heard, recorded, strict=True)]
    assert np.ptp(offsets) <= 40


async def test_an_agent_presses_keys_for_a_menu(exchange: Exchange) -> None:
    async with asyncio.TaskGroup() as group:
        for carrier in exchange.carriers:
            group.create_task(gets_through(exchange, carrier))
    assert await exchange.is_idle()
    assert exchange.tracebacks == []


async def presses_on(
    exchange: Exchange, carrier: str, otherwise: str, acts: Callable[[Handset], object]
) -> None:
    """Whoever is called does something while the agent presses many keys: these are pressed all the same, as
    nobody knows which of them a receiver has taken, and then the agent answers what it was."""
    name = f"presses on {carrier} {otherwise}"
    script = [Line(SPOKEN_BEFORE, "press_keys", {"keys": NUMBER}), Line(SPOKEN_AFTER)]
    number, caller = await exchange.number(carrier, name, script), exchange.caller()
    async with exchange.carriers[carrier].call(caller, number) as leg:
        handset = leg.handset
        await handset.is_answered(since=0)
        asked = await handset.has_said(flite(MENU))
        await has_heard_keys(handset, 2, since=asked)
        acts(handset)
        await handset.is_answered(since=asked, quiet_s=1.5)
        presses = presses_heard(handset.heard(), RATE)
    (call,) = await exchange.ended(caller)
    assert keys_of(presses) == NUMBER
    assert as_pressed(presses)
    assert exchange.brain.asked[name][-1] == otherwise
    said = [(turn["role"], turn["heard"].strip()) for turn in call["transcript"]]
    pressed = f"{SPOKEN_BEFORE} [keys {' '.join(NUMBER)}]"
    assert said[-3:] == [("agent", pressed), ("caller", otherwise), ("agent", SPOKEN_AFTER)]
    assert leg.errors == []
    assert_lie_alike(presses, presses_heard((await exchange.recording(call))[1], RATE))


def presses_a_key(handset: Handset) -> None:
    handset.press("5#")


def speaks(handset: Handset) -> None:
    handset.say(flite(MENU))


async def test_keys_are_pressed_to_the_end_whatever_comes_meanwhile(exchange: Exchange) -> None:
    async with asyncio.TaskGroup() as group:
        for carrier in exchange.carriers:
            group.create_task(presses_on(exchange, carrier, "[keys 5]", presses_a_key))
            group.create_task(presses_on(exchange, carrier, MENU, speaks))
    assert exchange.tracebacks == []
