"""Azure Speech: recognition and voices."""

from __future__ import annotations

from typing import Final

from backend.application.factories.engine_set import EngineSet
from backend.domain.entities.provider_account import ProviderAccount
from backend.domain.ports.provider_kind_port import ProviderField, ProviderKind
from backend.infrastructure.adapters.azure.account import AzureAccount
from backend.infrastructure.adapters.stt.azure_stt_adapter import AzureStt
from backend.infrastructure.adapters.tts.azure_tts_adapter import AzureTts
from backend.infrastructure.config.addresses import HTTP_OR_WEBSOCKET, checked_region, checked_url
from backend.infrastructure.providers.recipe import Recipe, setting
from backend.infrastructure.providers.settings_check import complaint

REGION: Final = ProviderField("region", is_address=True)
# Goes before the region. No ``FieldType.URL``: the SDK takes addresses of WebSockets, too.
ENDPOINT: Final = ProviderField("endpoint", is_address=True)
_EXAMPLE: Final = "https://name.cognitiveservices.azure.com"


def _build(account: ProviderAccount, key: str) -> EngineSet:
    place = AzureAccount(key, region=setting(account, REGION), endpoint=setting(account, ENDPOINT))
    stt, tts = AzureStt(place), AzureTts(place)
    return EngineSet(stt=stt, tts=tts, starters=(stt.start, tts.start), closers=(stt.aclose, tts.aclose))


def _check(account: ProviderAccount) -> None:
    region, endpoint = setting(account, REGION), setting(account, ENDPOINT)
    if not region and not endpoint:
        raise complaint(REGION.name, "Azure needs its region, or an endpoint")
    try:
        if region:
            checked_region(region)
    except ValueError as error:
        raise complaint(REGION.name, str(error)) from None
    try:
        if endpoint:
            checked_url(endpoint, example=_EXAMPLE, schemes=HTTP_OR_WEBSOCKET)
    except ValueError as error:
        raise complaint(ENDPOINT.name, str(error)) from None


AZURE: Final = Recipe(
    ProviderKind("azure", "Azure Speech", ("stt", "tts"), (REGION, ENDPOINT)), _build, _check
)
