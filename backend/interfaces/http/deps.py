"""What the endpoints need, and how they get it.

``bootstrap.py`` fills in a ``Services``; the endpoints read it through the dependencies below. There is no
session per request and no container: repositories open their own short transactions.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Protocol, cast

from fastapi import Depends, Request, Security
from fastapi import Path as PathParameter
from fastapi.security import APIKeyHeader
from starlette.exceptions import HTTPException
from starlette.types import Scope

from backend.application.services.api_keys import ApiKeys
from backend.application.services.provider_accounts import ProviderAccounts
from backend.application.services.telephony.carrier_requests import CarrierRequests
from backend.application.services.telephony.outbound.campaigning import CampaignOffice
from backend.application.services.telephony.outbound.placing import OutboundOrders
from backend.application.services.voice_preview import VoicePreview
from backend.domain.entities.agent import Agent
from backend.domain.errors import NotFoundError
from backend.domain.ports.agent_version_port import AgentVersions
from backend.domain.ports.api_key_port import ApiKey
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.outbound_port import OutboundCalls
from backend.domain.ports.persistence_port import AgentRepository, CallRepository
from backend.domain.ports.phone_line_port import PhoneLineRepository
from backend.domain.ports.recording_port import RecordingStore
from backend.domain.ports.retention_port import RetentionRepository
from backend.domain.ports.statistics_port import CallStatisticsPort
from backend.domain.ports.ticket_port import TicketGrant, TicketPort, WatchGrant
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.dial_plan import DialPlan
from backend.interfaces.http.schemas.base import ID_PATTERN
from backend.interfaces.http.schemas.options import Options
from backend.interfaces.http.schemas.phone_lines import Carrier

KEY_HEADER: Final = "X-API-Key"


class Authenticator(Protocol):
    """Knows whose key it is."""

    async def authenticate(self, key: str) -> ApiKey | None:
        """Return the key if it is good now, else None. Raises ``StorageError``."""
        ...


class RequestLimits(Protocol):
    """Knows who asks too often."""

    def admit(self, client: str) -> int | None:
        """Count a request; return None if it may proceed, else how many seconds to wait."""
        ...

    def note_failure(self, client: str) -> None:
        """Count a wrong key."""
        ...


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Where carriers' requests go. ``public_url`` is the address of ours that carriers are told; ``limits``
    count by client."""

    requests: CarrierRequests
    public_url: str
    limits: RequestLimits


@dataclass(frozen=True, slots=True)
class Outbound:
    """Calls that we place: ``office`` takes orders for single ones, which are read in ``orders``. Numbers are
    called that ``plan`` allows."""

    office: OutboundOrders
    orders: OutboundCalls
    campaigns: CampaignOffice
    plan: DialPlan


@dataclass(frozen=True, slots=True)
class Exposition:
    """Metrics, ready to be sent."""

    content: bytes
    media_type: str


Check = Callable[[], Awaitable[None]]
"""Returns when the thing works; raises ``VictoriaError`` with one sentence for people when it does not."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that the HTTP interface uses.

    ``checks`` decide whether the server is ready, by name. ``console_dir`` None serves no console,
    ``metrics`` None no metrics, ``webhooks`` None no carrier. ``is_loopback_only``: nobody but this machine
    can connect, so metrics and the API's description are open. ``options`` are a tenant's;
    ``unknown_engines`` are fields and names of the engines that an agent names and its tenant has not.
    ``preview_limits`` count by key.
    """

    accounts: ProviderAccounts
    agents: AgentRepository
    agent_versions: AgentVersions
    api_keys: ApiKeys
    phone_lines: PhoneLineRepository
    outbound: Outbound
    retention: RetentionRepository
    calls: CallRepository
    statistics: CallStatisticsPort
    recordings: RecordingStore
    tickets: TicketPort[TicketGrant]
    live_tickets: TicketPort[WatchGrant]
    authenticator: Authenticator
    limits: RequestLimits
    clock: ClockPort
    new_id: Callable[[], str]
    options: Callable[[str], Awaitable[Options]]
    unknown_engines: Callable[[Agent], Awaitable[list[tuple[str, str]]]]
    preview_voice: VoicePreview
    preview_limits: RequestLimits
    version: str
    is_loopback_only: bool
    carriers: Sequence[Carrier] = ()
    webhooks: Webhooks | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)
    metrics: Callable[[], Exposition] | None = None
    console_dir: Path | None = None
    allowed_origins: tuple[str, ...] = ()


def services_of(scope: Scope) -> Services:
    """Return the services of the application that handles ``scope`` (HTTP or WebSocket)."""
    return cast("Services", scope["app"].state.services)


def _services(request: Request) -> Services:
    return services_of(request.scope)


_key_header = APIKeyHeader(name=KEY_HEADER, auto_error=False, description="made by `victoria serve`")


def require_key(request: Request, _header: Annotated[str | None, Security(_key_header)]) -> ApiKey:
    """Return the key that ``KeyGuard`` has checked; a route outside its reach stays closed."""
    key = request.scope.get("state", {}).get("api_key")
    if not isinstance(key, ApiKey):
        raise HTTPException(401, f"This needs a valid key in the {KEY_HEADER} header.")
    return key


def _call_id(call_id: Annotated[str, PathParameter(json_schema_extra={"pattern": ID_PATTERN})]) -> CallId:
    try:
        return CallId(call_id)
    except ValueError:
        raise NotFoundError("There is no such call.") from None


def _agent_id(agent_id: Annotated[str, PathParameter(json_schema_extra={"pattern": ID_PATTERN})]) -> str:
    try:
        return CallId(agent_id).value  # agents' ids have the shape of calls' ids
    except ValueError:
        raise NotFoundError("There is no such agent.") from None


ServicesDep = Annotated[Services, Depends(_services)]
KeyDep = Annotated[ApiKey, Depends(require_key)]
CallIdDep = Annotated[CallId, Depends(_call_id)]
AgentIdDep = Annotated[str, Depends(_agent_id)]
