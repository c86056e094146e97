"""Engines are lent to calls, replaced when accounts change, and closed when nobody needs them any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from backend.application.factories.engine_directory import UNSTARTED_LOAN_S, EngineDirectory, House
from backend.application.factories.engine_set import EngineSet
from backend.domain.entities.agent import EngineChoice, ModelChoice
from backend.domain.entities.call import Call, Direction
from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.errors import CallerError, ConfigurationError, FieldError, StorageError, VictoriaError
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.secret import Secret
from tests.support.calls import AGENT
from tests.support.scripted import EnergyVad, ScriptedLlm, ScriptedStt, ScriptedTts
from tests.support.virtual_time import run_virtual


@dataclass
class Accounts:
    """A ``ProviderAccountRepository`` in memory; a key of None cannot be read."""

    rows: dict[tuple[str, str], tuple[ProviderAccount, Secret | None]] = field(default_factory=dict)
    trouble: Exception | None = None
    reads: int = 0

    def put(
        self, account_id: str, key: str | None = "sk-1", *, tenant: str = "default", kind: str = "chat"
    ) -> None:
        account = ProviderAccount(account_id, tenant, kind, has_key=True)
        self.rows[tenant, account_id] = (account, None if key is None else Secret(key))

    async def all(self, tenant: str) -> list[ProviderAccount]:
        self.reads += 1
        await asyncio.sleep(0.01)
        if self.trouble is not None:
            raise self.trouble
        return [account for account, _ in self.rows.values() if account.tenant == tenant]

    async def key_of(self, account: ProviderAccount) -> Secret | None:
        key = self.rows[account.tenant, account.id][1]
        if key is None:
            raise ConfigurationError("The key cannot be read.", code="secret-unreadable")
        return key

    async def get(self, tenant: str, account_id: str) -> ProviderAccount:
        raise NotImplementedError

    async def add(self, account: ProviderAccount, key: Secret | None) -> None:
        raise NotImplementedError

    async def update(self, account: ProviderAccount, key: Secret | None) -> None:
        raise NotImplementedError

    async def delete(self, tenant: str, account_id: str) -> None:
        raise NotImplementedError


@dataclass
class Workshop:
    """An ``EngineBuilder`` that notes what becomes of what it has built."""

    started: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    def build(self, account: ProviderAccount, key: Secret | None) -> EngineSet:
        self._know(account)
        if account.kind == "outdated":
            raise FieldError("settings.model", "this field is not known")
        return self.engines(f"{account.id}:{key.reveal() if key else ''}")

    def unavailable(self, account: ProviderAccount, detail: str) -> EngineSet:
        self._know(account)
        return EngineSet(name=detail, llm=ScriptedLlm([]))

    def engines(self, name: str, *, is_local: bool = False) -> EngineSet:
        async def start() -> None:
            self.started.append(name)

        async def close() -> None:
            self.closed.append(name)
            raise RuntimeError("the closing of one does not depend on another's")

        return EngineSet(
            name=name, is_local=is_local, llm=ScriptedLlm([]), starters=(start,), closers=(close,)
        )

    def _know(self, account: ProviderAccount) -> None:
        if account.kind == "unknown":
            raise CallerError("There is no such kind.", code="unknown-kind")


@dataclass
class World:
    """A directory with all around it."""

    accounts: Accounts = field(default_factory=Accounts)
    shop: Workshop = field(default_factory=Workshop)

    def __post_init__(self) -> None:
        ears_and_voice = EngineSet(name="local", is_local=True, stt=ScriptedStt([]), tts=ScriptedTts())
        house = {
            "groq": self.shop.engines("server's groq"),
            "local": replace(
                self.shop.engines("local", is_local=True), stt=ears_and_voice.stt, tts=ears_and_voice.tts
            ),
        }
        self.directory = EngineDirectory(House({"energy": EnergyVad()}, house), self.accounts, self.shop)

    async def models(self, tenant: str = "default") -> dict[str, str]:
        """Return the names of the tenant's models, and by what they are for people."""
        catalogue = await self.directory.catalogue_of(tenant)
        return {name: catalogue.sets[name].name for name in catalogue.registry.llm}


def a_call(number: int = 1, *, llm: str = "auto") -> Call:
    agent = replace(AGENT, engines=EngineChoice(llm=(ModelChoice(llm),)))
    return Call(CallId(f"{number:032x}"), agent, Direction.BROWSER, started_at=0)


def in_a_world(story: Callable[[World], Coroutine[Any, Any, None]]) -> World:
    """Tell ``story`` in virtual time, while the directory is open; return the world at its end."""

    async def told() -> World:
        world = World()
        async with world.directory.open():
            await story(world)
        return world

    return run_virtual(told())


async def settled() -> None:
    await asyncio.sleep(0.1)


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


def test_an_agent_with_an_unknown_engine_borrows_nothing() -> None:
    async def story(world: World) -> None:
        world.accounts.put("mine")
        with pytest.raises(ConfigurationError, match="nobody"):
            await world.directory.engines_for(a_call(llm="nobody"))
        await world.directory.accounts_changed("default")
        await settled()
        assert world.shop.closed == ["mine:sk-1"]

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
