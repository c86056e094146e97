"""Engines are lent to calls, and closed when they were replaced and nobody needs them any more."""

from __future__ import annotations

import asyncio

import pytest

from backend.application.factories.engine_directory import UNSTARTED_LOAN_S
from backend.domain.errors import ConfigurationError, VictoriaError
from tests.support.engine_world import World, a_call, in_a_world, settled
from tests.support.virtual_time import run_virtual


def test_a_call_keeps_the_engines_it_began_with_until_it_has_ended() -> None:
    async def story(world: World) -> None:
        world.accounts.put("mine", "sk-old")
        first, second = a_call(1, llm="mine"), a_call(2, llm="mine")
        for call in (first, second):
            await world.directory.engines_for(call)
            world.directory.call_started(call)
        world.accounts.put("mine", "sk-new")
        await world.directory.accounts_changed("default")
        assert (await world.models())["mine"] == "mine:sk-new"
        await asyncio.sleep(3_600)
        world.directory.call_ended(first)
        await settled()
        assert world.shop.closed == []
        world.directory.call_ended(second)
        world.directory.call_ended(second)  # whoever says it twice ends nobody else's loan
        await settled()
        assert world.shop.closed == ["mine:sk-old"]

    in_a_world(story)


def test_engines_that_nobody_uses_are_closed_as_soon_as_they_are_replaced() -> None:
    async def story(world: World) -> None:
        world.accounts.put("mine", "sk-old")
        await world.models()
        await world.directory.accounts_changed("default")
        await world.directory.accounts_changed("somebody else")
        await settled()
        assert world.shop.closed == ["mine:sk-old"]

    world = in_a_world(story)
    assert world.shop.closed.count("mine:sk-old") == 1


def test_engines_outlive_their_calls_as_long_as_the_accounts_stay() -> None:
    async def story(world: World) -> None:
        world.accounts.put("mine")
        await world.directory.engines_for(a_call())
        world.directory.call_started(a_call())
        world.directory.call_ended(a_call())
        await settled()
        assert world.shop.closed == []

    in_a_world(story)


def test_a_call_that_is_never_run_gives_its_engines_back() -> None:
    async def story(world: World) -> None:
        world.accounts.put("mine")
        await world.directory.engines_for(a_call())
        await world.directory.accounts_changed("default")
        await asyncio.sleep(UNSTARTED_LOAN_S - 1)
        assert world.shop.closed == []
        await asyncio.sleep(2)
        assert world.shop.closed == ["mine:sk-1"]

    in_a_world(story)


def test_what_is_borrowed_for_a_block_is_closed_after_it() -> None:
    async def story(world: World) -> None:
        world.accounts.put("mine")
        async with world.directory.borrowed("default"):
            await world.directory.accounts_changed("default")
            await settled()
            assert world.shop.closed == []
        await settled()
        assert world.shop.closed == ["mine:sk-1"]

    in_a_world(story)


def test_an_agent_with_an_unknown_engine_borrows_nothing() -> None:
    async def story(world: World) -> None:
        world.accounts.put("mine")
        with pytest.raises(ConfigurationError, match="nobody"):
            await world.directory.engines_for(a_call(llm="nobody"))
        await world.directory.accounts_changed("default")
        await settled()
        assert world.shop.closed == ["mine:sk-1"]

    in_a_world(story)


def test_at_the_end_everything_is_closed_once_whoever_uses_it() -> None:
    async def story(world: World) -> None:
        world.accounts.put("mine", "sk-old")
        await world.directory.engines_for(a_call())
        world.accounts.put("mine", "sk-new")
        await world.directory.accounts_changed("default")
        await world.models()

    world = in_a_world(story)
    assert sorted(world.shop.closed) == ["local", "mine:sk-new", "mine:sk-old", "server's groq"]
    world.directory.call_ended(a_call())
    assert len(world.shop.closed) == 4


def test_nothing_is_made_that_nobody_would_close() -> None:
    async def story() -> None:
        world = World()
        async with world.directory.open():
            pass
        with pytest.raises(VictoriaError, match="about to stop"):
            await world.directory.engines_for(a_call())

    run_virtual(story())
