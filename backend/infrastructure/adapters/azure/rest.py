"""What Azure's speech service tells over plain HTTPS: its voices.

The list is free of charge and needs the key, so that asking for it tries the key as well. A redirect is not
followed: it would take the key elsewhere.
"""

from __future__ import annotations

import asyncio
import importlib
import json
from types import ModuleType
from typing import Any, Final

from backend.domain.ports.tts_port import Voice
from backend.infrastructure.adapters.azure.account import PROVIDER, AzureAccount
from backend.infrastructure.adapters.azure.errors import cancellation, list_refused
from backend.infrastructure.adapters.azure.voices import parse_voices
from backend.infrastructure.adapters.service_errors import connection_failed, not_understood

_TIMEOUT_S: Final = 8.0
_MOST_BYTES: Final = 8_000_000  # the list is of half a megabyte


async def fetch_voices(account: AzureAccount, *, timeout_s: float = _TIMEOUT_S) -> tuple[Voice, ...]:
    """Return the service's voices in our languages, the usual ones first.

    Returns within ``timeout_s``; cancelling closes the connection. Raises ``ProviderError``.
    """
    try:
        async with asyncio.timeout(timeout_s):
            payload = await _fetch(account)
    except TimeoutError as error:
        raise cancellation("ServiceTimeout") from error
    try:
        voices = parse_voices(json.loads(payload))
    except ValueError as error:
        raise not_understood(PROVIDER) from error
    if not voices:
        raise not_understood(PROVIDER)
    return voices


async def _fetch(account: AzureAccount) -> bytes:
    http = await asyncio.to_thread(importlib.import_module, "httpx")
    client = await asyncio.to_thread(_client, http)  # it reads the certificates
    payload = bytearray()
    headers = {"Ocp-Apim-Subscription-Key": account.key}
    try:
        async with client, client.stream("GET", account.voices_url, headers=headers) as response:
            if response.status_code != http.codes.OK:
                raise list_refused(response.status_code, response.headers)
            async for piece in response.aiter_bytes():
                payload += piece
                if len(payload) > _MOST_BYTES:
                    raise not_understood(PROVIDER)
    except (http.HTTPError, http.InvalidURL) as error:
        raise connection_failed(PROVIDER) from error
    return bytes(payload)


def _client(http: ModuleType) -> Any:
    return http.AsyncClient(timeout=None, follow_redirects=False)  # the whole has one timeout
