"""A directory of engines with all around it: accounts in memory and a workshop that takes notes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from backend.application.factories.engine_directory import EngineDirectory, House
from backend.application.factories.engine_set import EngineSet
from backend.domain.entities.agent import EngineChoice, ModelChoice
from backend.domain.entities.call import Call, Direction
from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.errors import CallerError, ConfigurationError, FieldError
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
