"""Finding out whether Azure lets us listen, by beginning to.

The service takes or refuses a connection before it hears anything; the SDK opens one when there is audio, so
it gets a tenth of a second of silence.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from backend.domain.errors import ProviderTimeoutError
from backend.domain.value_objects.audio import WIDEBAND
from backend.infrastructure.adapters.azure.account import PROVIDER, AzureAccount
from backend.infrastructure.adapters.azure.blocking import BlockingCalls
from backend.infrastructure.adapters.azure.listener import (
    GaveUp,
    Heard,
    LinkChanged,
    Listener,
    ListeningOrder,
)

_TIMEOUT_S: Final = 8.0
_SILENCE: Final = bytes(WIDEBAND.bytes_in(100))


async def try_to_listen(account: AzureAccount, locale: str, calls: BlockingCalls) -> None:
    """Connect as a call would, and disconnect. Returns within nine seconds. Raises ``ProviderError``."""
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[Heard] = loop.create_future()

    def take(heard: Heard) -> None:
        is_answer = isinstance(heard, GaveUp) or heard == LinkChanged(is_connected=True)
        if is_answer and not answered.done():
            answered.set_result(heard)

    def from_any_thread(heard: Heard) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(take, heard)

    listener = await calls.run(lambda: Listener(account, ListeningOrder((locale,)), from_any_thread))

    def listen() -> None:
        listener.start()
        listener.write(_SILENCE)

    try:
        await calls.run(listen)
        async with asyncio.timeout(_TIMEOUT_S):
            outcome = await answered
    except TimeoutError as error:
        raise ProviderTimeoutError(PROVIDER, "no answer from the service in time") from error
    finally:
        calls.dismiss(listener.stop)
    if isinstance(outcome, GaveUp):
        raise outcome.error
