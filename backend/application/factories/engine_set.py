"""The engines that go by one name, and their life."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from backend.domain.ports.llm_port import LlmPort
from backend.domain.ports.stt_port import SttPort
from backend.domain.ports.tts_port import TtsPort

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EngineSet:
    """What one account, or one engine of this machine, serves: at most one engine for each port.

    ``name`` is for people, ``kind`` the sort of provider, empty on this machine; ``model`` is the language
    model's. ``starters`` load and connect ahead of the first call, ``closers`` free everything within two
    seconds; both may be repeated.
    """

    name: str = ""
    kind: str = ""
    model: str = ""
    is_local: bool = False
    stt: SttPort | None = None
    llm: LlmPort | None = None
    tts: TtsPort | None = None
    starters: tuple[Callable[[], Awaitable[None] | None], ...] = field(default=(), repr=False)
    closers: tuple[Callable[[], Awaitable[None]], ...] = field(default=(), repr=False)

    async def start(self) -> None:
        """Get ready for the first call. What fails here is told by the call that needs it."""
        for starter in self.starters:
            try:
                started = starter()
                if started is not None:
                    await started
            except Exception:  # an account's trouble must end neither the server nor the other engines
                _log.exception("an engine could not be started", extra={"engine": self.name})

    async def aclose(self) -> None:
        """Free everything within two seconds, whatever fails."""
        async with asyncio.TaskGroup() as closing:
            for closer in self.closers:
                closing.create_task(self._close(closer))

    async def _close(self, closer: Callable[[], Awaitable[None]]) -> None:
        try:
            await closer()
        except Exception:  # the others have to be closed all the same
            _log.exception("an engine could not be closed", extra={"engine": self.name})
