"""The engines that a tenant has: made of its accounts, made once, and made anew when the accounts change."""

from __future__ import annotations

import asyncio

import pytest

from backend.domain.errors import StorageError
from tests.support.engine_world import World, a_call, in_a_world, settled


def test_a_tenants_accounts_come_before_the_servers_and_those_before_this_machine() -> None:
    async def story(world: World) -> None:
        world.accounts.put("mine")
        world.accounts.put("other", tenant="elsewhere")
        assert await world.models() == {"mine": "mine:sk-1", "groq": "server's groq", "local": "local"}
        assert list(await world.models("elsewhere")) == ["other", "groq", "local"]

    in_a_world(story)


def test_a_tenants_account_goes_before_the_servers_of_the_same_name_but_never_before_this_machines() -> None:
    async def story(world: World) -> None:
        world.accounts.put("groq")
        world.accounts.put("local")
        assert await world.models() == {"groq": "groq:sk-1", "local": "local"}

    in_a_world(story)


def test_engines_are_made_once_and_started_by_themselves() -> None:
    async def story(world: World) -> None:
        world.accounts.put("mine")
        async with asyncio.TaskGroup() as at_once:
            for number in (1, 2, 3):
                at_once.create_task(world.directory.engines_for(a_call(number)))
        await settled()
        assert world.accounts.reads == 1
        assert world.shop.started == ["server's groq", "local", "mine:sk-1"]

    in_a_world(story)


def test_a_change_while_the_engines_are_being_made_is_not_missed() -> None:
    async def story(world: World) -> None:
        world.accounts.put("mine", "sk-old")
        async with asyncio.TaskGroup() as at_once:
            asking = at_once.create_task(world.models())
            await asyncio.sleep(0.005)  # the accounts are being read
            world.accounts.put("mine", "sk-new")
            at_once.create_task(world.directory.accounts_changed("default"))
        assert asking.done()
        assert (await world.models())["mine"] == "mine:sk-new"
        assert world.accounts.reads == 2

    in_a_world(story)


def test_an_account_that_cannot_be_used_says_why_and_leaves_the_others_alone() -> None:
    async def story(world: World) -> None:
        world.accounts.put("good")
        world.accounts.put("sealed", None)
        world.accounts.put("old", kind="outdated")
        world.accounts.put("gone", kind="unknown")
        world.accounts.put("gone-and-sealed", None, kind="unknown")
        assert await world.models() == {
            "good": "good:sk-1",
            "sealed": "Its stored key cannot be read; enter it again.",
            "old": "this field is not known",
            "groq": "server's groq",
            "local": "local",
        }

    in_a_world(story)


def test_a_database_that_refuses_is_asked_again() -> None:
    async def story(world: World) -> None:
        world.accounts.put("mine")
        world.accounts.trouble = StorageError("no")
        with pytest.raises(StorageError):
            await world.directory.engines_for(a_call())
        world.accounts.trouble = None
        assert "mine" in await world.models()

    in_a_world(story)
