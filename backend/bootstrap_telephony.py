"""The telephone, put together: the part of the composition root that knows the carriers.

Another carrier is a folder with its adapter and a line in ``_carriers``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backend.application.factories.orchestrator_factory import OrchestratorFactory
from backend.application.services.call_registry import CallRegistry
from backend.application.services.telephony.answering import Answering
from backend.application.services.telephony.carrier_requests import CarrierRequests
from backend.application.services.telephony.desk import TelephoneDesk
from backend.application.services.telephony.phone_calls import PhoneCalls
from backend.application.services.telephony.reception import PhoneReception
from backend.application.services.telephony.resuming import Resuming
from backend.application.services.telephony.transfers import Transfers
from backend.bootstrap_outbound import PlacedCalls, build_outbound
from backend.bootstrap_storage import Storage
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.telephony_port import TelephonyPort
from backend.domain.ports.ticket_port import PhoneGrant
from backend.domain.value_objects.dial_plan import DialPlan
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.telephony.loopback.loopback_adapter import LoopbackAdapter
from backend.infrastructure.adapters.telephony.loopback.loopback_secret import make_loopback_secret
from backend.infrastructure.adapters.telephony.public_address import PublicAddress
from backend.infrastructure.adapters.telephony.telnyx.telnyx_adapter import (
    TELNYX_URL,
    TelnyxAccount,
    TelnyxAdapter,
)
from backend.infrastructure.adapters.telephony.twilio.twilio_adapter import (
    TWILIO_URL,
    TwilioAccount,
    TwilioAdapter,
)
from backend.infrastructure.config.settings import Settings, variable_of
from backend.infrastructure.config.telephone_settings import CARRIERS
from backend.infrastructure.database.repositories.sqlalchemy_repositories import SqlPhoneCallHistory
from backend.infrastructure.security.core import ClientLimits
from backend.infrastructure.tickets.in_process import InProcessTickets
from backend.interfaces.http.deps import Webhooks
from backend.interfaces.http.schemas.phone_lines import Carrier
from backend.interfaces.websocket.endpoints.telephony_stream import PhoneStreams, telephony_router
from backend.interfaces.websocket.telephony_door import TelephonyDoor

# A carrier's requests come from a few addresses, some for each call.
REQUESTS: Final = "6000/minute"


@dataclass(frozen=True, slots=True)
class _Known:
    """A carrier that there can be: ``make`` is None as long as the settings lack something."""

    name: str
    make: Callable[[], TelephonyPort] | None
    hooks: tuple[str, str | None]  # where it announces calls, and where it tells how they go on
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Telephone:
    """Everything that has to do with telephones."""

    carriers: dict[str, TelephonyPort]
    shown: tuple[Carrier, ...]
    webhooks: Webhooks
    router: APIRouter
    calls: PhoneCalls
    placed: PlacedCalls
    known: tuple[_Known, ...]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Have the carriers that the settings name, for as long as the block lasts.

        Raises ``ConfigurationError`` or ``StorageError`` if one of them cannot be had.
        """
        async with AsyncExitStack() as stack:
            for known in self.known:
                if known.make is not None:
                    carrier = self.carriers[known.name] = known.make()
                    stack.push_async_callback(carrier.aclose)
            stack.callback(self.calls.close)
            try:
                async with self.placed.runner.running():
                    yield
            finally:
                self.carriers.clear()


def build_telephone(
    settings: Settings,
    storage: Storage,
    *,
    registry: CallRegistry,
    factory: OrchestratorFactory,
    clock: ClockPort,
    new_id: Callable[[], str],
) -> Telephone:
    """Return the telephone of a server with these settings, not yet running."""
    known = _carriers(settings, clock)
    carriers: dict[str, TelephonyPort] = {}
    placed = build_outbound(settings, storage, carriers, registry=registry, clock=clock, new_id=new_id)
    calls = PhoneCalls(clock)
    history = SqlPhoneCallHistory(storage.database)
    tickets = InProcessTickets[PhoneGrant](clock)
    answering = Answering(storage.phone_lines, storage.agents, history, tickets, registry)
    transfers = Transfers(carriers, DialPlan(settings.dial_prefixes), placed.legs, new_id)
    desk = TelephoneDesk(calls, answering, Resuming(answering, history, clock), transfers, placed.events)
    reception = PhoneReception(
        carriers,
        calls=calls,
        transfers=transfers,
        history=history,
        registry=registry,
        factory=factory,
        clock=clock,
    )
    door = TelephonyDoor(carriers, tickets, settings.address, clock)
    return Telephone(
        carriers=carriers,
        shown=tuple(_shown(carrier, settings) for carrier in known),
        webhooks=Webhooks(CarrierRequests(carriers, desk), settings.address, ClientLimits(requests=REQUESTS)),
        router=telephony_router(PhoneStreams(door, reception)),
        calls=calls,
        placed=placed,
        known=known,
    )


def _carriers(settings: Settings, clock: ClockPort) -> tuple[_Known, ...]:
    carriers = (
        _cloud(settings, "Telnyx", lambda: _telnyx(settings, clock), ("", None)),
        _cloud(settings, "Twilio", lambda: _twilio(settings), ("voice", "status")),
    )
    if not settings.is_loopback_only:
        return carriers
    return (_Known("loopback", lambda: _loopback(settings), ("", None)), *carriers)


def _cloud(
    settings: Settings, name: str, make: Callable[[], TelephonyPort], hooks: tuple[str, str | None]
) -> _Known:
    needed = (*CARRIERS[name], "public_base_url")
    missing = tuple(variable_of(setting) for setting in needed if getattr(settings, setting) is None)
    return _Known(name.lower(), None if missing else make, hooks, missing)


def _twilio(settings: Settings) -> TelephonyPort:
    assert settings.twilio_account_sid is not None
    assert settings.twilio_auth_token is not None
    account = TwilioAccount(
        settings.twilio_account_sid,
        Secret(settings.twilio_auth_token.get_secret_value()),
        settings.twilio_base_url or TWILIO_URL,
    )
    return TwilioAdapter(account, settings.address)


def _telnyx(settings: Settings, clock: ClockPort) -> TelephonyPort:
    assert settings.telnyx_api_key is not None
    assert settings.telnyx_public_key is not None
    assert settings.telnyx_connection_id is not None
    account = TelnyxAccount(
        Secret(settings.telnyx_api_key.get_secret_value()),
        settings.telnyx_public_key,
        settings.telnyx_connection_id,
        settings.telnyx_base_url or TELNYX_URL,
    )
    return TelnyxAdapter(account, settings.address, clock)


def _loopback(settings: Settings) -> TelephonyPort:
    """Made when the database is ours, so that a second server does not take the secret from the first."""
    return LoopbackAdapter(make_loopback_secret(settings.data_dir), settings.address)


def _shown(carrier: _Known, settings: Settings) -> Carrier:
    has_address = settings.public_base_url is not None or carrier.make is not None
    address = PublicAddress(settings.address, carrier.name)
    calls, status = (_webhook(address, hook) if has_address else None for hook in carrier.hooks)
    return Carrier(
        name=carrier.name,
        configured=carrier.make is not None,
        webhook_url=calls,
        status_url=status,
        missing=list(carrier.missing),
    )


def _webhook(address: PublicAddress, hook: str | None) -> str | None:
    if hook is None:
        return None
    return address.webhook(hook) if hook else address.webhook()
