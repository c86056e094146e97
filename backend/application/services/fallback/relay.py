"""Handing one piece of work from engine to engine until one of them begins to deliver.

From then on it is that engine's: what has been given out may have been heard, and nothing is said twice. An
engine that fails at once is asked once more before the next one is (see ``retry``).

What counts is what a person would notice. Less than that (a sample now and then, the mere form of an answer)
is held back until there is enough of it: it neither binds the work to its engine nor looks like progress.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, closing
from dataclasses import dataclass
from typing import Final, TypeVar

from backend.application.services.fallback.chain import Chain, Link, PortT
from backend.application.services.fallback.line import Line
from backend.domain.errors import ProviderError, ProviderTimeoutError
from backend.domain.value_objects.language import Language

# Whoever closes the work after waiting so long has given the engine up (the conversation does so after 4 s of
# silence, of which some are another engine's). Before, a caller has interrupted or a draft was discarded.
GIVEN_UP_S: Final = 3.0

ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what an engine delivers first, also if it is asked twice, and for more each time
    (None: the engine's own watchdog is relied on). The last engine of the line has no limit: it has no
    stand-in."""

    first_ms: float
    next_ms: float | None = None


async def relay(
    chain: Chain[PortT],
    language: Language,
    start: Callable[[Link[PortT]], AsyncGenerator[ItemT, None]],
    *,
    patience: Patience,
    progress: Callable[[ItemT], float],
    may_be_empty: bool = False,
) -> AsyncGenerator[ItemT, None]:
    """Yield what the first engine yields that delivers anything.

    ``progress`` says how much an item delivers: 1 is what a person would notice. Items are held back until
    they make up that much. An engine that ends before has failed unless its work ``may_be_empty``. Closing
    this, or cancelling its consumer, closes the engine's generator. That is a failure of the engine if it was
    waited for more than ``GIVEN_UP_S``; else it says nothing about it. Raises ``ProviderError`` of the engine
    that broke off, or of the last one.
    """
    with closing(Line(chain, chain.line_up(language))) as line:
        while True:
            link, heir = line.ask(), line.heir
            due = line.due(patience.first_ms)
            has_begun = False
            try:
                async with aclosing(start(link)) as items:
                    is_over = False
                    while not is_over:
                        piece, is_over = await _next_piece(items, line, due, progress)
                        if is_over and not has_begun and not may_be_empty:
                            raise ProviderError(
                                link.name, "delivered nothing", code="nothing-delivered", retryable=False
                            )
                        has_begun = has_begun or not is_over
                        for item in piece:
                            yield item
                        due = None if heir is None else _due(patience.next_ms)
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


async def _next_piece(
    items: AsyncGenerator[ItemT, None],
    line: Line[PortT],
    due: float | None,
    progress: Callable[[ItemT], float],
) -> tuple[list[ItemT], bool]:
    """Return the next items that together deliver something, or what there is at the end, and whether this is
    the end. Raises ``ProviderTimeoutError`` if they are not there when ``due`` (the loop's time)."""
    loop = asyncio.get_running_loop()
    waiting_since = loop.time()
    piece: list[ItemT] = []
    made = 0.0
    try:
        async with asyncio.timeout_at(due):
            async for item in items:
                piece.append(item)
                made += progress(item)
                if made >= 1:
                    return piece, False
    except TimeoutError as error:
        raise _too_late(line) from error
    except asyncio.CancelledError:
        if loop.time() - waiting_since > GIVEN_UP_S:
            line.broke_off(_too_late(line))
        raise
    return piece, True


def _too_late(line: Line[PortT]) -> ProviderTimeoutError:
    return ProviderTimeoutError(line.asked.name, "did not deliver in time", code="delivery-timeout")
