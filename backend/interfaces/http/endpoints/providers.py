"""Accounts at providers, and whether they work."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from fastapi import Path as PathParameter
from starlette.exceptions import HTTPException

from backend.domain.errors import NotFoundError
from backend.interfaces.http.deps import KeyDep, ServicesDep
from backend.interfaces.http.responses import WITH_BODY, problems
from backend.interfaces.http.schemas.providers import (
    ACCOUNT_ID_PATTERN,
    Provider,
    ProviderDraft,
    ProviderList,
    ProviderTrial,
    ProviderUpdate,
)

router = APIRouter(prefix="/config/providers", tags=["config"])

_ONE: Final = problems(404)


def _account_id(
    account_id: Annotated[str, PathParameter(json_schema_extra={"pattern": ACCOUNT_ID_PATTERN})],
) -> str:
    if not re.fullmatch(ACCOUNT_ID_PATTERN, account_id):
        raise NotFoundError("There is no such account.")
    return account_id


def _admit_trial(services: ServicesDep, key: KeyDep) -> None:
    wait_s = services.accounts.admit_trial(key.tenant)
    if wait_s is not None:
        detail = f"Too many tests. Try again in {wait_s} seconds."
        raise HTTPException(429, detail, headers={"Retry-After": str(wait_s)})


AccountIdDep = Annotated[str, Depends(_account_id)]
_TRIAL: Final = [Depends(_admit_trial)]


@router.get("")
async def list_providers(services: ServicesDep, key: KeyDep) -> ProviderList:
    """List all provider accounts, oldest first, without their keys."""
    return ProviderList(items=[Provider.of(account) for account in await services.accounts.all(key.tenant)])


@router.post("", status_code=201, responses=WITH_BODY | problems(409))
async def create_provider(draft: ProviderDraft, services: ServicesDep, key: KeyDep) -> Provider:
    """Make an account; its engines are at once to be had under its name."""
    return Provider.of(await services.accounts.create(key.tenant, draft.to_draft()))


@router.post("/test", responses=WITH_BODY, dependencies=_TRIAL)
async def test_provider_draft(draft: ProviderDraft, services: ServicesDep, key: KeyDep) -> ProviderTrial:
    """Find out whether an account would work; nothing is stored."""
    return ProviderTrial.of(await services.accounts.test_draft(key.tenant, draft.to_draft()))


@router.put("/{account_id}", responses=WITH_BODY | problems(404, 409))
async def replace_provider(
    account_id: AccountIdDep, update: ProviderUpdate, services: ServicesDep, key: KeyDep
) -> Provider:
    """Replace an account; `key-needed` if it moves elsewhere without a new key."""
    draft = update.drafted(account_id)
    return Provider.of(await services.accounts.replace(key.tenant, draft, version=update.version))


@router.delete("/{account_id}", status_code=204, responses=_ONE)
async def delete_provider(account_id: AccountIdDep, services: ServicesDep, key: KeyDep) -> None:
    """Remove an account and its key; agents that name it say at their next call what is missing."""
    await services.accounts.delete(key.tenant, account_id)


@router.post("/{account_id}/test", responses=_ONE | problems(409), dependencies=_TRIAL)
async def test_provider(account_id: AccountIdDep, services: ServicesDep, key: KeyDep) -> ProviderTrial:
    """Find out whether a stored account works, with its stored key."""
    return ProviderTrial.of(await services.accounts.test(key.tenant, account_id))
