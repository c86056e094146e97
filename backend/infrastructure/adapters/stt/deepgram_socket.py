"""A WebSocket to Deepgram: how it is opened, and what failing to open it means."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from backend.domain.errors import ProviderError
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.service_errors import (
    connection_failed,
    connection_timed_out,
    model_not_found,
    refusal,
)

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection
    from websockets.http11 import Response

_CLOSE_TIMEOUT_S: Final = 0.5
_PING_S: Final = 5.0  # a line that is dead without a word is noticed within two of these
_NO_MODEL: Final = "no such model"


async def dial(provider: str, uri: str, key: Secret, *, timeout_s: float) -> ClientConnection:
    """Return an open socket, to be used with ``async with``; closing it takes half a second at most.

    The key goes into the Authorization header of ``uri`` and nowhere else: redirections are refusals. Raises
    ``ProviderError``. Cancelling is safe.
    """
    from websockets.asyncio.client import connect  # noqa: PLC0415 (only needed by who has a key)
    from websockets.exceptions import InvalidStatus, WebSocketException  # noqa: PLC0415 (as above)

    class Dialling(connect):
        def process_redirect(self, exc: Exception) -> Exception:
            return exc

    try:
        return await Dialling(
            uri,
            additional_headers={"Authorization": f"Token {key.reveal()}"} if key else None,
            compression=None,  # audio does not get smaller, only later
            open_timeout=timeout_s,
            close_timeout=_CLOSE_TIMEOUT_S,
            ping_interval=_PING_S,
            ping_timeout=_PING_S,
            logger=_mute_logger(),
        )
    except InvalidStatus as error:
        raise _refused(provider, error.response) from error
    except TimeoutError as error:
        raise connection_timed_out(provider) from error
    # ValueError: no address at all; ImportError: the environment names a proxy that is no use
    except (OSError, EOFError, ValueError, ImportError, WebSocketException) as error:
        raise connection_failed(provider) from error


def _refused(provider: str, response: Response) -> ProviderError:
    """The service says in a header of its own what it does not like; only that tells a wrong model."""
    # As a plain mapping: the library's own raises for a header that comes twice.
    headers = {name.lower(): value for name, value in response.headers.raw_items()}
    if response.status_code == 400 and _NO_MODEL in headers.get("dg-error", "").lower():
        return model_not_found(provider)
    return refusal(provider, response.status_code, headers)


def _mute_logger() -> logging.Logger:
    """Return a logger that nobody hears: the library's own writes the headers, and the key with them."""
    logger = logging.Logger("deepgram", logging.CRITICAL + 1)  # noqa: LOG001 (it belongs to no tree)
    logger.addHandler(logging.NullHandler())
    return logger
