"""From a media socket that showed a ticket to a conversation on it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial

from backend.application.factories.orchestrator_factory import OrchestratorFactory
from backend.application.services.call_orchestrator import CallOrchestrator
from backend.application.services.call_registry import CallRegistry
from backend.application.services.call_services import Earlier
from backend.application.services.telephony.phone_calls import Live, PhoneCall, PhoneCalls
from backend.application.services.telephony.telephone_channel import TelephoneChannel
from backend.application.services.telephony.transfers import Transfers
from backend.domain.entities.call import Call
from backend.domain.errors import ConflictError, StorageError
from backend.domain.ports.carrier_media_port import MediaProtocol, MediaStarted, MessageChannel
from backend.domain.ports.channel_port import CallerChannel
from backend.domain.ports.clock_port import ClockPort
from backend.domain.ports.phone_call_port import PhoneCallHistory
from backend.domain.ports.telephony_port import TelephonyPort
from backend.domain.ports.ticket_port import PhoneGrant
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.conversation_turn import ConversationTurn

_log = logging.getLogger(__name__)


class PhoneReception:
    """Begins conversations on media sockets, and knows in which call each of them is."""

    def __init__(
        self,
        carriers: Mapping[str, TelephonyPort],
        *,
        calls: PhoneCalls,
        transfers: Transfers,
        history: PhoneCallHistory,
        registry: CallRegistry,
        factory: OrchestratorFactory,
        clock: ClockPort,
    ) -> None:
        self._carriers = carriers
        self._calls = calls
        self._transfers = transfers
        self._history = history
        self._registry = registry
        self._factory = factory
        self._clock = clock

    @asynccontextmanager
    async def conversation(
        self,
        grant: PhoneGrant,
        started: MediaStarted,
        messages: MessageChannel,
        protocol: MediaProtocol,
        *,
        heard_at: Callable[[], int],
    ) -> AsyncIterator[CallOrchestrator]:
        """Yield the orchestrator of the call that ``grant`` is about, to be run within the block; with its
        end the call has a place and a line no more.

        ``heard_at`` tells when the socket last carried anything. Raises ``ConflictError`` (``call-taken``) if
        the call is on a line already or over, and what keeps the conversation from beginning: ``busy``, and
        whatever ``OrchestratorFactory`` raises.
        """
        phone = self._calls.of(grant.carrier, grant.carrier_call_id)
        if phone.live is not None or phone.has_ended:
            raise ConflictError("The call has its audio already.", code="call-taken")
        carrier = self._carriers[grant.carrier]
        phone.grant = grant
        phone.is_refused = True  # until somebody is there to speak to
        with phone.take_place() or self._registry.place():
            line = TelephoneChannel(
                messages,
                protocol,
                started.format,
                hang_up=partial(carrier.hang_up, phone.id),
                transfer=partial(self._transfers.begin, phone),
                clock=self._clock,
            )
            with phone.on(Live(line, heard_at)):
                orchestrator = await self._orchestrator(phone, grant, line)
                phone.is_refused = False
                phone.language = orchestrator.call.agent.language
                with self._registry.live(orchestrator):
                    try:
                        yield orchestrator
                    finally:
                        phone.last = orchestrator.call

    async def _orchestrator(
        self, phone: PhoneCall, grant: PhoneGrant, line: CallerChannel
    ) -> CallOrchestrator:
        if grant.continues is not None:
            earlier = await self._earlier(phone, grant.tenant, grant.continues)
            return await self._factory.go_on(Earlier(earlier, await self._turns(earlier)), line)
        return await self._factory.create(
            grant.tenant,
            grant.agent_id,
            line,
            grant.direction,
            variables=grant.variables,
            caller=grant.caller,
            called=grant.called,
            carrier=grant.carrier,
            carrier_call_id=grant.carrier_call_id,
            language=grant.language,
        )

    async def _earlier(self, phone: PhoneCall, tenant: str, call_id: CallId) -> Call:
        if phone.last is not None and phone.last.id == call_id:
            return phone.last
        return await self._history.get(tenant, call_id)

    async def _turns(self, earlier: Call) -> Sequence[ConversationTurn]:
        try:
            return await self._history.turns(earlier)
        except StorageError:
            _log.warning("a call goes on without its memory", exc_info=True)
            return ()
