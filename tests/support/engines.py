"""Engines that never change, in the place of a directory of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from backend.application.factories.provider_registry import ProviderRegistry
from backend.application.services.call_services import Engines
from backend.domain.entities.agent import Agent
from backend.domain.entities.call import Call
from tests.support.scripted import EnergyVad, Say, ScriptedLlm, ScriptedStt, ScriptedTts


def scripted_registry() -> ProviderRegistry:
    """Return a registry with one of each."""
    return ProviderRegistry(
        vad={"energy": EnergyVad()},
        stt={"scripted": ScriptedStt([])},
        llm={"scripted": ScriptedLlm([Say("Yes.")])},
        tts={"scripted": ScriptedTts()},
    )


@dataclass
class FixedEngines:
    """The same registry for every tenant; ``loans`` are those not yet given back."""

    registry: ProviderRegistry = field(default_factory=scripted_registry)
    loans: int = 0

    async def engines_for(self, call: Call) -> Engines:
        """See ``EngineSource``."""
        return self.registry.engines_for(call.agent)

    @asynccontextmanager
    async def borrowed(self, tenant: str) -> AsyncIterator[ProviderRegistry]:
        """See ``EngineLender``."""
        self.loans += 1
        try:
            yield self.registry
        finally:
            self.loans -= 1

    async def unknown_engines(self, agent: Agent) -> list[tuple[str, str]]:
        """Return fields and names of the engines that there are not."""
        return self.registry.unknown_engines(agent)


async def all_engines_exist(agent: Agent) -> list[tuple[str, str]]:
    """Take every name, for tests that are not about them."""
    return []
