"""Agents may only name engines that their tenant has."""

from __future__ import annotations

from backend.domain.entities.agent import Agent
from backend.domain.errors import FieldError
from backend.interfaces.http.deps import Services


async def refuse_unknown_engines(services: Services, agent: Agent, *, within: str = "") -> None:
    """Raise ``FieldError`` (``unknown-engine``) for the first engine that ``agent`` names and its tenant has
    not; ``within`` is where in the request the agent stands ("draft.").

    An agent whose engine has gone since it was saved can still be read, and is mended by naming another.
    """
    for field, name in await services.unknown_engines(agent):
        raise FieldError(f"{within}{field}", f"there is no engine {name!r}", code="unknown-engine")
