"""From a caller on a line to a call that can be conducted."""

from __future__ import annotations

from dataclasses import dataclass

from backend.application.factories.provider_registry import ProviderRegistry
from backend.application.services.call_orchestrator import CallOrchestrator
from backend.application.services.call_services import Keeping
from backend.domain.entities.call import Direction
from backend.domain.ports.channel_port import CallerChannel
from backend.domain.ports.clip_port import ClipPort
from backend.domain.ports.clock_port import ClockPort
from backend.domain.use_cases.start_call import StartCall


@dataclass(frozen=True, slots=True)
class OrchestratorFactory:
    """Puts calls together: the agent decides about the engines, the line brings its own format."""

    start_call: StartCall
    providers: ProviderRegistry
    clips: ClipPort
    keeping: Keeping
    clock: ClockPort

    async def create(
        self, tenant: str, agent_id: str, channel: CallerChannel, direction: Direction
    ) -> CallOrchestrator:
        """Return the orchestrator of a new call between ``channel`` and the tenant's agent.

        Raises ``NotFoundError`` if there is no such agent, ``ConfigurationError`` if it names an engine that
        there is not, ``StorageError`` if the agent cannot be read.
        """
        call = await self.start_call(tenant, agent_id, direction)
        return CallOrchestrator(
            call,
            channel,
            engines=self.providers.engines_for(call.agent),
            clips=self.clips,
            keeping=self.keeping,
            clock=self.clock,
        )
