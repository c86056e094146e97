"""Getting the engines ready while the greeting plays, so that the first answer waits for no handshake."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from backend.application.services.call_services import Engines
from backend.domain.ports.engine_port import Warmable
from backend.domain.value_objects.language import Language

WARM_UP_TIMEOUT_S: Final = 5.0

_log = logging.getLogger(__name__)


async def warm_up(engines: Engines, language: Language) -> None:
    """Warm up model and speech engine side by side, as far as they can be, for ``WARM_UP_TIMEOUT_S`` at most.

    An engine that fails in it fails nobody: whatever ails it will be told by its work.
    """
    async with asyncio.TaskGroup() as group:
        for engine in (engines.llm, engines.tts):
            if isinstance(engine, Warmable):
                group.create_task(_warm_up(engine, language))


async def _warm_up(engine: Warmable, language: Language) -> None:
    try:
        async with asyncio.timeout(WARM_UP_TIMEOUT_S):
            await engine.warm_up(language)
    except Exception:
        # Whatever it is, a bug included: a call that could go on must not end because of a courtesy.
        _log.debug("an engine could not be warmed up", exc_info=True)
