"""API keys: made, listed, revoked."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi import Path as PathParameter

from backend.domain.errors import NotFoundError
from backend.interfaces.http.deps import KeyDep, ServicesDep
from backend.interfaces.http.responses import WITH_BODY, problems
from backend.interfaces.http.schemas.base import ID_PATTERN
from backend.interfaces.http.schemas.keys import ApiKey, ApiKeyDraft, ApiKeyList, NewApiKey

router = APIRouter(prefix="/config/keys", tags=["config"])


def _key_id(key_id: Annotated[str, PathParameter(json_schema_extra={"pattern": ID_PATTERN})]) -> str:
    if not re.fullmatch(ID_PATTERN, key_id):
        raise NotFoundError("There is no such API key.")
    return key_id


KeyIdDep = Annotated[str, Depends(_key_id)]


@router.get("")
async def list_keys(services: ServicesDep, key: KeyDep) -> ApiKeyList:
    """List all keys, oldest first, with those that open nothing any more."""
    keys = await services.api_keys.all(key.tenant)
    return ApiKeyList(items=[ApiKey.of(each, asking=key) for each in keys])


@router.post("", status_code=201, responses=WITH_BODY)
async def create_key(draft: ApiKeyDraft, services: ServicesDep, key: KeyDep) -> NewApiKey:
    """Make a key. This answer is the only place where it can be read."""
    made, secret = await services.api_keys.create(key.tenant, draft.name, expires_at=draft.expires_at)
    return NewApiKey.made(made, secret, asking=key)


@router.delete("/{key_id}", status_code=204, responses=problems(404, 409))
async def revoke_key(key_id: KeyIdDep, services: ServicesDep, key: KeyDep) -> None:
    """Make a key open nothing from now on; `last-key` if no other one would open anything then."""
    await services.api_keys.revoke(key.tenant, key_id)
