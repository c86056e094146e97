"""Handing one piece of work from engine to engine until one of them begins to deliver.

From then on it is that engine's: what has been given out may have been heard, and nothing is said twice. An
engine that fails at once is asked once more before the next one is (see ``retry``).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeVar

from backend.application.services.fallback.chain import Chain, Link, PortT
from backend.application.services.fallback.line import Line
from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.value_objects.language import Language

ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for an engine's first item, also if it is asked twice, and for each further one (None:
    the engine's own watchdog is relied on). The last engine of the line has no limit: it has no stand-in."""

    first_ms: float
    next_ms: float | None = None


async def relay(
    chain: Chain[PortT],
    language: Language,
    start: Callable[[Link[PortT]], AsyncGenerator[ItemT, None]],
    *,
    patience: Patience,
    is_delivery: Callable[[ItemT], bool],
    may_be_empty: bool = False,
) -> AsyncGenerator[ItemT, None]:
    """Yield what the first engine yields that delivers anything.

    ``is_delivery`` tells items that a person would notice from mere formalities; an engine whose first item
    is none has failed, and so has one that yields nothing unless that ``may_be_empty``. Closing this closes
    the engine's generator. Raises ``ProviderError`` of the engine that broke off, or of the last one.
    """
    line = Line(chain, chain.line_up(language))
    while True:
        link, heir = line.ask(), line.heir
        due = line.due(patience.first_ms)
        has_begun = False
        try:
            async with aclosing(start(link)) as items:
                while (item := await _next(items, link.name, due)) is not None:
                    if not has_begun and heir is not None and not is_delivery(item):
                        break
                    has_begun = True
                    yield item
                    due = None if heir is None else _due(patience.next_ms)
            if not has_begun and heir is not None and not may_be_empty:
                raise ProviderError(link.name, "delivered nothing", code="nothing-delivered", retryable=False)
        except ProviderError as error:
            if has_begun:
                line.broke_off(error)
                raise
            if (pause_s := line.failed(error)) is None:
                raise
            await asyncio.sleep(pause_s)
        else:
            if has_begun:
                line.succeeded()
            return


def _due(wait_ms: float | None) -> float | None:
    return None if wait_ms is None else asyncio.get_running_loop().time() + wait_ms / 1_000


async def _next(items: AsyncGenerator[ItemT, None], name: str, due: float | None) -> ItemT | None:
    """Return the next item, or None at the end. Raises ``ProviderTimeoutError`` if it is not there when
    ``due`` (the loop's time)."""
    try:
        async with asyncio.timeout_at(due):
            return await anext(items, None)
    except TimeoutError as error:
        raise ProviderTimeoutError(name, "did not deliver in time", code="delivery-timeout") from error
