"""The composition root: nobody else names concrete classes, but for ``bootstrap_storage``,
``bootstrap_telephony`` with ``bootstrap_outbound``, and ``bootstrap_engines`` with
``infrastructure/providers``, which make the engines.

``build_application`` puts a server together: it makes the data folder and loads the voice detector, and
connects to nothing. When the lifespan begins come, in order: call log (the database is ours, its schema is
current, journals are replayed, dead calls marked), owner's key and sample agents, engines, carriers of
telephone calls. Everything is closed in the opposite order.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from importlib import metadata
from operator import attrgetter
from typing import Final

from fastapi import FastAPI

from backend.application.factories.engine_directory import EngineDirectory
from backend.application.factories.orchestrator_factory import OrchestratorFactory
from backend.application.services.api_keys import ApiKeys
from backend.application.services.call_registry import CallRegistry
from backend.application.services.call_services import Keeping
from backend.application.services.late_ends import LateEnds
from backend.application.services.live_calls import LiveCalls
from backend.application.services.provider_accounts import ProviderAccounts
from backend.application.services.voice_preview import VoicePreview
from backend.bootstrap_engines import build_house
from backend.bootstrap_storage import build_retention, build_storage, open_storage
from backend.bootstrap_telephony import build_telephone
from backend.domain.entities.agent import AUTO, Agent
from backend.domain.errors import VictoriaError
from backend.domain.ports.observer_port import CallObserver
from backend.domain.ports.ticket_port import TicketGrant, WatchGrant
from backend.domain.use_cases.start_call import StartCall
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.language import ENGLISH, SPANISH
from backend.infrastructure.adapters.clips.recorded_clips import RecordedClips
from backend.infrastructure.adapters.telephony.loopback.loopback_secret import read_loopback_secret
from backend.infrastructure.clock import SystemClock
from backend.infrastructure.config.features import Feature
from backend.infrastructure.config.settings import Settings, load_settings
from backend.infrastructure.database.check import check_database
from backend.infrastructure.database.derivation import deriving
from backend.infrastructure.database.migrate import upgrade
from backend.infrastructure.database.process_life import sole_process
from backend.infrastructure.database.repositories.sqlalchemy_repositories import (
    SqlAgentVersions,
    SqlCallStatistics,
)
from backend.infrastructure.logging.call_lines import CallLines
from backend.infrastructure.logging.config import configure_logging
from backend.infrastructure.monitoring.live_calls import LiveCallMetrics
from backend.infrastructure.monitoring.metrics import CallMetrics, exposition, instrument_http, new_registry
from backend.infrastructure.providers.known_providers import KnownProviders
from backend.infrastructure.security.api_keys import mint_key
from backend.infrastructure.security.core import ApiKeyAuthenticator, ClientLimits
from backend.infrastructure.security.edge import edge_middleware
from backend.infrastructure.security.owner_key import read_owner_key
from backend.infrastructure.tickets.in_process import InProcessTickets
from backend.interfaces.http.app import create_app
from backend.interfaces.http.catalogue import options_of
from backend.interfaces.http.deps import Exposition, Services
from backend.interfaces.http.schemas.options import Options
from backend.interfaces.websocket.endpoints.audio_stream import BrowserCalls, audio_router
from backend.interfaces.websocket.endpoints.live import LiveViews, live_router

TENANT: Final = "default"
LANGUAGES: Final = {ENGLISH: "English", SPANISH: "Español"}
PREVIEWS: Final = "30/minute"


def build_application(settings: Settings | None = None) -> FastAPI:
    """Return the web application with everything behind it, not yet running.

    Raises ``ConfigurationError`` when the settings cannot be used.
    """
    settings = settings or load_settings()
    clock = SystemClock()
    kinds = KnownProviders()
    storage = build_storage(settings, kinds)
    house = build_house(settings, kinds)
    directory = EngineDirectory(house, storage.accounts, kinds)
    registry = CallRegistry(settings.max_calls)
    tickets = InProcessTickets[TicketGrant](clock, weight_of=attrgetter("weight"))
    live_tickets = InProcessTickets[WatchGrant](clock)
    metrics = new_registry() if settings.features.is_enabled(Feature.METRICS) else None
    live = LiveCalls()
    ends = LateEnds()
    observers: list[CallObserver] = [CallLines(), directory, live]
    if metrics is not None:
        observers.append(LiveCallMetrics(CallMetrics(metrics)))
    factory = OrchestratorFactory(
        start_call=StartCall(storage.agents, clock, new_call_id),
        engines=directory,
        clips=RecordedClips(),
        keeping=Keeping(storage.log, storage.recordings, tuple(observers), ends),
        clock=clock,
    )
    telephone = build_telephone(
        settings, storage, registry=registry, factory=factory, clock=clock, new_id=new_id
    )
    authenticator = ApiKeyAuthenticator(storage.keys, clock)
    services = Services(
        agents=storage.agents,
        agent_versions=SqlAgentVersions(storage.database),
        api_keys=ApiKeys(storage.keys, clock, new_id=new_id, mint=mint_key, forget=authenticator.forget),
        retention=storage.retention,
        phone_lines=storage.phone_lines,
        outbound=telephone.placed.services,
        calls=storage.calls,
        statistics=SqlCallStatistics(storage.database),
        recordings=storage.recordings,
        tickets=tickets,
        live_tickets=live_tickets,
        authenticator=authenticator,
        limits=ClientLimits(),
        clock=clock,
        new_id=new_id,
        options=partial(_options, directory, kinds),
        unknown_engines=partial(_unknown_engines, directory),
        preview_voice=VoicePreview(directory),
        preview_limits=ClientLimits(requests=PREVIEWS),
        accounts=ProviderAccounts(
            storage.accounts,
            kinds,
            clock,
            changed=directory.accounts_changed,
            reserved=house.local_names | {AUTO},
        ),
        version=metadata.version("victoria-voice-orchestrator"),
        is_loopback_only=settings.is_loopback_only,
        carriers=telephone.shown,
        webhooks=telephone.webhooks,
        checks={
            "database": partial(check_database, storage.database),
            "calls": partial(_check_calls, registry),
        },
        metrics=None if metrics is None else lambda: Exposition(*exposition(metrics)),
        console_dir=settings.console_dir if settings.features.is_enabled(Feature.CONSOLE) else None,
        allowed_origins=settings.allowed_origins,
    )

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await open_storage(settings, storage, stack, clock=clock, tenant=TENANT, new_id=new_id)
            await stack.enter_async_context(ends.running())
            await stack.enter_async_context(deriving(storage.database))
            await stack.enter_async_context(build_retention(settings, storage, clock).running())
            await stack.enter_async_context(directory.open())
            await stack.enter_async_context(telephone.running())
            # What their engines have to load is better loaded now than during the first call.
            await directory.catalogue_of(TENANT)
            yield

    app = create_app(
        services,
        lifespan=lifespan,
        outer=edge_middleware(settings.trusted_proxies),
        routers=[
            audio_router(BrowserCalls(tickets, registry, factory, settings.origins)),
            live_router(LiveViews(live_tickets, live, settings.origins)),
            telephone.router,
        ],
    )
    app.state.calls = registry
    if metrics is not None:
        instrument_http(app, metrics)
    return app


async def _options(directory: EngineDirectory, kinds: KnownProviders, tenant: str) -> Options:
    return options_of(await directory.catalogue_of(tenant), kinds.all(), LANGUAGES)


async def _unknown_engines(directory: EngineDirectory, agent: Agent) -> list[tuple[str, str]]:
    return (await directory.catalogue_of(agent.tenant)).registry.unknown_engines(agent)


async def _check_calls(registry: CallRegistry) -> None:
    if registry.is_draining:
        raise VictoriaError("The server is about to stop and takes no more calls.", code="draining")


# --- for the command line ---------------------------------------------------------------------------


def read_settings(*, host: str | None = None, port: int | None = None) -> Settings:
    """Return the settings, with what the command line says on top. Raises ``ConfigurationError``."""
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    return load_settings(**given)


def begin_logging(settings: Settings) -> None:
    """Send the process's logs to standard error, as the settings say."""
    configure_logging(settings.log_level, settings.log_format, show_personal=settings.log_personal)


def owner_key(settings: Settings) -> str | None:
    """Return the key that the first start made, or None if its file is gone."""
    return read_owner_key(settings.data_dir)


def loopback_secret(settings: Settings) -> str | None:
    """Return what the loopback carrier of this machine's server is used with, None if there is none."""
    secret = read_loopback_secret(settings.data_dir)
    return None if secret is None else secret.reveal()


async def migrate_database(settings: Settings) -> None:
    """Bring the database to the current schema, unless a server is using it (then it is, or the server is
    older). Raises ``ConfigurationError``."""
    async with build_storage(settings, KnownProviders()).database as database:
        with sole_process(database):
            await upgrade(database)


def new_id() -> str:
    """Return a new random identifier: 32 lower-case hexadecimal digits."""
    return uuid.uuid4().hex


def new_call_id() -> CallId:
    """Return the id of a new call."""
    return CallId(new_id())
