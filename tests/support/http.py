"""The web application on real storage, for tests of the HTTP interface."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import httpx2

from backend.application.services.api_keys import ApiKeys
from backend.application.services.provider_accounts import ProviderAccounts
from backend.application.services.telephony.carrier_requests import CarrierRequests
from backend.application.services.voice_preview import VoicePreview
from backend.domain.ports.api_key_port import ApiKey
from backend.domain.value_objects.language import ENGLISH, SPANISH
from backend.domain.value_objects.readiness import READY
from backend.infrastructure.database.call_log import SqlCallLog
from backend.infrastructure.database.repositories.sqlalchemy_repositories import (
    SqlAgentRepository,
    SqlAgentVersions,
    SqlApiKeyRepository,
    SqlCallRepository,
    SqlCallStatistics,
    SqlPhoneLineRepository,
    SqlProviderAccountRepository,
    SqlRetentionRepository,
)
from backend.infrastructure.database.session import Database
from backend.infrastructure.security.api_keys import digest_of, mint_key, new_key, prefix_of
from backend.infrastructure.security.core import ApiKeyAuthenticator, ClientLimits
from backend.infrastructure.security.edge import edge_middleware
from backend.infrastructure.security.master_keys import MasterKeys
from backend.infrastructure.security.secret_box import SecretBox
from backend.infrastructure.storage.file_recording_store import FileRecordingStore
from backend.infrastructure.tickets.in_process import InProcessTickets
from backend.interfaces.http.app import VictoriaApp, create_app
from backend.interfaces.http.deps import Exposition, Services, Webhooks
from backend.interfaces.http.schemas.options import (
    EngineOption,
    EngineOptions,
    EngineReadiness,
    LanguageOption,
    Options,
    VoiceOption,
)
from backend.interfaces.http.schemas.phone_lines import Carrier
from tests.support.databases import new_sqlite_database
from tests.support.engines import FixedEngines, all_engines_exist
from tests.support.memory import ManualClock
from tests.support.outbound_rig import OutboundRig, wired
from tests.support.provider_kinds import FewKinds
from tests.support.storage_builders import TENANT, new_id
from tests.support.telephone_desk import Desk

BASE_URL = "http://victoria.test"
PUBLIC_URL = "https://victoria.example/voice"

CARRIERS = (
    Carrier(
        name="telnyx",
        configured=False,
        webhook_url=None,
        status_url=None,
        missing=["VICTORIA_TELNYX_API_KEY"],
    ),
    Carrier(
        name="twilio",
        configured=True,
        webhook_url="https://victoria.test/webhook/twilio/voice",
        status_url="https://victoria.test/webhook/twilio/status",
        missing=[],
    ),
)


async def some_options(_tenant: str) -> Options:
    """Return what a server with one of everything offers."""
    engine = EngineOption(
        id="tones",
        name="Tones",
        kind="",
        local=True,
        model="",
        readiness=[EngineReadiness.of(language, READY) for language in (ENGLISH, SPANISH)],
    )
    voice = VoiceOption(engine="tones", id="low", name="Low", language="en", gender="", styles=[])
    return Options(
        languages=[LanguageOption(tag="en", name="English", voices=[voice])],
        engines=EngineOptions(vad=[engine], stt=[engine], llm=[engine], tts=[engine]),
        providers=[],
    )


class Changes:
    """Whose provider accounts have changed, in order."""

    def __init__(self) -> None:
        self.tenants: list[str] = []

    async def tell(self, tenant: str) -> None:
        """They are others now."""
        self.tenants.append(tenant)


@dataclass(frozen=True, slots=True)
class Site:
    """A running application: what it was made of, and a client that holds a key."""

    app: VictoriaApp
    services: Services
    log: SqlCallLog
    keys: SqlApiKeyRepository
    recordings: FileRecordingStore
    clock: ManualClock
    key: str
    client: httpx2.AsyncClient
    kinds: FewKinds
    changes: Changes
    outbound: OutboundRig

    def visitor(self, **headers: str) -> httpx2.AsyncClient:
        """Return a client without a key."""
        return client_of(self.app, **headers)

    async def with_key_of(self, tenant: str) -> httpx2.AsyncClient:
        """Return a client that holds a new key of ``tenant``."""
        return client_of(self.app, **{"X-API-Key": await add_key(self.keys, tenant)})

    def rebuilt(self, *, trusted_proxies: tuple[str, ...] = (), **changes: Any) -> Self:
        """Return the same site with other services, and with its client talking to that."""
        services = replace(self.services, **changes)
        app = create_app(services, outer=edge_middleware(trusted_proxies))
        return replace(self, app=app, services=services, client=client_of(app, **{"X-API-Key": self.key}))


def client_of(app: Callable[..., Any], *, address: str = "192.0.2.7", **headers: str) -> httpx2.AsyncClient:
    """Return a client of ``app`` that comes from ``address``."""
    transport = httpx2.ASGITransport(app=app, client=(address, 50_000), raise_app_exceptions=False)
    return httpx2.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers)


async def add_key(keys: SqlApiKeyRepository, tenant: str) -> str:
    """Store a new key of ``tenant`` and return it."""
    key = new_key()
    await keys.add(ApiKey(new_id(), tenant, "Test", prefix_of(key), digest_of(key), created_at=0))
    return key


def webhooks_of(desk: Desk, *, limits: str = "100000/minute") -> Webhooks:
    """Return webhooks for the carrier of ``desk``."""
    requests = CarrierRequests({desk.carrier.name: desk.carrier}, desk.desk)
    return Webhooks(requests, PUBLIC_URL, ClientLimits(requests=limits))


@asynccontextmanager
async def a_site(folder: Path) -> AsyncIterator[Site]:
    """Yield an application on an empty SQLite database in ``folder``."""
    async with Database(new_sqlite_database(folder)) as database, SqlCallLog(database, folder) as log:
        keys, clock = SqlApiKeyRepository(database), ManualClock()
        kinds, changes = FewKinds(), Changes()
        recordings = FileRecordingStore(folder)
        authenticator = ApiKeyAuthenticator(keys, clock)
        outbound = wired(database, clock=clock)
        services = Services(
            accounts=ProviderAccounts(
                SqlProviderAccountRepository(database, SecretBox(MasterKeys(folder)), kinds),
                kinds,
                clock,
                changed=changes.tell,
            ),
            agents=SqlAgentRepository(database),
            agent_versions=SqlAgentVersions(database),
            api_keys=ApiKeys(keys, clock, new_id=new_id, mint=mint_key, forget=authenticator.forget),
            phone_lines=SqlPhoneLineRepository(database),
            outbound=outbound.services,
            retention=SqlRetentionRepository(database),
            calls=SqlCallRepository(database, recordings),
            statistics=SqlCallStatistics(database),
            recordings=recordings,
            tickets=InProcessTickets(clock),
            live_tickets=InProcessTickets(clock),
            authenticator=authenticator,
            limits=ClientLimits(requests="100000/minute", failures="100000/minute"),
            clock=clock,
            new_id=new_id,
            options=some_options,
            unknown_engines=all_engines_exist,
            preview_voice=VoicePreview(FixedEngines()),
            preview_limits=ClientLimits(requests="100000/minute"),
            version="0.0.0",
            is_loopback_only=False,
            carriers=CARRIERS,
            webhooks=webhooks_of(Desk()),
            metrics=lambda: Exposition(b"up 1\n", "text/plain; version=0.0.4; charset=utf-8"),
        )
        key = await add_key(keys, TENANT)
        app = create_app(services, outer=edge_middleware(()))
        async with client_of(app, **{"X-API-Key": key}) as client, outbound.dialler.running():
            yield Site(app, services, log, keys, recordings, clock, key, client, kinds, changes, outbound)
