"""Handing one piece of work from engine to engine until one of them begins to deliver.

From then on it is that engine's: what has been given out may have been heard, and nothing is said twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import TypeVar

from backend.application.services.fallback.chain import Chain, Link, PortT
from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.value_objects.language import Language

ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for an engine's first item, and for each further one (None: the engine's own
    watchdog is relied on). Nobody waits less for the last engine of the line: it has no stand-in."""

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
    line = chain.line_up(language)
    for link, heir in zip(line, [*line[1:], None], strict=True):
        chain.begun(link)
        has_begun = False
        wait_ms = None if heir is None else patience.first_ms
        try:
            async with aclosing(start(link)) as items:
                while (item := await _next(items, link.name, wait_ms)) is not None:
                    if not has_begun and heir is not None and not is_delivery(item):
                        break
                    has_begun = True
                    wait_ms = None if heir is None else patience.next_ms
                    yield item
            if not has_begun and heir is not None and not may_be_empty:
                raise ProviderError(link.name, "delivered nothing", code="nothing-delivered", retryable=False)
        except ProviderError as error:
            chain.failed(link, error, None if has_begun else heir)
            if has_begun or heir is None:
                raise
        else:
            if has_begun:
                chain.succeeded(link)
            return


async def _next(items: AsyncGenerator[ItemT, None], name: str, wait_ms: float | None) -> ItemT | None:
    """Return the next item, or None at the end."""
    now = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout_at(None if wait_ms is None else now + wait_ms / 1_000):
            return await anext(items, None)
    except TimeoutError as error:
        raise ProviderTimeoutError(name, "did not deliver in time", code="delivery-timeout") from error
