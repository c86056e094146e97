"""Whose engines there are: this server's for everybody, and those of each tenant's own accounts.

A tenant's engines are made when they are first asked for, and kept. When its accounts change they are
retired: new calls get new engines, and the old ones are closed when the last call that uses them has ended.
So a call keeps the engines it began with, and a key is not used for longer than its last call.

A call borrows from the moment its engines are handed out until ``call_ended``. One that is never run (its
line failed in that moment) loses its loan after ``UNSTARTED_LOAN_S``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol, Self

from backend.application.factories.engine_set import EngineSet
from backend.application.factories.provider_registry import ProviderRegistry
from backend.application.services.call_services import Engines
from backend.application.services.speech_cache import SpeechCache
from backend.domain.entities.call import Call
from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.entities.timeline import TimelineEntry
from backend.domain.errors import CallerError, ConfigurationError, ConflictError, NotFoundError, VictoriaError
from backend.domain.ports.provider_account_port import ProviderAccountRepository
from backend.domain.ports.vad_port import VadPort
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.secret import Secret

UNSTARTED_LOAN_S: Final = 30.0

_log = logging.getLogger(__name__)


class EngineBuilder(Protocol):
    """Makes engines of accounts."""

    def build(self, account: ProviderAccount, key: Secret | None) -> EngineSet:
        """Return the account's engines, not yet started.

        Raises ``CallerError`` (``FieldError`` for a setting) if nothing can be made of the account.
        """
        ...

    def unavailable(self, account: ProviderAccount, detail: str) -> EngineSet:
        """Return engines in their place that only say why they cannot serve: ``detail``, one sentence.

        Raises ``CallerError`` (``unknown-kind``).
        """
        ...


@dataclass(frozen=True, slots=True)
class House:
    """The engines that the server brings along, by name, in the order in which ``auto`` prefers them."""

    vad: Mapping[str, VadPort]
    sets: Mapping[str, EngineSet]

    @property
    def local_names(self) -> frozenset[str]:
        """The names of this machine's own engines, which no account can have."""
        return frozenset(name for name, engines in self.sets.items() if engines.is_local)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a tenant can choose from."""

    registry: ProviderRegistry
    sets: Mapping[str, EngineSet]

    @classmethod
    def of(
        cls, vad: Mapping[str, VadPort], sets: Mapping[str, EngineSet], speech: SpeechCache | None = None
    ) -> Self:
        """Return the catalogue of ``sets``, which are in the order in which ``auto`` prefers them; ``speech``
        is where the agents' own phrases are kept."""
        registry = ProviderRegistry(
            vad=vad,
            stt={name: engines.stt for name, engines in sets.items() if engines.stt is not None},
            llm={name: engines.llm for name, engines in sets.items() if engines.llm is not None},
            tts={name: engines.tts for name, engines in sets.items() if engines.tts is not None},
            speech=speech or SpeechCache(),
        )
        return cls(registry, sets)


@dataclass(slots=True, eq=False)
class _Room:
    """A tenant's engines, as its accounts were at one time. ``own`` are closed with it."""

    catalogue: Catalogue
    own: tuple[EngineSet, ...]
    loans: int = 0
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class _Loan:
    room: _Room
    expiry: asyncio.TimerHandle = field(repr=False)


class EngineDirectory:
    """Hands out engines while it is ``open``. A ``CallObserver``: it learns there when loans end."""

    def __init__(self, house: House, accounts: ProviderAccountRepository, builder: EngineBuilder) -> None:
        self._house = house
        self._accounts = accounts
        self._builder = builder
        self._speech = SpeechCache()  # bounded for the whole server
        self._rooms: dict[str, _Room] = {}
        self._standing: set[_Room] = set()
        self._loans: dict[CallId, _Loan] = {}
        self._furnishing = asyncio.Lock()
        self._tasks: asyncio.TaskGroup | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Start the server's engines; at the end close all engines, whoever uses them."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                try:
                    for engines in self._house.sets.values():
                        await engines.start()
                    yield
                finally:
                    self._tasks = None
        finally:
            await self._close_all()

    # --- handing out ------------------------------------------------------------------------------

    async def engines_for(self, call: Call) -> Engines:
        """Return the engines of ``call``, which borrows them until it has ended.

        Raises ``ConfigurationError`` (``unknown-engine``) if its agent names one that its tenant has not,
        ``StorageError`` if the tenant's accounts cannot be read.
        """
        room = await self._room_of(call.tenant)
        engines = room.catalogue.registry.engines_for(call.agent)
        loop = asyncio.get_running_loop()
        self._loans[call.id] = _Loan(room, loop.call_later(UNSTARTED_LOAN_S, self._give_back, call.id))
        room.loans += 1
        return engines

    async def catalogue_of(self, tenant: str) -> Catalogue:
        """Return what the tenant can choose from, to be looked at; to use an engine, borrow it.

        Raises ``StorageError`` if the tenant's accounts cannot be read.
        """
        return (await self._room_of(tenant)).catalogue

    @asynccontextmanager
    async def borrowed(self, tenant: str) -> AsyncIterator[ProviderRegistry]:
        """Lend the tenant's engines for a block. Raises as ``catalogue_of``."""
        room = await self._room_of(tenant)
        room.loans += 1
        try:
            yield room.catalogue.registry
        finally:
            self._leave(room)

    async def accounts_changed(self, tenant: str) -> None:
        """From now on hand out engines of the tenant's accounts as they are now."""
        async with self._furnishing:  # one that is being furnished may still be of the old accounts
            room = self._rooms.pop(tenant, None)
            if room is not None:
                room.is_retired = True
                self._close_if_unused(room)

    # --- as an observer of calls ------------------------------------------------------------------

    def call_started(self, call: Call) -> None:
        """The call's loan lasts until its end."""
        loan = self._loans.get(call.id)
        if loan is not None:
            loan.expiry.cancel()

    def entry_appended(self, call: Call, entry: TimelineEntry) -> None:
        """Nothing of it concerns the engines."""

    def call_ended(self, call: Call) -> None:
        """The call needs its engines no longer."""
        self._give_back(call.id)

    # --- rooms ------------------------------------------------------------------------------------

    async def _room_of(self, tenant: str) -> _Room:
        room = self._rooms.get(tenant)
        if room is None:
            async with self._furnishing:
                room = self._rooms.get(tenant) or await self._furnish(tenant)
        return room

    async def _furnish(self, tenant: str) -> _Room:
        own: dict[str, EngineSet] = {}
        for account in await self._accounts.all(tenant):
            engines = await self._engines_of(account)
            if engines is not None and account.id not in self._house.local_names:
                own[account.id] = engines
        if self._tasks is None:  # nobody would close them
            raise VictoriaError("The server is about to stop.", code="draining", retryable=True)
        house = {name: engines for name, engines in self._house.sets.items() if name not in own}
        room = _Room(Catalogue.of(self._house.vad, own | house, self._speech), tuple(own.values()))
        self._rooms[tenant] = room
        self._standing.add(room)
        for engines in room.own:
            self._tasks.create_task(engines.start())  # a call that comes sooner waits for what it needs
        return room

    async def _engines_of(self, account: ProviderAccount) -> EngineSet | None:
        """Return engines that serve, or say why they cannot; None if nobody knows what they would be."""
        try:
            key = await self._accounts.key_of(account) if account.has_key else None
        except ConfigurationError as error:
            _log.warning("a provider's key cannot be read", extra={"engine": account.id, "code": error.code})
            return self._unavailable(account, "Its stored key cannot be read; enter it again.")
        except (ConflictError, NotFoundError):
            return self._unavailable(account, "It is being changed.")  # we are told when that is done
        try:
            return self._builder.build(account, key)
        except CallerError as error:  # it was stored by a version that knew other kinds and settings
            _log.warning("an account cannot be used", extra={"engine": account.id, "code": error.code})
            return self._unavailable(account, error.message)

    def _unavailable(self, account: ProviderAccount, detail: str) -> EngineSet | None:
        try:
            return self._builder.unavailable(account, detail)
        except CallerError:
            return None

    # --- giving back ------------------------------------------------------------------------------

    def _give_back(self, call_id: CallId) -> None:
        loan = self._loans.pop(call_id, None)
        if loan is not None:
            loan.expiry.cancel()
            self._leave(loan.room)

    def _leave(self, room: _Room) -> None:
        room.loans -= 1
        self._close_if_unused(room)

    def _close_if_unused(self, room: _Room) -> None:
        if room.is_retired and room.loans == 0 and self._tasks is not None:
            self._standing.discard(room)
            for engines in room.own:
                self._tasks.create_task(engines.aclose())

    async def _close_all(self) -> None:
        for loan in self._loans.values():
            loan.expiry.cancel()
        self._loans.clear()
        rooms, self._standing = self._standing, set()
        self._rooms.clear()
        async with asyncio.TaskGroup() as closing:
            for engines in [*self._house.sets.values(), *(each for room in rooms for each in room.own)]:
                closing.create_task(engines.aclose())
