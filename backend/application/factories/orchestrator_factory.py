"""From a caller on a line to a call that can be conducted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from backend.application.services.call_orchestrator import CallOrchestrator
from backend.application.services.call_services import Earlier, Engines, Keeping
from backend.domain.entities.agent import Agent
from backend.domain.entities.call import Call, Direction
from backend.domain.ports.channel_port import CallerChannel
from backend.domain.ports.clip_port import ClipPort
from backend.domain.ports.clock_port import ClockPort
from backend.domain.use_cases.start_call import StartCall
from backend.domain.value_objects.call_id import CallId
from backend.domain.value_objects.language import Language


class EngineSource(Protocol):
    """Knows whose engines there are."""

    async def engines_for(self, call: Call) -> Engines:
        """Return the engines of ``call``, for as long as it lasts.

        Raises ``ConfigurationError`` (``unknown-engine``) if its agent names one that there is not,
        ``StorageError`` if that cannot be known.
        """
        ...


@dataclass(frozen=True, slots=True)
class OrchestratorFactory:
    """Puts calls together: the agent decides about the engines, the line brings its own format."""

    start_call: StartCall
    engines: EngineSource
    clips: ClipPort
    keeping: Keeping
    clock: ClockPort

    async def create(
        self,
        tenant: str,
        agent_id: str,
        channel: CallerChannel,
        direction: Direction,
        *,
        draft: Agent | None = None,
        variables: Mapping[str, str] | None = None,
        caller: str = "",
        called: str = "",
        carrier: str = "",
        carrier_call_id: str = "",
        continues: CallId | None = None,
        language: Language | None = None,
    ) -> CallOrchestrator:
        """Return the orchestrator of a new call between ``channel`` and the tenant's agent, or ``draft`` in
        its place. What else is told of the call is as in ``StartCall``.

        Raises ``NotFoundError`` if there is no such agent, ``ConflictError`` (``agent-archived``) if it takes
        no calls, ``CallerError`` (``bad-variables``) if its texts cannot be filled with the variables,
        ``ConfigurationError`` if it names an engine that there is not, ``StorageError`` if the agent or its
        tenant's accounts cannot be read.
        """
        call = await self.start_call(
            tenant,
            agent_id,
            direction,
            draft=draft,
            variables=variables,
            caller=caller,
            called=called,
            carrier=carrier,
            carrier_call_id=carrier_call_id,
            continues=continues,
            language=language,
        )
        return await self._conducting(call, channel)

    async def go_on(self, earlier: Earlier, channel: CallerChannel) -> CallOrchestrator:
        """Return the orchestrator of a call on ``channel`` that goes on where ``earlier`` broke off.

        Raises ``ConfigurationError`` if the agent names an engine that there is not (any more),
        ``StorageError`` if that cannot be known.
        """
        return await self._conducting(self.start_call.going_on_with(earlier.call), channel, earlier)

    async def _conducting(
        self, call: Call, channel: CallerChannel, earlier: Earlier | None = None
    ) -> CallOrchestrator:
        return CallOrchestrator(
            call,
            channel,
            engines=await self.engines.engines_for(call),
            clips=self.clips,
            keeping=self.keeping,
            clock=self.clock,
            earlier=earlier,
        )
