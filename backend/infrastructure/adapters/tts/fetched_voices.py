"""A catalogue of voices that is fetched in the background, so that whoever asks for it never waits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

from backend.domain.errors import ProviderError
from backend.domain.ports.tts_port import Voice

_REFRESH_S: Final = 6 * 3_600.0  # voices are added by hand, and rarely
_RETRY_S: Final = 300.0


class FetchedVoices:
    """What ``fetch`` returned last, and ``fallback`` until then or while that is nothing.

    Owns the task that fetches, from ``start`` to ``aclose``.
    """

    def __init__(
        self, fallback: tuple[Voice, ...], fetch: Callable[[], Awaitable[tuple[Voice, ...]]]
    ) -> None:
        self._voices = fallback
        self._fetch = fetch
        self._task: asyncio.Task[None] | None = None

    @property
    def voices(self) -> tuple[Voice, ...]:
        """The voices known now."""
        return self._voices

    def start(self) -> None:
        """Begin to fetch. Idempotent."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._keep_up())

    async def aclose(self) -> None:
        """Fetch no more. Idempotent."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _keep_up(self) -> None:
        while True:
            try:
                self._voices = await self._fetch() or self._voices
                wait_s = _REFRESH_S
            except ProviderError:
                wait_s = _RETRY_S  # those that speak with these voices tell what the trouble is
            await asyncio.sleep(wait_s)
